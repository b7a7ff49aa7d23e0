/* Which case a flagged post belongs to. */
#pragma once

#include "filter/casebook/case.h"
#include "filter/casebook/near.h"
#include "filter/verdict/verdict.h"

enum { GATHER_RULES_MOST = 256 };

/* The rules of one class in a verdict: what becomes one case. */
struct casebook_group {
    const struct verdict *verdict;
    struct str season;
    enum rule_class class;
    const struct verdict_rule *rules[GATHER_RULES_MOST]; /* those that are new about this post */
    size_t rule_count;
    bool has_sketch;
    struct casebook_sketch sketch;
};

/*
 * The oldest case that gathers this: the same post, a link of the same canonical URL or
 * registrable domain, or the same rule and a near-copy of its text. 0: there is none. `*is_same`:
 * it is the very post that the case has already, under another rule.
 */
MUST_CHECK bool casebook_gather_find(struct casebook *casebook, struct casebook_group *group,
                                     int64_t *case_id, bool *is_same, struct err *err);

/* Notes by what later posts find the case. */
MUST_CHECK bool casebook_gather_note(struct casebook *casebook, struct casebook_group *group,
                                     int64_t case_id, struct err *err);

/*
 * For a new case: the newest case that is over and that this is like, by its text, a link, or the
 * same rule and wording. 0: there is none.
 */
MUST_CHECK bool casebook_gather_past(struct casebook *casebook, struct casebook_group *group,
                                     int64_t *case_id, enum casebook_likeness *how,
                                     struct err *err);

/* Lets the one case be found by what the other was found by. */
MUST_CHECK bool casebook_gather_merge(struct casebook *casebook, int64_t from, int64_t into,
                                      struct err *err);

/*
 * Lets the new case `into` be found by what finds this post of the case `from`, whose rules are
 * `group`'s: its text, its wording, and the links that its verdict names.
 */
MUST_CHECK bool casebook_gather_split(struct casebook *casebook, struct casebook_group *group,
                                      int64_t from, int64_t into, struct err *err);

/* Forgets by what the case is found: it is over, and a further copy is a new case,
 * which casebook_gather_past says what it is like. */
MUST_CHECK bool casebook_gather_end(struct casebook *casebook, int64_t case_id, struct err *err);

/*
 * A domain speaks for one site only if nobody shares it: if it could be listed as a host. False
 * without a guard.
 */
bool casebook_own_domain(const struct casebook *casebook, struct str domain);
