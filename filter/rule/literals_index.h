/* The inside of rule_literals, shared by the file that builds it and the one that scans. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "filter/base/str.h"

/*
 * What places in a text are looked at for.
 * ONE, TWO: a literal of so many bytes, at every place.
 * SHORT: one of 3 to 6 bytes, by a window of 4, at every place. One of 3 goes in with every fourth
 * byte, of which the key has three bits only, so that both take one look-up.
 * MIDDLE: one of 7 to 10, by a window of 6, at every second place: of two windows side by side one
 * starts there.
 * LONG: by a window of 8, at every fourth place, of four.
 * WORD: where a word starts, by the whole word up to 8 bytes.
 */
enum rule_literal_kind {
    RULE_LITERAL_ONE,
    RULE_LITERAL_TWO,
    RULE_LITERAL_SHORT,
    RULE_LITERAL_MIDDLE,
    RULE_LITERAL_LONG,
    RULE_LITERAL_WORD,
    RULE_LITERAL_KINDS
};

enum {
    RULE_LITERAL_COMPARED = 8, /* bytes of a literal that its entry holds */
    RULE_LITERAL_FOURTH = 3,   /* bits of the fourth byte in the key of SHORT */
};

/* One window of a literal. */
struct rule_literal_entry {
    uint64_t value; /* up to 8 bytes of the literal, from `value_at` on, as load_bytes reads them */
    uint32_t literal;
    uint32_t next;             /* of the same key: index of `more`, plus one; 0: none */
    uint32_t bytes;            /* where the literal is in the pool, if it has more than `value` */
    uint32_t len;              /* of the literal */
    uint32_t offset, value_at; /* of the window and of `value` in it */
};

/* All literals of a kind. */
struct rule_literal_index {
    unsigned shift;   /* 32 - log2(bits) */
    uint64_t *bitmap; /* NULL: there are none */
    uint32_t *ranks;  /* the entry of the first bit of each word of the bitmap */
    size_t words;
};

struct rule_literals {
    struct rule_literal_index indexes[RULE_LITERAL_KINDS];
    struct rule_literal_entry *entries; /* one for each bit that is set */
    struct rule_literal_entry *more;    /* further ones of the same key */
    size_t entry_count, more_count, more_room;
    char *pool; /* the literals' bytes */
    size_t pool_len;
};

/* Up to 8 bytes, the first one lowest; those from `len` on are 0. */
static inline uint64_t rule_literal_load(const char *at, size_t len)
{
    uint64_t value = 0;
    memcpy(&value, at, len < RULE_LITERAL_COMPARED ? len : RULE_LITERAL_COMPARED);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    return value;
}

#define RULE_LITERAL_HASH_A UINT32_C(0x9e3779b1)
#define RULE_LITERAL_HASH_B UINT32_C(0x85ebca77)

static inline size_t rule_literal_step(enum rule_literal_kind kind)
{
    return kind == RULE_LITERAL_LONG ? 4 : kind == RULE_LITERAL_MIDDLE ? 2 : 1;
}

/*
 * The number of the bit for a place at which these eight bytes stand; of WORD those of the word.
 * Made of two times four bytes, as processors do for eight places at once.
 */
static inline uint32_t rule_literal_key(enum rule_literal_kind kind, uint64_t eight, unsigned shift)
{
    uint32_t first = (uint32_t)eight, other = (uint32_t)(eight >> 32);
    switch (kind) {
    case RULE_LITERAL_ONE:
        return (first & 0xff) * RULE_LITERAL_HASH_A >> shift;
    case RULE_LITERAL_TWO:
        return (first & 0xffff) * RULE_LITERAL_HASH_A >> shift;
    case RULE_LITERAL_SHORT:
        return (first & 0xffffff) * RULE_LITERAL_HASH_A >> (shift + RULE_LITERAL_FOURTH)
                                                               << RULE_LITERAL_FOURTH |
               (first >> 24 & ((1 << RULE_LITERAL_FOURTH) - 1));
    case RULE_LITERAL_MIDDLE:
        other = (uint32_t)(eight >> 16);
        break;
    case RULE_LITERAL_LONG:
    case RULE_LITERAL_WORD:
    case RULE_LITERAL_KINDS:
        break;
    }
    return (first * RULE_LITERAL_HASH_A + other * RULE_LITERAL_HASH_B) >> shift;
}

static inline uint64_t rule_literal_bit(const struct rule_literal_index *index, uint32_t key)
{
    return index->bitmap[key / 64] >> key % 64 & 1;
}

/* The entry of a bit that is set. */
static inline uint32_t rule_literal_rank(const struct rule_literal_index *index, uint32_t key)
{
    uint64_t below = index->bitmap[key / 64] & ((UINT64_C(1) << key % 64) - 1);
    return index->ranks[key / 64] + (uint32_t)__builtin_popcountll(below);
}
