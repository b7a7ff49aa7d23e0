/*
 * Figures about the work, never about a person: how long decisions take, what is flagged, how old
 * the queue is, how much is overturned or lapses. Read from the casebook; any handle will do.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/casebook/casebook.h"

struct err;

enum {
    MEASURES_HOURS = 48,  /* of what was flagged */
    MEASURES_AGES = 6,    /* under 1, 6, 24, 72, 168 hours, and older */
    MEASURES_TIMES = 8,   /* under 5, 15, 30 minutes, 1, 6, 24, 72 hours, and longer */
    MEASURES_CLASSES = 3, /* by enum rule_class */
};

struct casebook_measures {
    int64_t hour_ms; /* when the last of the hours began */
    uint32_t flagged[MEASURES_CLASSES][MEASURES_HOURS];
    uint32_t waiting[MEASURES_AGES]; /* cases, by age */
    uint32_t times[MEASURES_TIMES];  /* decisions of people, by time since the case was opened */
    int64_t decided;                 /* in the last 30 days */
    int64_t median_ms, p90_ms;       /* of those, the newest 20,000 at most; 0: none */
    int64_t proposed, approved, rejected, lapsed, dismissed; /* in the last 30 days */
    int64_t appeals, overturned;                             /* decided ever */
};

MUST_CHECK bool casebook_measure(struct casebook *casebook, struct casebook_measures *measures,
                                 struct err *err);
