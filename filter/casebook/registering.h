/* A row of the public register while it is written: register.c keeps the chain, the others fill it.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/err.h"
#include "filter/base/str.h"
#include "filter/casebook/internal.h"

struct casebook_registering {
    struct casebook *casebook;
    struct arena *arena; /* of this row */
    int64_t case_id, now_ms;
    struct str season, class, measure; /* measure: "" before anything was proposed */
    json_t *row;
    struct err *err;
};

json_t *casebook_registering_time(int64_t time_ms);

/* Who it was can be told apart within a season, and found by nobody without the secret. */
json_t *casebook_registering_person(const struct casebook_registering *in, struct str name,
                                    const char *role, struct str organisation);

/*
 * register_row.c: all that the tables say. `*is_public` is false, and the row not complete, of a
 * case that led to nothing outside.
 */
MUST_CHECK bool casebook_registering_fill(struct casebook_registering *in, bool *is_public);

/* register_log.c: what the log says: who signed what when, what became of it and why it ended. */
MUST_CHECK bool casebook_registering_log(struct casebook_registering *in);

/* register_ground.c: on what law the measure rests, and why that applies. Empty for a correction.
 */
json_t *casebook_registering_ground(const struct casebook_registering *in);
