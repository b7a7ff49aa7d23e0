#include "feeds/short_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/mem.h"

enum { WAYS = 4 }; /* entries that a link may be in */

struct entry {
    struct hash name;
    int64_t until_ms; /* 0: free */
    char *target;     /* NULL: nowhere */
};

struct feeds_short_cache {
    pthread_mutex_t lock;
    struct hash_key key;
    struct entry *entries;
    size_t sets;
};

struct feeds_short_cache *feeds_short_cache_new(size_t entries, const struct hash_key *secret)
{
    struct feeds_short_cache *cache = mem_zero(1, sizeof *cache);
    const struct str purpose = STR("saring: short links");
    struct hash key = hash_keyed(secret, &purpose, 1);
    memcpy(cache->key.bytes, key.bytes, sizeof cache->key.bytes);
    pthread_mutex_init(&cache->lock, NULL);
    cache->sets = entries / WAYS > 0 ? entries / WAYS : 1;
    cache->entries = mem_zero(cache->sets * WAYS, sizeof *cache->entries);
    return cache;
}

void feeds_short_cache_free(struct feeds_short_cache *cache)
{
    if (cache == NULL) {
        return;
    }
    for (size_t i = 0; i < cache->sets * WAYS; i++) {
        free(cache->entries[i].target);
    }
    free(cache->entries);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static struct hash name_of(const struct feeds_short_cache *cache, struct str link)
{
    return hash_keyed(&cache->key, &link, 1);
}

static struct entry *set_of(struct feeds_short_cache *cache, const struct hash *name)
{
    uint64_t number;
    memcpy(&number, name->bytes, sizeof number);
    return &cache->entries[number % cache->sets * WAYS];
}

static bool is_name(const struct entry *entry, const struct hash *name)
{
    return memcmp(entry->name.bytes, name->bytes, HASH_BYTES) == 0;
}

enum feeds_short_known feeds_short_cache_find(struct feeds_short_cache *cache, struct str link,
                                              int64_t now_ms, struct buf *target)
{
    enum feeds_short_known known = FEEDS_SHORT_UNKNOWN;
    struct hash name = name_of(cache, link);
    pthread_mutex_lock(&cache->lock);
    const struct entry *set = set_of(cache, &name);
    for (size_t i = 0; i < WAYS && known == FEEDS_SHORT_UNKNOWN; i++) {
        if (set[i].until_ms <= now_ms || !is_name(&set[i], &name)) {
            continue;
        }
        known = set[i].target != NULL ? FEEDS_SHORT_RESOLVED : FEEDS_SHORT_NOWHERE;
        if (set[i].target != NULL) {
            buf_put_string(target, set[i].target);
        }
    }
    pthread_mutex_unlock(&cache->lock);
    return known;
}

void feeds_short_cache_put(struct feeds_short_cache *cache, struct str link, struct str target,
                           int64_t until_ms)
{
    struct hash name = name_of(cache, link);
    pthread_mutex_lock(&cache->lock);
    struct entry *set = set_of(cache, &name), *into = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (is_name(&set[i], &name)) {
            into = &set[i];
            break;
        }
        into = set[i].until_ms < into->until_ms ? &set[i] : into;
    }
    free(into->target);
    into->target = NULL;
    if (target.len > 0) {
        into->target = mem_alloc(target.len + 1);
        memcpy(into->target, target.at, target.len);
        into->target[target.len] = '\0';
    }
    into->name = name;
    into->until_ms = until_ms;
    pthread_mutex_unlock(&cache->lock);
}
