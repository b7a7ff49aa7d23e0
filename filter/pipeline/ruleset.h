/*
 * The rules in use: a loaded set as of a moment, and the slot in which it is swapped. Rules whose
 * end has come by then are not in it, whether or not a newer set could be loaded; those that no
 * second person has released are shadows.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/hash.h"
#include "filter/pipeline/shadow.h"
#include "filter/rule/match.h"
#include "filter/rule/set.h"
#include "filter/verdict/cache.h"

struct ruleset {
    struct rule_set *set;
    struct hash identity;         /* of the set, of which rules are in force and which released */
    struct verdict_fields fields; /* what they read */
    int64_t as_of_ms;
    int64_t next_end_ms; /* when the next rule ends; INT64_MAX: none does */
    size_t active;       /* rules and correlations in force */
    size_t shadows;      /* of them those that nobody has released: counted, never flagged */
    /* By the place of a rule or correlation among the program's heads; all in one, owned. */
    bool *is_shadow;     /* a correlation of one, too */
    bool *is_correlated; /* a correlation in force names it */
    bool *is_silent;     /* what names it is released and does not say `generate: true` */
    atomic_uint references;
    struct ruleset *next; /* of those that the slot is to free */
};

/*
 * Takes over a reference to `set`. `released` holds the release hashes (filter/rule/release.h) of
 * all rules that may flag, HASH_BYTES each, in byte order; it is read during the call. One
 * reference is the caller's. Never NULL.
 */
MUST_CHECK struct ruleset *ruleset_new(struct rule_set *set, int64_t now_ms, struct str released);

/* Frees what was never put into a slot. */
void ruleset_free(struct ruleset *rules); /* NULL is fine */

/*
 * Leaves out hits of rules that had ended, and of shadows, which `shadow` counts: `kept` must have
 * room for all of them. Returns how many were shadows'.
 */
size_t ruleset_keep_active(const struct ruleset *rules, const struct rule_match *match,
                           struct rule_hit *kept, struct rule_match *active, struct shadow *shadow);

/* Whether a correlation in force names one of the rules that matched. */
bool ruleset_is_correlated(const struct ruleset *rules, const struct rule_match *match);

/* Leaves out what flags nothing by itself; the hits are the caller's. */
void ruleset_drop_silent(const struct ruleset *rules, struct rule_hit *hits,
                         struct rule_match *match);

/* Where the rules in use stand. Any thread, and nobody waits for more than a pointer to be moved.
 */
struct ruleset_slot;

MUST_CHECK struct ruleset_slot *ruleset_slot_new(void);
void ruleset_slot_free(struct ruleset_slot *slot); /* NULL is fine */

/*
 * Puts `rules` (NULL: none) in, taking over the reference, lets go of the former ones and sweeps.
 * One thread at a time, which has time.
 */
void ruleset_swap(struct ruleset_slot *slot, struct ruleset *rules);

/* A reference to the rules in use, to be given back; NULL: none. */
MUST_CHECK struct ruleset *ruleset_take(struct ruleset_slot *slot);
void ruleset_give_back(struct ruleset_slot *slot, struct ruleset *rules); /* NULL is fine */

/* Frees rules that were given back for the last time, which takes milliseconds for large sets. */
void ruleset_sweep(struct ruleset_slot *slot);
