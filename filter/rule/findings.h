/* Errors and warnings as rules are read. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/err.h"
#include "filter/base/str.h"

/*
 * Errors and warnings as they are found; one part that fails does not hide what is wrong with the
 * next. Kept up to a bound, counted beyond it.
 */
struct rule_finding {
    struct err err;
    bool is_error;
};

struct rule_findings {
    struct rule_finding *items; /* owned */
    size_t count, room;
    size_t errors, warnings;
    size_t slow;      /* of the warnings: regexes that may be slow, or match no letters at all */
    const char *file; /* what is being read now */
};

void rule_findings_fini(struct rule_findings *findings);

/* Adds an error at a place of the current file and returns false. */
bool rule_fault(struct rule_findings *findings, unsigned line, unsigned column, const char *format,
                ...) PRINTF_LIKE(4, 5);

/* Adds a warning. */
void rule_warn(struct rule_findings *findings, unsigned line, unsigned column, const char *format,
               ...) PRINTF_LIKE(4, 5);

/* Adds `err` (in the current file, unless it names one) as an error and returns false. */
bool rule_fault_err(struct rule_findings *findings, const struct err *err);

/* By file, line and column. */
void rule_findings_sort(struct rule_findings *findings);

/* The first error of sorted findings, into `err`; false, so that failing is one line. */
bool rule_findings_first(const struct rule_findings *findings, struct err *err);

/* As much of a value as a message shows, cut between code points. */
struct str rule_shown(struct str value);
