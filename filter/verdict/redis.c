#include "filter/verdict/redis.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/verdict/internal.h"
#include "filter/verdict/redis_wire.h"

enum {
    MAX_PENDING = 4 << 20, /* bytes not sent yet */
    MAC = HASH_BYTES,      /* in front of the findings */
    MAX_KEY_PARTS = 6 + POST_MAX_LINKS,
};

/* A key for one purpose, from the installation's. */
static struct hash_key derive(const struct hash_key *secret, struct str purpose)
{
    struct hash hash = hash_keyed(secret, &purpose, 1);
    struct hash_key key;
    memcpy(key.bytes, hash.bytes, sizeof key.bytes);
    return key;
}

static struct hash mac_of(const struct verdict_redis *redis, const struct hash *key,
                          struct str findings)
{
    const struct str parts[] = {{.at = (const char *)key->bytes, .len = sizeof key->bytes},
                                findings};
    return hash_keyed(&redis->mac_secret, parts, 2);
}

bool verdict_redis_is_up(const struct verdict_redis *redis)
{
    return atomic_load_explicit(&redis->is_up, memory_order_relaxed);
}

struct hash verdict_redis_key(const struct verdict_redis *redis, const struct hash *set,
                              const struct verdict_fields *fields, const struct post *post)
{
    struct str parts[MAX_KEY_PARTS];
    size_t count = 0;
    parts[count++] = (struct str){.at = (const char *)set->bytes, .len = sizeof set->bytes};
    parts[count++] = post->fields[POST_TITLE];
    parts[count++] = post->fields[POST_TEXT];
    parts[count++] = fields->lang ? post->lang : STR("");
    parts[count++] = fields->source ? post->source : STR("");
    for (size_t i = 0; i < post->link_count && i < POST_MAX_LINKS; i++) {
        parts[count++] = post->links[i];
    }
    return hash_keyed(&redis->key_secret, parts, count);
}

struct hash verdict_redis_short_key(const struct verdict_redis *redis, struct str link)
{
    const struct str parts[] = {STR("short link"), link};
    return hash_keyed(&redis->key_secret, parts, 2);
}

struct verdict_redis_batch *verdict_redis_batch_new(void)
{
    struct verdict_redis_batch *batch = mem_zero(1, sizeof *batch);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&batch->all_here, &attributes);
    pthread_condattr_destroy(&attributes);
    return batch;
}

void verdict_redis_batch_free(struct verdict_redis_batch *batch)
{
    if (batch == NULL) {
        return;
    }
    assert(batch->open == 0);
    pthread_cond_destroy(&batch->all_here);
    buf_fini(&batch->bytes);
    free(batch);
}

static void wake(const struct verdict_redis *redis)
{
    eventfd_write(redis->wake, 1);
}

/* Room for `count` commands more? Under the lock. */
static bool has_room(const struct verdict_redis *redis, size_t count)
{
    return verdict_redis_is_up(redis) && !redis->is_stopping &&
           redis->count + count <= REDIS_MAX_ASKED && redis->pending.len < MAX_PENDING;
}

static void note(struct verdict_redis *redis, struct verdict_redis_batch *batch, size_t index,
                 int64_t now_ms)
{
    redis->asked[(redis->first + redis->count++) % REDIS_MAX_ASKED] = (struct redis_asked){
        .batch = batch, .is_store = batch == NULL, .index = (uint32_t)index, .asked_ms = now_ms};
}

#define NAME_PREFIX "saring:v1:"

enum { NAME = sizeof NAME_PREFIX - 1 + HASH_HEX };

static struct str name_of(const struct hash *key, char out[NAME])
{
    memcpy(out, NAME_PREFIX, sizeof NAME_PREFIX - 1);
    hash_format(key, out + sizeof NAME_PREFIX - 1);
    return (struct str){.at = out, .len = NAME - 1};
}

bool verdict_redis_ask(struct verdict_redis *redis, struct verdict_redis_batch *batch,
                       const struct hash *keys, size_t count)
{
    assert(count <= VERDICT_REDIS_BATCH && batch->open == 0);
    if (count == 0 || !verdict_redis_is_up(redis)) {
        return false;
    }
    int64_t now_ms = clock_monotonic_ms();
    pthread_mutex_lock(&redis->lock);
    bool done = has_room(redis, count);
    if (done) {
        buf_clear(&batch->bytes);
        batch->count = batch->open = count;
        redis->counts.asked += count;
        for (size_t i = 0; i < count; i++) {
            char name[NAME];
            batch->keys[i] = keys[i];
            batch->values[i] = (struct redis_value){.len = 0};
            verdict_redis_wire_command(&redis->pending,
                                       (struct str[]){STR("GET"), name_of(&keys[i], name)}, 2);
            note(redis, batch, i, now_ms);
        }
    }
    pthread_mutex_unlock(&redis->lock);
    if (done) {
        wake(redis);
    }
    return done;
}

void verdict_redis_store(struct verdict_redis *redis, const struct hash *key, struct str findings)
{
    char ttl[16], name[NAME];
    struct hash mac = mac_of(redis, key, findings);
    snprintf(ttl, sizeof ttl, "%d", VERDICT_REDIS_TTL_S);
    pthread_mutex_lock(&redis->lock);
    bool done = findings.len <= VERDICT_REDIS_MAX_VALUE - MAC && has_room(redis, 1);
    if (done) {
        struct buf value = BUF_EMPTY;
        buf_put(&value, mac.bytes, sizeof mac.bytes);
        buf_put_str(&value, findings);
        const struct str words[] = {STR("SET"), name_of(key, name), buf_str(&value), STR("EX"),
                                    str_of(ttl)};
        verdict_redis_wire_command(&redis->pending, words, sizeof words / sizeof *words);
        note(redis, NULL, 0, clock_monotonic_ms());
        redis->counts.stored++;
        buf_fini(&value);
    } else {
        redis->counts.dropped++;
    }
    pthread_mutex_unlock(&redis->lock);
    if (done) {
        wake(redis);
    }
}

/* Values whose MAC is not right are none. */
static void verify(struct verdict_redis *redis, struct verdict_redis_batch *batch)
{
    size_t found = 0, forged = 0;
    for (size_t i = 0; i < batch->count; i++) {
        struct redis_value *value = &batch->values[i];
        if (value->len == 0) {
            continue;
        }
        const char *at = batch->bytes.bytes + value->at;
        bool is_right = false;
        if (value->len > MAC) {
            struct hash mac = mac_of(redis, &batch->keys[i],
                                     (struct str){.at = at + MAC, .len = value->len - MAC});
            is_right = sodium_memcmp(mac.bytes, at, MAC) == 0;
        }
        if (is_right) {
            found++;
            *value = (struct redis_value){.at = value->at + MAC, .len = value->len - MAC};
        } else {
            forged++;
            value->len = 0;
        }
    }
    if (found + forged > 0) {
        pthread_mutex_lock(&redis->lock);
        redis->counts.found += found;
        redis->counts.forged += forged;
        pthread_mutex_unlock(&redis->lock);
    }
}

void verdict_redis_collect(struct verdict_redis *redis, struct verdict_redis_batch *batch,
                           unsigned wait_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    until.tv_sec += wait_ms / 1000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&redis->lock);
    while (batch->open > 0 && wait_ms > 0 &&
           pthread_cond_timedwait(&batch->all_here, &redis->lock, &until) == 0) {
    }
    for (size_t i = 0; batch->open > 0 && i < redis->count; i++) {
        struct redis_asked *asked = &redis->asked[(redis->first + i) % REDIS_MAX_ASKED];
        if (asked->batch == batch) {
            asked->batch = NULL;
        }
    }
    batch->open = 0;
    pthread_mutex_unlock(&redis->lock);
    verify(redis, batch);
}

struct str verdict_redis_found(const struct verdict_redis_batch *batch, size_t i)
{
    assert(i < batch->count);
    struct redis_value value = batch->values[i];
    return value.len > 0 ? (struct str){.at = batch->bytes.bytes + value.at, .len = value.len}
                         : (struct str){.len = 0};
}

struct verdict_redis_counts verdict_redis_counts(struct verdict_redis *redis)
{
    pthread_mutex_lock(&redis->lock);
    struct verdict_redis_counts counts = redis->counts;
    pthread_mutex_unlock(&redis->lock);
    return counts;
}

struct verdict_redis *verdict_redis_start(const struct verdict_redis_options *options,
                                          struct err *err)
{
    struct verdict_redis_url url;
    if (!verdict_redis_url_parse(options->url, &url, err)) {
        return NULL;
    }
    struct verdict_redis *redis = mem_zero(1, sizeof *redis);
    redis->url = url;
    redis->options = *options;
    struct verdict_redis_options *own = &redis->options;
    own->url = NULL;
    own->secret = NULL;
    own->connect_ms = own->connect_ms > 0 ? own->connect_ms : 1000;
    own->answer_ms = own->answer_ms > 0 ? own->answer_ms : 200;
    own->first_wait_ms = own->first_wait_ms > 0 ? own->first_wait_ms : 250;
    own->longest_wait_ms = own->longest_wait_ms > 0 ? own->longest_wait_ms : 30000;
    redis->key_secret = derive(options->secret, STR("saring: names in Redis"));
    redis->mac_secret = derive(options->secret, STR("saring: findings in Redis"));
    pthread_mutex_init(&redis->lock, NULL);
    redis->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (redis->wake < 0 || pthread_create(&redis->thread, NULL, verdict_redis_run, redis) != 0) {
        err_set(err, "no thread for Redis can be started");
        if (redis->wake >= 0) {
            close(redis->wake);
        }
        free(redis);
        return NULL;
    }
    return redis;
}

void verdict_redis_stop(struct verdict_redis *redis)
{
    if (redis == NULL) {
        return;
    }
    pthread_mutex_lock(&redis->lock);
    redis->is_stopping = true;
    pthread_mutex_unlock(&redis->lock);
    wake(redis);
    pthread_join(redis->thread, NULL);
    close(redis->wake);
    buf_fini(&redis->pending);
    pthread_mutex_destroy(&redis->lock);
    sodium_memzero(redis, sizeof *redis);
    free(redis);
}
