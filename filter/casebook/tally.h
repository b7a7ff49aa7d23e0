/*
 * The transparency figures: what became of all cases, by class, and how long people took; counts
 * and times alone. Of the whole casebook, read from its log, which a purge leaves as it is.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/casebook/casebook.h"

struct err;

enum {
    TALLY_CLASSES = 3, /* by enum rule_class */
    TALLY_WEEKS = 36,  /* a season is no longer */
    TALLY_TIMES = 8,   /* under 5, 15, 30 minutes, 1, 6, 24, 72 hours, and longer */
    TALLY_FEW = 5,     /* of fewer decisions no median is told: it would be that of one person */
};

#define TALLY_WEEK_MS ((int64_t)7 * 24 * 3600 * 1000)

/* X(member, the action in the log, whether the clock's are meant): cases, each counted once */
#define TALLY_COUNTS(X)                                                                            \
    X(dismissed, "dismiss", false)                                                                 \
    X(unread, "dismiss", true) /* by the clock: nobody came to it within 7 days */                 \
    X(proposed, "propose", false)                                                                  \
    X(urgent, "urgent", false)                                                                     \
    X(approved, "approve", false)                                                                  \
    X(returned, "return", false)                                                                   \
    X(rejected, "reject", false)                                                                   \
    X(lapsed, "lapse", true)                                                                       \
    X(listed, "list", false)                                                                       \
    X(corrected, "correct", false)                                                                 \
    X(referred, "refer", false)                                                                    \
    X(answered, "reply", false)                                                                    \
    X(unanswered, "no-reply", true)                                                                \
    X(removed, "remove", false)                                                                    \
    X(withdrawn, "withdraw", false)                                                                \
    X(voided, "void", false)                                                                       \
    X(appealed, "lodge", false)                                                                    \
    X(upheld, "uphold", false)                                                                     \
    X(abusive, "abusive", false)                                                                   \
    X(overturned, "overturn", false)                                                               \
    X(overturned_undecided, "overturn", true) /* the panel let its 72 hours pass */

struct casebook_tally {
    int64_t week_ms; /* when the last of the weeks began: a Monday, 00:00 UTC */
    struct casebook_tally_class {
        int64_t flagged; /* cases opened */
        uint32_t weeks[TALLY_WEEKS];
#define X(member, action, by_clock) int64_t member;
        TALLY_COUNTS(X)
#undef X
        int64_t decided;             /* by people: dismissed, proposed or offered for the lane */
        int64_t median_ms, p90_ms;   /* from the opening to that; 0: fewer than TALLY_FEW */
        uint32_t times[TALLY_TIMES]; /* those of all who decided */
    } classes[TALLY_CLASSES];
};

MUST_CHECK bool casebook_tally(struct casebook *casebook, struct casebook_tally *tally,
                               struct err *err);

/* The Monday, 00:00 UTC, that `time_ms` is of or after. */
int64_t casebook_tally_week(int64_t time_ms);
