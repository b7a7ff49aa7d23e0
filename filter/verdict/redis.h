/*
 * Flagged verdicts in Redis (L2), shared by nodes and kept over restarts. One thread of its own
 * speaks with the server; nobody waits for it. While Redis is slow, gone or answers nonsense, all
 * calls return at once with nothing, and the thread tries again, ever more seldom.
 *
 * Redis is a stranger: keys are keyed hashes, values carry a keyed MAC over key and findings, so
 * that whoever owns the server can neither flag a post nor learn of one that was not flagged. What
 * it can do is to forget. Findings that read an author's name must not be given to it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/hash.h"
#include "filter/base/post.h"
#include "filter/base/str.h"
#include "filter/verdict/cache.h"

struct err;
struct verdict_redis;

enum {
    VERDICT_REDIS_BATCH = 64,
    VERDICT_REDIS_TTL_S = 24 * 60 * 60, /* well before content is purged anywhere else */
};

struct verdict_redis_options {
    /* redis://[user:password@]host[:port][/database] or unix:PATH */
    const char *url;
    const struct hash_key *secret; /* copied; the installation's: nodes that share Redis share it */
    /* Zero: the default behind it. */
    unsigned connect_ms;                     /* 1000 */
    unsigned answer_ms;                      /* slower than this is as good as gone: 200 */
    unsigned first_wait_ms, longest_wait_ms; /* between attempts: 250, 30000 */
};

/* Starts the thread. NULL if the URL is none or a setting is wrong; a server that is away is not.
 */
MUST_CHECK struct verdict_redis *verdict_redis_start(const struct verdict_redis_options *options,
                                                     struct err *err);

/* Sends what is still to be sent, for at most `answer_ms`, and ends. NULL is fine. */
void verdict_redis_stop(struct verdict_redis *redis);

/* Whether the server was there just now. Any thread. */
bool verdict_redis_is_up(const struct verdict_redis *redis);

/* A Redis key, without its prefix: what verdict_cache_key covers, under the installation's key. */
struct hash verdict_redis_key(const struct verdict_redis *redis, const struct hash *set,
                              const struct verdict_fields *fields, const struct post *post);

/*
 * The same for a short link (canonical): what it leads to is stored and found as findings are, and
 * can't be taken for them.
 */
struct hash verdict_redis_short_key(const struct verdict_redis *redis, struct str link);

/* Keys that are asked for together, and what came; one thread's, reused. */
struct verdict_redis_batch;

MUST_CHECK struct verdict_redis_batch *verdict_redis_batch_new(void);
/* Not while it is asked: collect first, or stop. NULL is fine. */
void verdict_redis_batch_free(struct verdict_redis_batch *batch);

/*
 * Asks for up to VERDICT_REDIS_BATCH keys and returns at once; false if nothing was asked. Every
 * true is followed by one verdict_redis_collect.
 */
MUST_CHECK bool verdict_redis_ask(struct verdict_redis *redis, struct verdict_redis_batch *batch,
                                  const struct hash *keys, size_t count);

/* Takes what has come, waiting for it at most `wait_ms`; what comes later is dropped. */
void verdict_redis_collect(struct verdict_redis *redis, struct verdict_redis_batch *batch,
                           unsigned wait_ms);

/*
 * After a collect: the findings found under key `i` of the batch, whose MAC is right; empty if
 * there are none. They stand until the batch's next ask. They are still to be read as a
 * stranger's: a key may have leaked.
 */
struct str verdict_redis_found(const struct verdict_redis_batch *batch, size_t i);

/* Keeps a flagged post's findings, or drops them if Redis is away or behind. Any thread. */
void verdict_redis_store(struct verdict_redis *redis, const struct hash *key, struct str findings);

struct verdict_redis_counts {
    uint64_t asked, found;
    uint64_t forged;  /* values without a right MAC */
    uint64_t stored;  /* sent */
    uint64_t dropped; /* not sent: away or behind */
    uint64_t refused; /* by the server: out of memory, read-only, … */
    uint64_t faults;  /* connections that broke, were slow or answered nonsense */
};

/* Any thread. */
struct verdict_redis_counts verdict_redis_counts(struct verdict_redis *redis);
