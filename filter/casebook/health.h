/* Whether the casebook's file is whole, beyond what its log says of itself. Reads only. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"

struct casebook;
struct err;

/* SQLite's own check of pages, indexes and references. Appends what is wrong, nothing if nothing
 * is. */
MUST_CHECK bool casebook_health_file(struct casebook *casebook, struct buf *wrong, struct err *err);

/* Walks the register: each row holds the hash of the one before. The same; `*rows` are sound. */
MUST_CHECK bool casebook_health_register(struct casebook *casebook, int64_t *rows,
                                         struct buf *wrong, struct err *err);

/* Keys of the running season, of people who can act now. */
struct casebook_health_keys {
    int64_t sealed; /* of people of the team, on this machine, under their passwords */
    int64_t away;   /* keys that never were on this machine */
    int64_t stray;  /* of people who act on cases, and neither pinned by the season nor certified */
    int64_t old;    /* in use for longer than 180 days */
};
MUST_CHECK bool casebook_health_keys(struct casebook *casebook, struct casebook_health_keys *keys,
                                     struct err *err);
