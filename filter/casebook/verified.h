/*
 * Which entries' signatures were verified here before, so that a list of a million does not take
 * minutes each time. Verifying is a pure function of a row's bytes, which its hash in the log's
 * chain stands for, as that is computed anew at each list; what is kept is a keyed hash of it,
 * under the casebook's secret: it fits no other row, and nobody without the secret can write one. A
 * record that is lost, cut or filled with anything else costs time and changes no list.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/hash.h"
#include "filter/base/str.h"

struct casebook;
struct casebook_verified; /* one thread, but where it says any */

/* Reads what is kept beside the casebook: nothing at the first time. Never NULL. */
struct casebook_verified *casebook_verified_load(const struct casebook *casebook);

/*
 * Whether both signatures in the row of this hash were verified: the place of that, and one; 0 if
 * it is not known. Any thread.
 */
size_t casebook_verified_find(const struct casebook_verified *verified, const struct hash *row);

/* Takes note of what was verified now, or holds on to what was found at that place before. */
void casebook_verified_note(struct casebook_verified *verified, const struct hash *row,
                            size_t found);

/*
 * Writes what was noted, and nothing that was not, if there is anything new in it; frees all. A
 * record that can't be written is a matter for the log alone.
 */
void casebook_verified_end(struct casebook_verified *verified);
