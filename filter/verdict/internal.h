/* What the two halves of the Redis client share: calls of any thread, and the thread that speaks.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/verdict/redis.h"
#include "filter/verdict/redis_url.h"

enum { REDIS_MAX_ASKED = 4096 }; /* commands not answered yet */

/* A command that waits for its answer. */
struct redis_asked {
    struct verdict_redis_batch *batch; /* NULL: a store, or nobody waits any more */
    bool is_store;
    uint32_t index;
    int64_t asked_ms;
};

struct redis_value {
    size_t at, len; /* in the batch's bytes */
};

struct verdict_redis_batch {
    pthread_cond_t all_here;
    struct hash keys[VERDICT_REDIS_BATCH];
    struct redis_value values[VERDICT_REDIS_BATCH];
    size_t count, open; /* open: not answered yet */
    struct buf bytes;
};

struct verdict_redis {
    struct verdict_redis_url url;
    struct verdict_redis_options options;
    struct hash_key key_secret, mac_secret;
    pthread_t thread;
    int wake; /* something was asked, or stop */
    atomic_bool is_up;

    pthread_mutex_t lock; /* of all below */
    bool is_stopping;
    struct redis_asked asked[REDIS_MAX_ASKED]; /* a ring, oldest first */
    size_t first, count;
    struct buf pending; /* the commands of the last ones of them */
    struct verdict_redis_counts counts;
};

/* The thread's body; `context` is the struct verdict_redis. */
void *verdict_redis_run(void *context);
