/*
 * How many cases mention each pair of candidates (REVIEW, section 2: 10). Candidates are in a
 * public race and named by saring.yml; they are looked for in the words of claims and rules alone,
 * which are public, never in a post, its title, its address or anything of who wrote it: no person
 * who posted plays a part. All pairs are counted alike, those without a case too.
 *
 * Whether a count can betray somebody: what a rule or claim is about is public, so for public posts
 * a count tells no more than that some were like it. A tip is not public. Who sends a made-up
 * message to one person, and sees a count rise, would know that they passed it on. So counts are of
 * cases opened before this week began (Monday, 00:00 UTC), and of a single rule or claim fewer than
 * MENTIONS_FEW are told only as few.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/casebook/casebook.h"

struct err;

enum {
    MENTIONS_PAIRS_MOST = 64, /* pairs are bits of a set */
    MENTIONS_FEW = 5,
};

struct casebook_pair {
    int64_t number;
    struct str name;
    const struct str *words; /* by which a claim names them: whole words, any of these */
    size_t word_count;
};

struct casebook_pair_count {
    int64_t cases;    /* that name them by a claim or by a rule */
    int64_t by_claim; /* of those: in the claim that a fact-checker rated */
    int64_t by_rule;  /* in the rule's title or description */
};

/* One rule, or one claim, that opened cases. Text is in the arena. */
struct casebook_named {
    struct str rule_id, title;        /* of a rule; "" for a claim */
    struct str claim, publisher, url; /* of a claim; "" for a rule */
    enum rule_class class;
    int64_t cases;  /* at least MENTIONS_FEW; 0: few */
    uint64_t pairs; /* bits of the pairs that it names, in their order */
};

struct casebook_mentions {
    int64_t until_ms; /* cases opened before then */
    int64_t cases;    /* all of them */
    int64_t none;     /* those that name no pair */
    struct casebook_pair_count pairs[MENTIONS_PAIRS_MOST];
    const struct casebook_named *rules, *claims; /* those with the most cases first */
    size_t rule_count, claim_count;
};

/* False also if a pair's words do not fold. At most MENTIONS_PAIRS_MOST pairs. */
MUST_CHECK bool casebook_mentions(struct casebook *casebook, const struct casebook_pair *pairs,
                                  size_t pair_count, struct arena *arena,
                                  struct casebook_mentions *out, struct err *err);

/* Whether `word` stands in `text` as whole words; both folded (filter/text/view.h). */
bool casebook_mentions_word(struct str text, struct str word);
