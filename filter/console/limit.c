#include "filter/console/limit.h"

#include <sodium.h>
#include <stdlib.h>

#include "filter/base/clock.h"
#include "filter/base/hash.h"
#include "filter/base/mem.h"

/*
 * Addresses share a bucket if their hashes do: the table is small and never full. Its key is of
 * this process alone, so that nobody chooses with whom to share.
 */
enum { BUCKETS = 1024 };

struct bucket {
    double left;
    int64_t at_ms;
};

struct rate {
    double most, per_second;
};

static const struct rate page_rate = {400, 100}, form_rate = {40, 4}, password_rate = {10, 1},
                         machine_rate = {120, 5};

struct limit {
    struct hash_key key;
    struct bucket pages[BUCKETS], forms[BUCKETS], machines[BUCKETS], passwords;
};

static void fill(struct bucket *bucket, struct rate rate)
{
    *bucket = (struct bucket){.left = rate.most, .at_ms = clock_monotonic_ms()};
}

struct limit *limit_new(void)
{
    struct limit *limit = mem_zero(1, sizeof *limit);
    randombytes_buf(&limit->key, sizeof limit->key);
    for (size_t i = 0; i < BUCKETS; i++) {
        fill(&limit->pages[i], page_rate);
        fill(&limit->forms[i], form_rate);
        fill(&limit->machines[i], machine_rate);
    }
    fill(&limit->passwords, password_rate);
    return limit;
}

void limit_free(struct limit *limit)
{
    free(limit);
}

static bool take(struct bucket *bucket, struct rate rate)
{
    int64_t now_ms = clock_monotonic_ms();
    bucket->left += (double)(now_ms - bucket->at_ms) / 1000 * rate.per_second;
    bucket->left = bucket->left > rate.most ? rate.most : bucket->left;
    bucket->at_ms = now_ms;
    if (bucket->left < 1) {
        return false;
    }
    bucket->left -= 1;
    return true;
}

static size_t bucket_of(const struct limit *limit, struct str whom)
{
    struct hash hash = hash_keyed(&limit->key, &whom, 1);
    return (hash.bytes[0] | (size_t)hash.bytes[1] << 8) % BUCKETS;
}

bool limit_take(struct limit *limit, struct str from, bool is_form)
{
    size_t which = bucket_of(limit, from);
    return take(&limit->pages[which], page_rate) &&
           (!is_form || take(&limit->forms[which], form_rate));
}

bool limit_machine(struct limit *limit, struct str name)
{
    return take(&limit->machines[bucket_of(limit, name)], machine_rate);
}

bool limit_password(struct limit *limit)
{
    return take(&limit->passwords, password_rate);
}
