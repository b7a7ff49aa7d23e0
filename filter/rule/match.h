/* Matching a post against a set: the engine (DESIGN: the engine). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/post.h"
#include "filter/rule/set.h"
#include "filter/text/link.h"
#include "filter/text/view.h"

struct err;

/* Where in the post a rule matched, for people to see. */
struct rule_span {
    const char *field;     /* "title", "text", "author_name", or "link" for one from mark-up */
    struct text_span span; /* bytes of the original field; "link": of the link's original form */
    struct str text;       /* the original bytes */
};

struct rule_hit {
    const struct rule *rule;
    const struct rule_span *spans; /* of the atoms that made it match, in order, no overlaps */
    size_t span_count;
    struct str found; /* of a correlation: the number, the group and the time, for people */
};

struct rule_match {
    const struct rule_hit *hits; /* in order of the program's rules */
    size_t hit_count;
    size_t faults; /* confirmations that ran into a limit: counted per rule too, never silent */
};

/* Scratch space of one worker: views, links, nominations. Works with any set. */
struct rule_matcher;

MUST_CHECK struct rule_matcher *rule_matcher_new(void);
void rule_matcher_free(struct rule_matcher *matcher); /* NULL is fine */

/*
 * Matches `post` against `set`. The result, and every text in it, stands until the matcher's next
 * call, while the post and the set stand. author_name is read by fraud rules only, and its spans
 * never leave the matcher (limit 5: an author is matched, never shown). False if the post is over
 * POST_MAX_BYTES.
 */
MUST_CHECK bool rule_match_post(struct rule_matcher *matcher, const struct rule_set *set,
                                const struct post *post, struct rule_match *match, struct err *err);

/* After a match: the folded view of a field, and the links, as they were matched. */
struct str rule_matcher_folded(struct rule_matcher *matcher, enum post_field field);
size_t rule_matcher_links(struct rule_matcher *matcher, const struct text_link **links);

/* Confirmations of a rule that ran into a limit since the set was loaded. Any thread. */
size_t rule_set_faults(const struct rule_set *set, const struct rule *rule);
