#include "filter/verdict/cache.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL /* the state may then lie on the stack */
#include <xxhash.h>

#include "filter/base/mem.h"
#include "filter/rule/program.h"

enum {
    SHARDS = 16,
    LEAST_ENTRIES = 64, /* of a shard */
    MOST_FREQUENCY = 3,
    SMALL_PART = 10, /* the small queue is one in so many */
    SECRET = 192,    /* XXH3's usual size */
};

#define NOBODY UINT32_MAX

enum place { FREE, SMALL, MAIN };

struct entry {
    struct verdict_cache_key key;
    char *findings; /* owned; NULL: clean */
    uint32_t len;
    uint8_t frequency, place;
};

/* Entries' numbers, first in, first out; room for all there are. */
struct ring {
    uint32_t *at;
    uint32_t first, count;
};

/* A key that was evicted from the small queue, and when: then it was asked for too late. */
struct ghost {
    uint32_t fingerprint, born;
};

struct shard {
    pthread_mutex_t lock;
    struct entry *entries;
    uint32_t room, count;
    uint32_t *free;  /* numbers of unused entries: room - count of them */
    uint32_t *table; /* open addressing, linear: numbers of entries */
    uint32_t table_mask;
    struct ring small, main;
    struct ghost *ghosts; /* by the key's hash; a later one takes the place of an earlier one */
    uint32_t ghost_mask, ghost_clock;
    size_t bytes, max_bytes;
    uint64_t hits, misses;
};

struct verdict_cache {
    unsigned char secret[SECRET];
    struct shard shards[SHARDS];
};

static uint32_t power_above(uint32_t number)
{
    uint32_t power = 1;
    while (power < number) {
        power *= 2;
    }
    return power;
}

static void shard_init(struct shard *shard, uint32_t room, size_t max_bytes)
{
    pthread_mutex_init(&shard->lock, NULL);
    shard->room = room;
    shard->max_bytes = max_bytes;
    shard->entries = mem_zero(room, sizeof *shard->entries);
    shard->free = mem_zero(room, sizeof *shard->free);
    shard->small.at = mem_zero(room, sizeof *shard->small.at);
    shard->main.at = mem_zero(room, sizeof *shard->main.at);
    shard->table_mask = power_above(room * 2) - 1;
    shard->table = mem_alloc((shard->table_mask + 1) * sizeof *shard->table);
    memset(shard->table, 0xff, (shard->table_mask + 1) * sizeof *shard->table);
    shard->ghost_mask = power_above(room) * 2 - 1;
    shard->ghosts = mem_zero(shard->ghost_mask + 1, sizeof *shard->ghosts);
    shard->ghost_clock = room; /* so that an empty place is long gone */
    for (uint32_t i = 0; i < room; i++) {
        shard->free[i] = room - 1 - i;
    }
}

struct verdict_cache *verdict_cache_new(size_t max_entries, size_t max_bytes)
{
    struct verdict_cache *cache = mem_zero(1, sizeof *cache);
    assert(max_entries / SHARDS < UINT32_MAX / 8);
    uint32_t room = (uint32_t)((max_entries + SHARDS - 1) / SHARDS);
    randombytes_buf(cache->secret, sizeof cache->secret);
    for (size_t i = 0; i < SHARDS; i++) {
        shard_init(&cache->shards[i], room < LEAST_ENTRIES ? LEAST_ENTRIES : room,
                   max_bytes / SHARDS);
    }
    return cache;
}

void verdict_cache_free(struct verdict_cache *cache)
{
    if (cache == NULL) {
        return;
    }
    for (size_t i = 0; i < SHARDS; i++) {
        struct shard *shard = &cache->shards[i];
        for (uint32_t j = 0; j < shard->room; j++) {
            free(shard->entries[j].findings);
        }
        free(shard->entries);
        free(shard->free);
        free(shard->table);
        free(shard->small.at);
        free(shard->main.at);
        free(shard->ghosts);
        pthread_mutex_destroy(&shard->lock);
    }
    free(cache);
}

struct verdict_fields verdict_fields_of(const struct rule_program *program)
{
    struct verdict_fields fields = {.source = false};
    for (size_t i = 0; i < program->field_count; i++) {
        fields.author_name = fields.author_name || str_is(program->fields[i], "author_name");
        fields.lang = fields.lang || str_is(program->fields[i], "lang");
        fields.source = fields.source || str_is(program->fields[i], "source");
    }
    return fields;
}

static void mix(XXH3_state_t *state, struct str text)
{
    uint64_t len = text.len;
    XXH3_128bits_update(state, &len, sizeof len);
    XXH3_128bits_update(state, text.at, text.len);
}

struct verdict_cache_key verdict_cache_key(const struct verdict_cache *cache,
                                           const struct hash *set,
                                           const struct verdict_fields *fields,
                                           const struct post *post)
{
    XXH3_state_t state;
    XXH3_128bits_reset_withSecret(&state, cache->secret, sizeof cache->secret);
    XXH3_128bits_update(&state, set->bytes, sizeof set->bytes);
    mix(&state, post->fields[POST_TITLE]);
    mix(&state, post->fields[POST_TEXT]);
    if (fields->author_name) {
        mix(&state, post->fields[POST_AUTHOR_NAME]);
    }
    if (fields->lang) {
        mix(&state, post->lang);
    }
    if (fields->source) {
        mix(&state, post->source);
    }
    for (size_t i = 0; i < post->link_count; i++) {
        mix(&state, post->links[i]);
    }
    XXH128_hash_t hash = XXH3_128bits_digest(&state);
    return (struct verdict_cache_key){.low = hash.low64, .high = hash.high64};
}

static struct shard *shard_of(struct verdict_cache *cache, struct verdict_cache_key key)
{
    return &cache->shards[key.high >> 60];
}

static bool is_same(struct verdict_cache_key a, struct verdict_cache_key b)
{
    return a.low == b.low && a.high == b.high;
}

/* The table's place of `key`, or the empty one where it would go. */
static uint32_t place_of(const struct shard *shard, struct verdict_cache_key key)
{
    uint32_t at = (uint32_t)key.low & shard->table_mask;
    while (shard->table[at] != NOBODY && !is_same(shard->entries[shard->table[at]].key, key)) {
        at = (at + 1) & shard->table_mask;
    }
    return at;
}

/* Takes a number out of the table and moves up those behind it that its place kept away. */
static void forget_place(struct shard *shard, uint32_t hole)
{
    uint32_t mask = shard->table_mask;
    for (uint32_t at = (hole + 1) & mask; shard->table[at] != NOBODY; at = (at + 1) & mask) {
        uint32_t home = (uint32_t)shard->entries[shard->table[at]].key.low & mask;
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            shard->table[hole] = shard->table[at];
            hole = at;
        }
    }
    shard->table[hole] = NOBODY;
}

static void push(const struct shard *shard, struct ring *ring, uint32_t number)
{
    ring->at[(ring->first + ring->count) % shard->room] = number;
    ring->count++;
}

static uint32_t pop(const struct shard *shard, struct ring *ring)
{
    uint32_t number = ring->at[ring->first];
    ring->first = (ring->first + 1) % shard->room;
    ring->count--;
    return number;
}

static struct ghost *ghost_of(const struct shard *shard, struct verdict_cache_key key)
{
    return &shard->ghosts[(key.low >> 32) & shard->ghost_mask];
}

static bool is_ghost(const struct shard *shard, struct verdict_cache_key key)
{
    const struct ghost *ghost = ghost_of(shard, key);
    return ghost->fingerprint == (uint32_t)key.high &&
           shard->ghost_clock - ghost->born < shard->room;
}

static void drop(struct shard *shard, uint32_t number)
{
    struct entry *entry = &shard->entries[number];
    forget_place(shard, place_of(shard, entry->key));
    shard->bytes -= entry->len;
    free(entry->findings);
    *entry = (struct entry){.place = FREE};
    shard->count--;
    shard->free[shard->room - shard->count - 1] = number;
}

/* Those asked for since they came go on to the main queue; the first other one goes. */
static bool evict_small(struct shard *shard)
{
    while (shard->small.count > 0) {
        uint32_t number = pop(shard, &shard->small);
        struct entry *entry = &shard->entries[number];
        if (entry->frequency > 0) {
            entry->frequency = 0;
            entry->place = MAIN;
            push(shard, &shard->main, number);
            continue;
        }
        *ghost_of(shard, entry->key) =
            (struct ghost){.fingerprint = (uint32_t)entry->key.high, .born = shard->ghost_clock++};
        drop(shard, number);
        return true;
    }
    return false;
}

static void evict_main(struct shard *shard)
{
    for (;;) {
        uint32_t number = pop(shard, &shard->main);
        struct entry *entry = &shard->entries[number];
        if (entry->frequency == 0) {
            drop(shard, number);
            return;
        }
        entry->frequency--;
        push(shard, &shard->main, number);
    }
}

static void evict(struct shard *shard)
{
    assert(shard->count > 0);
    bool is_small_full = shard->small.count >= shard->room / SMALL_PART;
    if ((is_small_full || shard->main.count == 0) && evict_small(shard)) {
        return;
    }
    if (shard->main.count > 0) {
        evict_main(shard);
    }
}

enum verdict_cache_answer verdict_cache_find(struct verdict_cache *cache,
                                             struct verdict_cache_key key, struct buf *findings)
{
    struct shard *shard = shard_of(cache, key);
    enum verdict_cache_answer answer = VERDICT_CACHE_NONE;
    pthread_mutex_lock(&shard->lock);
    uint32_t number = shard->table[place_of(shard, key)];
    if (number == NOBODY) {
        shard->misses++;
    } else {
        struct entry *entry = &shard->entries[number];
        entry->frequency += entry->frequency < MOST_FREQUENCY;
        shard->hits++;
        answer = VERDICT_CACHE_CLEAN;
        if (entry->findings != NULL) {
            buf_clear(findings);
            buf_put(findings, entry->findings, entry->len);
            answer = VERDICT_CACHE_FLAGGED;
        }
    }
    pthread_mutex_unlock(&shard->lock);
    return answer;
}

static void put(struct shard *shard, struct verdict_cache_key key, char *findings, size_t len)
{
    while (shard->count == shard->room || shard->bytes + len > shard->max_bytes) {
        evict(shard);
    }
    uint32_t number = shard->free[shard->room - shard->count - 1];
    shard->count++;
    bool is_back = is_ghost(shard, key);
    shard->entries[number] = (struct entry){
        .key = key, .findings = findings, .len = (uint32_t)len, .place = is_back ? MAIN : SMALL};
    shard->bytes += len;
    shard->table[place_of(shard, key)] = number;
    push(shard, is_back ? &shard->main : &shard->small, number);
}

void verdict_cache_put(struct verdict_cache *cache, struct verdict_cache_key key,
                       struct str findings)
{
    struct shard *shard = shard_of(cache, key);
    if (findings.len > shard->max_bytes / 4) {
        return; /* one giant must not push out everything else */
    }
    char *copy = NULL;
    if (findings.len > 0) {
        copy = mem_alloc(findings.len);
        memcpy(copy, findings.at, findings.len);
    }
    pthread_mutex_lock(&shard->lock);
    if (shard->table[place_of(shard, key)] == NOBODY) {
        put(shard, key, copy, findings.len);
        copy = NULL;
    }
    pthread_mutex_unlock(&shard->lock);
    free(copy); /* another worker was first */
}

struct verdict_cache_counts verdict_cache_counts(struct verdict_cache *cache)
{
    struct verdict_cache_counts counts = {.hits = 0};
    for (size_t i = 0; i < SHARDS; i++) {
        struct shard *shard = &cache->shards[i];
        pthread_mutex_lock(&shard->lock);
        counts.hits += shard->hits;
        counts.misses += shard->misses;
        counts.entries += shard->count;
        counts.bytes += shard->bytes;
        pthread_mutex_unlock(&shard->lock);
    }
    return counts;
}
