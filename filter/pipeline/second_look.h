/*
 * A flagged post looked at once more, with the addresses that its short links lead to among its
 * links. The rules that flagged it stay as they were; rules that match only with what was found
 * join them. One thread's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/hash.h"
#include "filter/base/post.h"
#include "filter/pipeline/correlate.h"
#include "filter/pipeline/ruleset.h"
#include "filter/verdict/cache.h"
#include "filter/verdict/redis.h"

struct second_look;

struct second_look_link {
    struct str original; /* the short link as the post has it */
    struct str target;   /* canonical */
};

/*
 * Borrows cache and redis (NULL: none), in which it keeps what it found, and what takes in posts
 * that correlations are about (NULL: none). Never NULL.
 */
MUST_CHECK struct second_look *second_look_new(struct verdict_cache *cache,
                                               struct verdict_redis *redis,
                                               struct correlate *correlate,
                                               const struct hash_key *decision_key);
void second_look_free(struct second_look *look); /* NULL is fine */

/*
 * The post's verdict by `rules`, in `*verdict` until the next look; false if none of them flags it.
 * Its key is that of the post without what was found, so that a decision about it holds either way.
 * A verdict with an address found is kept for copies of the post; one without is not, since a copy
 * may have more luck.
 */
bool second_look(struct second_look *look, const struct ruleset *rules, const struct post *post,
                 const struct second_look_link *links, size_t link_count, struct str *verdict);
