/*
 * How much of everything there is, for machines that watch the program: counts and times alone,
 * nothing about a person, a post or a target. Read from the tables, not from the log: what is in
 * force is for casebook_entries to say. Any handle will do.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/casebook/casebook.h"

struct err;

enum { FIGURES_CLASSES = 3 /* by enum rule_class */ };

struct casebook_figures {
    int64_t cases[FIGURES_CLASSES][CASEBOOK_STATE_COUNT];
    int64_t oldest_ms[FIGURES_CLASSES]; /* when the oldest that waits was opened; CLOCK_NEVER */
    int64_t active, provisional;        /* entries before their end */
    int64_t suspended;
    int64_t appeals;  /* that wait for the panel */
    int64_t log_rows; /* of the log, which has no gaps */
    bool has_season;
    int64_t season_end_ms; /* of the season of now; CLOCK_NEVER */
    bool clock_went_back;  /* behind the log: nothing is in force until it is right */
};

MUST_CHECK bool casebook_figures(struct casebook *casebook, struct casebook_figures *figures,
                                 struct err *err);
