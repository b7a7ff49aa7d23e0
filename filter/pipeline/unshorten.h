/*
 * Flagged posts whose short links are being resolved: off the workers' path, in a thread of its
 * own, for at most the time that feeds/short.h gives a link. A resolved address goes into the
 * verdict as one more link, with the short link as its original form, and rules that match through
 * it join those that flagged the post; no rule leaves for it, since a shortener may show us another
 * address than it shows people. Where nothing comes of it the verdict goes out as it would have.
 *
 * What was found is kept in memory (feeds/short_cache.h) and in Redis, both by keyed hashes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feeds/short.h"
#include "filter/base/attr.h"
#include "filter/base/hash.h"
#include "filter/base/post.h"
#include "filter/pipeline/ruleset.h"
#include "filter/rule/match.h"
#include "filter/verdict/cache.h"
#include "filter/verdict/redis.h"

struct err;
struct unshorten;

struct unshorten_options {
    const struct feeds_shorteners *list; /* borrowed */
    struct ruleset_slot *rules;
    struct verdict_cache *cache;
    struct verdict_redis *redis;   /* NULL: none */
    struct correlate *correlate;   /* as the workers' own; NULL: none */
    struct hash_key decision_key;  /* for verdict_key */
    const struct hash_key *secret; /* copied */
    const char *proxy, *contact;   /* may be NULL */
    struct feeds_short_limits limits;
    /* As the workers' own: called in the thread of unshorten, once for each post that is held. */
    void (*clean)(void *context, const struct post *post, uint64_t ticket);
    void (*flagged)(void *context, const struct post *post, uint64_t ticket, struct str verdict);
    void *context;
};

/* NULL with the reason. */
MUST_CHECK struct unshorten *unshorten_start(const struct unshorten_options *options,
                                             struct err *err);

/*
 * Any thread, returns at once: takes the post over if `match`, which flagged it, makes any of its
 * links one to resolve (filter/pipeline/nominated.h). False: the caller tells its verdict, as of a
 * post without such links, or since too many are held.
 */
bool unshorten_hold(struct unshorten *unshorten, const struct post *post, uint64_t ticket,
                    const struct rule_match *match, const struct text_link *links,
                    size_t link_count);

/* No more is taken; what is held is told as it is by the time this returns. NULL is fine. */
void unshorten_stop(struct unshorten *unshorten);
void unshorten_free(struct unshorten *unshorten); /* stops if need be; NULL is fine */

struct unshorten_counts {
    uint64_t held;     /* posts */
    uint64_t refused;  /* posts that there was no room for */
    uint64_t resolved; /* posts that went out with an address more */
    uint64_t remote;   /* links found in Redis */
    struct feeds_short_counts links;
};

/* Any thread. */
struct unshorten_counts unshorten_counts(struct unshorten *unshorten);
