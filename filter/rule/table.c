#include "filter/rule/table.h"

#include <assert.h>
#include <stdlib.h>

#include "filter/base/mem.h"
#include "filter/rule/program.h"

/* Of longer texts the table knows their first, for BACK their last, bytes. */
enum { MOST_HASHED = 63 };

struct slot {
    uint64_t hash;
    uint32_t first, count; /* of the keys; count 0: an empty slot */
};

struct rule_table {
    struct rule_table_key *keys; /* those of a slot lie together */
    size_t key_count;
    struct slot *slots;
    size_t slot_mask;
    uint64_t lengths[RULE_TABLE_KINDS]; /* bit n: there is a key of n hashed bytes */
};

/* FNV-1a, a byte at a time, so that every front and back of a value is hashed on the way. */
static uint64_t begin(enum rule_table_kind kind)
{
    return UINT64_C(0xcbf29ce484222325) ^ (uint64_t)kind;
}

static uint64_t add(uint64_t hash, char byte)
{
    return (hash ^ (unsigned char)byte) * UINT64_C(0x100000001b3);
}

static uint64_t finish(uint64_t hash, size_t len)
{
    hash = (hash ^ (uint64_t)len << 56) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static size_t hashed_len(size_t len)
{
    return len < MOST_HASHED ? len : MOST_HASHED;
}

/* The `i`th byte that is hashed. */
static char byte_of(enum rule_table_kind kind, struct str text, size_t i)
{
    return text.at[kind == RULE_TABLE_BACK ? text.len - 1 - i : i];
}

static uint64_t hash_of(const struct rule_table_key *key)
{
    uint64_t hash = begin(key->kind);
    size_t len = hashed_len(key->text.len);
    for (size_t i = 0; i < len; i++) {
        hash = add(hash, byte_of(key->kind, key->text, i));
    }
    return finish(hash, len);
}

bool rule_table_fits(struct str glob, struct rule_table_key *key)
{
    size_t front = 0, back = glob.len;
    while (front < glob.len && glob.at[front] == RULE_ANY_RUN) {
        front++;
    }
    while (back > front && glob.at[back - 1] == RULE_ANY_RUN) {
        back--;
    }
    struct str text = str_part(glob, front, back);
    bool starts = front == 0, ends = back == glob.len;
    if ((!starts && !ends) || (text.len == 0 && glob.len > 0) ||
        (text.len > 0 && (memchr(text.at, RULE_ANY_RUN, text.len) != NULL ||
                          memchr(text.at, RULE_ANY_ONE, text.len) != NULL))) {
        return false;
    }
    key->kind = starts && ends ? RULE_TABLE_WHOLE : starts ? RULE_TABLE_FRONT : RULE_TABLE_BACK;
    key->text = text;
    return true;
}

/* A key and its hash, while they are sorted. */
struct hashed {
    uint64_t hash;
    struct rule_table_key key;
};

static int compare_hashed(const void *a, const void *b)
{
    const struct hashed *x = a, *y = b;
    return (x->hash > y->hash) - (x->hash < y->hash);
}

struct rule_table *rule_table_build(const struct rule_table_key *keys, size_t count)
{
    struct rule_table *table = mem_zero(1, sizeof *table);
    struct hashed *sorted = mem_zero(count, sizeof *sorted);
    size_t slots = 16;
    while (slots < 2 * count) {
        slots *= 2;
    }
    table->keys = mem_zero(count, sizeof *table->keys);
    table->key_count = count;
    table->slots = mem_zero(slots, sizeof *table->slots);
    table->slot_mask = slots - 1;
    for (size_t i = 0; i < count; i++) {
        sorted[i] = (struct hashed){.hash = hash_of(&keys[i]), .key = keys[i]};
        table->lengths[keys[i].kind] |= UINT64_C(1) << hashed_len(keys[i].text.len);
    }
    qsort(sorted, count, sizeof *sorted, compare_hashed);
    for (size_t i = 0, first = 0; i < count; i++) {
        table->keys[i] = sorted[i].key;
        if (i + 1 < count && sorted[i + 1].hash == sorted[i].hash) {
            continue;
        }
        size_t at = sorted[i].hash & table->slot_mask;
        while (table->slots[at].count > 0) {
            at = (at + 1) & table->slot_mask;
        }
        table->slots[at] = (struct slot){
            .hash = sorted[i].hash, .first = (uint32_t)first, .count = (uint32_t)(i + 1 - first)};
        first = i + 1;
    }
    free(sorted);
    return table;
}

void rule_table_free(struct rule_table *table)
{
    if (table == NULL) {
        return;
    }
    free(table->keys);
    free(table->slots);
    free(table);
}

size_t rule_table_bytes(const struct rule_table *table)
{
    return sizeof *table + table->key_count * sizeof *table->keys +
           (table->slot_mask + 1) * sizeof *table->slots;
}

static bool satisfies(const struct rule_table_key *key, enum rule_table_kind kind, struct str value)
{
    if (key->kind != kind) {
        return false;
    }
    switch (kind) {
    case RULE_TABLE_WHOLE:
        return str_equal(value, key->text);
    case RULE_TABLE_FRONT:
        return str_starts(value, key->text);
    case RULE_TABLE_BACK:
    case RULE_TABLE_KINDS:
        break;
    }
    return str_ends(value, key->text);
}

static void look_up(const struct rule_table *table, enum rule_table_kind kind, uint64_t hash,
                    struct str value, void (*found)(void *context, uint32_t atom), void *context)
{
    for (size_t at = hash & table->slot_mask; table->slots[at].count > 0;
         at = (at + 1) & table->slot_mask) {
        const struct slot *slot = &table->slots[at];
        for (uint32_t i = 0; slot->hash == hash && i < slot->count; i++) {
            const struct rule_table_key *key = &table->keys[slot->first + i];
            if (satisfies(key, kind, value)) {
                found(context, key->atom);
            }
        }
    }
}

void rule_table_look(const struct rule_table *table, struct str value,
                     void (*found)(void *context, uint32_t atom), void *context)
{
    size_t whole = hashed_len(value.len);
    for (enum rule_table_kind kind = 0; kind < RULE_TABLE_KINDS; kind++) {
        uint64_t lengths = table->lengths[kind];
        if (kind == RULE_TABLE_WHOLE) {
            lengths &= UINT64_C(1) << whole;
        }
        uint64_t hash = begin(kind);
        for (size_t len = 0; len <= whole && lengths >> len != 0; len++) {
            if ((lengths >> len & 1) != 0) {
                look_up(table, kind, finish(hash, len), value, found, context);
            }
            if (len < whole) {
                hash = add(hash, byte_of(kind, value, len));
            }
        }
    }
}
