/*
 * The public register (REVIEW, section 3): of each case that led to an entry, a correction or a
 * referral, what was decided, why, on what evidence and by whom, and every change since, as rows
 * that each hold the hash of the one before. No name, handle, post or address of a post stands in
 * it; people stand in it by pseudonyms of one season. It outlives the content of the cases.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"
#include "filter/casebook/casebook.h"

struct err;

/* A row. Text stands during the call. */
struct casebook_registered {
    int64_t seq; /* from 1, without gaps */
    int64_t case_id, time_ms;
    struct str json;  /* canonical JSON; "prev" is the hash of the row before */
    struct hash hash; /* SHA-256 of it */
    bool is_masked;   /* its case is (mask.h): the public sees neither name nor reasons of it */
};

/*
 * Writes rows for what the log tells since the last call; `*added` counts them. Call it with every
 * tick, long before content is purged.
 */
MUST_CHECK bool casebook_register_sync(struct casebook *casebook, size_t *added, struct err *err);

/* Calls `each` for all rows in order, or only the newest of each case, the newest case first. */
MUST_CHECK bool casebook_register_read(struct casebook *casebook, bool only_newest,
                                       bool (*each)(void *context,
                                                    const struct casebook_registered *row),
                                       void *context, struct err *err);

/* The number of the last row; 0 if there is none. */
MUST_CHECK bool casebook_register_last(struct casebook *casebook, int64_t *seq, struct err *err);

/*
 * Up to which row of the log the register tells: what was listed later has no row yet, and no list
 * holds it (REVIEW: abuse check 31).
 */
MUST_CHECK bool casebook_register_reach(struct casebook *casebook, int64_t *seq, struct err *err);
