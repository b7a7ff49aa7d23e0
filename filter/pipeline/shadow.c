#include "filter/pipeline/shadow.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/mem.h"

enum { WIRE = HASH_BYTES + 8 };

struct count {
    struct hash release;
    uint64_t hits;
};

struct shadow {
    pthread_mutex_t lock;
    struct count *counts; /* in order of the hashes */
    size_t count, room;
};

struct shadow *shadow_new(void)
{
    struct shadow *shadow = mem_zero(1, sizeof *shadow);
    pthread_mutex_init(&shadow->lock, NULL);
    return shadow;
}

void shadow_free(struct shadow *shadow)
{
    if (shadow != NULL) {
        pthread_mutex_destroy(&shadow->lock);
        free(shadow->counts);
        free(shadow);
    }
}

/* Where the hash stands, or would stand. */
static size_t find(const struct shadow *shadow, const struct hash *release)
{
    size_t low = 0, high = shadow->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(&shadow->counts[middle].release, release, sizeof *release) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void add(struct shadow *shadow, const struct hash *release, uint64_t hits)
{
    size_t at = find(shadow, release);
    bool is_there =
        at < shadow->count && memcmp(&shadow->counts[at].release, release, sizeof *release) == 0;
    if (!is_there) {
        if (shadow->count == SHADOW_MOST) {
            return;
        }
        mem_grow(&shadow->counts, &shadow->room, shadow->count + 1, sizeof *shadow->counts);
        memmove(&shadow->counts[at + 1], &shadow->counts[at],
                (shadow->count - at) * sizeof *shadow->counts);
        shadow->counts[at] = (struct count){.release = *release};
        shadow->count++;
    }
    uint64_t before = shadow->counts[at].hits;
    shadow->counts[at].hits = before + hits < before ? UINT64_MAX : before + hits;
}

void shadow_count(struct shadow *shadow, const struct hash *release, uint64_t hits)
{
    pthread_mutex_lock(&shadow->lock);
    add(shadow, release, hits);
    pthread_mutex_unlock(&shadow->lock);
}

bool shadow_is_empty(struct shadow *shadow)
{
    pthread_mutex_lock(&shadow->lock);
    bool is_empty = shadow->count == 0;
    pthread_mutex_unlock(&shadow->lock);
    return is_empty;
}

void shadow_take(struct shadow *shadow, struct buf *out)
{
    pthread_mutex_lock(&shadow->lock);
    for (size_t i = 0; i < shadow->count; i++) {
        buf_put(out, shadow->counts[i].release.bytes, HASH_BYTES);
        for (unsigned b = 0; b < 8; b++) {
            buf_put_char(out, (char)(shadow->counts[i].hits >> (8 * b)));
        }
    }
    shadow->count = 0;
    pthread_mutex_unlock(&shadow->lock);
}

bool shadow_put(struct shadow *shadow, struct str taken)
{
    if (taken.len % WIRE != 0) {
        return false;
    }
    pthread_mutex_lock(&shadow->lock);
    for (size_t at = 0; at < taken.len; at += WIRE) {
        struct hash release;
        uint64_t hits = 0;
        memcpy(release.bytes, taken.at + at, HASH_BYTES);
        for (unsigned b = 0; b < 8; b++) {
            hits |= (uint64_t)(unsigned char)taken.at[at + HASH_BYTES + b] << (8 * b);
        }
        add(shadow, &release, hits);
    }
    pthread_mutex_unlock(&shadow->lock);
    return true;
}

bool shadow_pop(struct shadow *shadow, struct hash *release, uint64_t *hits)
{
    pthread_mutex_lock(&shadow->lock);
    bool has_one = shadow->count > 0;
    if (has_one) {
        shadow->count--;
        *release = shadow->counts[shadow->count].release;
        *hits = shadow->counts[shadow->count].hits;
    }
    pthread_mutex_unlock(&shadow->lock);
    return has_one;
}
