/*
 * The threads that match: posts from the queue through cache and rules; each post ends in one call
 * of `clean` or `flagged`. None of them ever waits for Redis.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/hash.h"
#include "filter/base/post.h"
#include "filter/pipeline/queue.h"
#include "filter/pipeline/ruleset.h"
#include "filter/pipeline/unshorten.h"
#include "filter/verdict/cache.h"
#include "filter/verdict/redis.h"

enum { WORKERS_BATCH = 32 }; /* posts that a worker takes at once; it may hold two such batches */

struct workers_options {
    struct queue *queue;
    struct ruleset_slot *rules;  /* none in it: posts are let go of untouched */
    struct shadow *shadow;       /* counts hits of rules that are not released */
    struct correlate *correlate; /* takes in what correlations are about; NULL: none */
    struct verdict_cache *cache;
    struct verdict_redis *redis;  /* NULL: none */
    struct unshorten *unshorten;  /* resolves short links of flagged posts; NULL: nobody does */
    struct hash_key decision_key; /* for verdict_key */
    unsigned count;               /* threads */
    /* Any thread; a post's text stands during the call. `flagged` may wait. */
    void (*clean)(void *context, const struct post *post, uint64_t ticket);
    void (*flagged)(void *context, const struct post *post, uint64_t ticket, struct str verdict);
    void (*ended)(void *context); /* the last thread is done */
    void *context;
};

struct workers;

/* Starts them; they end when the queue is closed and empty. Never NULL. */
MUST_CHECK struct workers *workers_start(const struct workers_options *options);

/* Waits for their end. NULL is fine. */
void workers_free(struct workers *workers);

struct workers_counts {
    uint64_t posts, clean, flagged; /* flagged: those that unshorten took over too */
    uint64_t refused;               /* larger than any post may be */
    uint64_t faults;                /* confirmations that ran into a limit */
    uint64_t remote;                /* verdicts taken from Redis */
    uint64_t shadows;               /* hits of rules that are not released */
    uint64_t unread; /* verdicts in Redis that could not be read although they were ours */
};

/* Any thread. */
struct workers_counts workers_counts(const struct workers *workers);
