/*
 * Runs: sets of bytes side by side, such as a digit and three letters of six, that must stand in a
 * value for a regex to match which has no literal of its own. Where a byte of the rarest set of any
 * run stands, all runs are tried at once, a bit for each. Immutable; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/rule/syntax.h"

enum { RULE_RUN_MAX = 8 };

struct rule_byte_set {
    uint64_t bits[4];
};

struct rule_run {
    struct rule_byte_set sets[RULE_RUN_MAX];
    size_t count; /* at least 1 */
    /* The match starts at least and at most so many bytes before it; RULE_WITNESS_FAR: no bound. */
    uint32_t lead_min, lead_max;
    double cost; /* expected, in confirmations for a byte of text */
};

/* The cheapest run of the tree, which is `pattern`'s. False: it has none. */
MUST_CHECK bool rule_run_find(const struct rule_syntax *tree, struct str pattern,
                              struct rule_run *run);

struct rule_runs;

/* Never NULL; the runs are copied. */
MUST_CHECK struct rule_runs *rule_runs_build(const struct rule_run *runs, size_t count);
void rule_runs_free(struct rule_runs *runs); /* NULL is fine */
size_t rule_runs_bytes(const struct rule_runs *runs);

/* Calls `found` with the number of a run and where it stands, once for each place. */
typedef void rule_runs_found(void *context, uint32_t run, size_t at);
void rule_runs_scan(const struct rule_runs *runs, struct str text, rule_runs_found *found,
                    void *context);

/* The same without what only this processor has, for tests. */
void rule_runs_scan_portably(const struct rule_runs *runs, struct str text, rule_runs_found *found,
                             void *context);
