/*
 * What a row that lists something proves by itself, whoever its people are: that an entry is one,
 * and that two keys signed just that entry. It is asked of each row on any thread; whether these
 * two may list anything is replay.h's question, in the log's order.
 */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/sshsig.h"
#include "filter/base/str.h"
#include "filter/casebook/audit.h"

struct blocklist_entry;
struct casebook_verified;

struct casebook_proof {
    struct blocklist_entry *entry;             /* NULL: whoever takes it sets it so */
    struct str reviewer, other;                /* names; in the row, or in `names` */
    struct sshsig_key reviewer_key, other_key; /* if is_signed: who signed */
    size_t kept;    /* its place among what was verified before, and one; 0: none */
    bool is_signed; /* both signatures fit, by these keys */
    bool is_lane;   /* of the 24-hour lane: the other one is a second reviewer */
    struct buf names;
};

/* Whether a row of this action lists something. */
bool casebook_proof_is_of(struct str action);

/*
 * NULL if the row is none of those or holds no entry. Signatures that `verified` (NULL: nothing)
 * remembers of a row of this hash are not computed again: what is said of a row whose hash is not
 * its own is worth nothing, as that row is.
 */
MUST_CHECK struct casebook_proof *casebook_proof_new(const struct casebook_verified *verified,
                                                     const struct casebook_row *row);
void casebook_proof_free(struct casebook_proof *proof); /* NULL is fine */

/*
 * Appends the entry of a sound row and its signatures as consumers read them
 * (filter/blocklist/signed.h). False if there is none.
 */
MUST_CHECK bool casebook_proof_line(const struct casebook_row *row, struct buf *out);
