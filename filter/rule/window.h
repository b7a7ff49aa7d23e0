/* What the events of a group, in order of time, say about a correlation. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/rule/correlation.h"

/* One event, as one of a correlation's rules matches it, with one value. */
struct rule_entry {
    int64_t time_ms;
    uint64_t event;    /* its number */
    uint64_t identity; /* of the event: it counts once, however often it comes; 0: not known */
    uint64_t value;    /* a hash of the value that is counted */
    double number;     /* the value */
    uint32_t rule;     /* index of correlation->rules */
};

struct rule_window {
    size_t first, last; /* entries, both included */
    double number;
};

/* Working space, reused. */
struct rule_windows;

MUST_CHECK struct rule_windows *rule_windows_new(void);
void rule_windows_free(struct rule_windows *windows); /* NULL is fine */

/* Whether more events can only make it truer, so that it need not wait until its time is over. */
bool rule_correlation_is_rising(const struct rule_correlation *correlation);

/*
 * For a rising one: the first window with entry `at` in it, and beginning behind `after_ms`, of
 * which the bounds hold. `entries` are in order of time.
 */
MUST_CHECK bool rule_windows_find(struct rule_windows *windows,
                                  const struct rule_correlation *correlation,
                                  const struct rule_entry *entries, size_t count, size_t at,
                                  int64_t after_ms, struct rule_window *window);

/* For the others: whether the bounds hold of exactly these entries, at least one. */
MUST_CHECK bool rule_windows_judge(struct rule_windows *windows,
                                   const struct rule_correlation *correlation,
                                   const struct rule_entry *entries, size_t count,
                                   struct rule_window *window);
