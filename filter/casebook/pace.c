#include "filter/casebook/pace.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/hash.h"
#include "filter/base/mem.h"

enum {
    SETS = 1024,
    WAYS = 8, /* places that a key may lie in; the stalest one gives way */
    HALF_MS = 10 * 60 * 1000,
    MOST = 1000, /* failures that are counted */
};

struct place {
    uint64_t key; /* 0: free */
    int64_t last_ms;
    unsigned failures;
};

struct pace {
    struct hash_key secret; /* so that nobody chooses keys that fall into one set */
    struct place places[SETS][WAYS];
};

struct pace *pace_new(void)
{
    struct pace *pace = mem_zero(1, sizeof *pace);
    randombytes_buf(&pace->secret, sizeof pace->secret);
    return pace;
}

void pace_free(struct pace *pace)
{
    free(pace);
}

static uint64_t number_of(const struct pace *pace, struct str key)
{
    struct hash hash = hash_keyed(&pace->secret, &key, 1);
    uint64_t number;
    memcpy(&number, hash.bytes, sizeof number);
    return number != 0 ? number : 1;
}

static const struct place *find(const struct pace *pace, uint64_t number)
{
    const struct place *set = pace->places[number % SETS];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == number) {
            return &set[i];
        }
    }
    return NULL;
}

static unsigned count_now(const struct place *place, int64_t now_ms)
{
    int64_t halves = (now_ms - place->last_ms) / HALF_MS;
    return halves <= 0 ? place->failures : halves < 31 ? place->failures >> halves : 0;
}

unsigned pace_failures(const struct pace *pace, struct str key, int64_t now_ms)
{
    const struct place *place = find(pace, number_of(pace, key));
    return place != NULL ? count_now(place, now_ms) : 0;
}

int64_t pace_wait_ms(const struct pace *pace, struct str key, const struct pace_rule *rule,
                     int64_t now_ms)
{
    const struct place *place = find(pace, number_of(pace, key));
    unsigned failures = place != NULL ? count_now(place, now_ms) : 0;
    if (failures <= rule->free) {
        return 0;
    }
    unsigned doublings = failures - rule->free - 1;
    int64_t wait_ms = doublings < 20 ? rule->first_ms << doublings : rule->most_ms;
    int64_t until_ms = place->last_ms + (wait_ms < rule->most_ms ? wait_ms : rule->most_ms);
    return until_ms > now_ms ? until_ms - now_ms : 0;
}

void pace_failed(struct pace *pace, struct str key, int64_t now_ms)
{
    uint64_t number = number_of(pace, key);
    struct place *set = pace->places[number % SETS], *place = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == number) {
            place = &set[i];
            break;
        }
        if (place->key != 0 && (set[i].key == 0 || set[i].last_ms < place->last_ms)) {
            place = &set[i];
        }
    }
    unsigned failures = place->key == number ? count_now(place, now_ms) : 0;
    *place = (struct place){
        .key = number,
        .last_ms = now_ms,
        .failures = failures < MOST ? failures + 1 : MOST,
    };
}

void pace_forgive(struct pace *pace, struct str key)
{
    uint64_t number = number_of(pace, key);
    struct place *set = pace->places[number % SETS];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == number) {
            set[i] = (struct place){.key = 0};
        }
    }
}
