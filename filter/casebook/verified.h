/*
 * Which entries' signatures were verified here before, so that a list of a million does not take
 * minutes each time. Verifying is a pure function of the bytes, the keys and the signatures; what
 * is kept is a keyed hash of just these, under the casebook's secret: it fits nothing else, and
 * nobody without the secret can write one. A record that is lost, cut or filled with anything else
 * costs time and changes no list.
 */
#pragma once

#include <stdbool.h>

#include "filter/base/hash.h"
#include "filter/base/str.h"

struct casebook;
struct casebook_verified; /* one thread */

/* Reads what is kept beside the casebook: nothing at the first time. Never NULL. */
struct casebook_verified *casebook_verified_load(const struct casebook *casebook);

/* The tag of what is verified, of its parts in a fixed order. Any thread. */
struct hash casebook_verified_tag(const struct casebook_verified *verified, const struct str *parts,
                                  size_t count);

/* Whether it is kept. Any thread while nothing is noted. */
bool casebook_verified_has(const struct casebook_verified *verified, const struct hash *tag);

/* Takes note of what was verified now, or holds on to what was before. */
void casebook_verified_note(struct casebook_verified *verified, const struct hash *tag);

/*
 * Writes what was noted, and nothing that was not, if there is anything new in it; frees all. A
 * record that can't be written is a matter for the log alone.
 */
void casebook_verified_end(struct casebook_verified *verified);
