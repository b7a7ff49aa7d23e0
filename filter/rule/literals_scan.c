/* The scan itself, once in plain C and once for processors with AVX2. */
#include <assert.h>
#include <stdbool.h>

#include "filter/rule/literals.h"
#include "filter/rule/literals_index.h"
#include "filter/rule/literals_look.h"

enum {
    BLOCK = 256,                 /* places looked at before candidates are compared */
    BEYOND = 2 * RULE_LOOK_PART, /* bytes behind them that may be read too */
    HITS = 256,                  /* told together */
    CANDIDATES = 4 * BLOCK + 1,  /* more than a place can have, and one that does not count */
};

#define ALWAYS_INLINE inline __attribute__((always_inline))

/* Hits on their way to the caller. */
struct hits {
    struct rule_literal_hit items[HITS];
    size_t count;
    rule_literals_found *found;
    void *context;
};

/* Places of a text of which a bit is set. */
struct block {
    const char *at; /* `places` bytes and BEYOND more */
    size_t places;
    size_t count;
    uint16_t candidates[CANDIDATES];
    uint32_t entries[CANDIDATES];
};

static void flush(struct hits *hits)
{
    if (hits->count > 0) {
        hits->found(hits->context, hits->items, hits->count);
        hits->count = 0;
    }
}

/* Whether the literal of the entry stands at `start`, where there is room for it. */
static ALWAYS_INLINE bool stands(const struct rule_literals *set,
                                 const struct rule_literal_entry *entry, struct str text,
                                 size_t start)
{
    size_t from = start + entry->value_at;
    size_t left = text.len - from, len = entry->len;
    uint64_t value = left >= RULE_LITERAL_COMPARED
                         ? rule_literal_load(text.at + from, RULE_LITERAL_COMPARED)
                         : rule_literal_load(text.at + from, left);
    if (len <= RULE_LITERAL_COMPARED) {
        return (value ^ entry->value) << (64 - 8 * len) == 0;
    }
    return value == entry->value && memcmp(text.at + start, set->pool + entry->bytes, len) == 0;
}

/* A window of the entry, or others of its key, may stand at `at`: are the literals there? */
static ALWAYS_INLINE void compare(const struct rule_literals *set,
                                  const struct rule_literal_entry *entry, struct str text,
                                  size_t at, struct hits *hits)
{
    for (;; entry = &set->more[entry->next - 1]) {
        if (at >= entry->offset && at - entry->offset + entry->len <= text.len &&
            stands(set, entry, text, at - entry->offset)) {
            hits->items[hits->count++] = (struct rule_literal_hit){
                .literal = entry->literal, .at = (uint32_t)(at - entry->offset)};
            if (hits->count == HITS) {
                flush(hits);
            }
        }
        if (entry->next == 0) {
            return;
        }
    }
}

/* Entries lie all over memory: all are asked for before the first is needed. */
static ALWAYS_INLINE void put(struct block *block, const struct rule_literals *set,
                              enum rule_literal_kind kind, uint32_t key, size_t place)
{
    uint32_t entry = rule_literal_rank(&set->indexes[kind], key);
    __builtin_prefetch(&set->entries[entry]);
    block->candidates[block->count] = (uint16_t)place;
    block->entries[block->count++] = entry;
}

/* Where words start; the key has the bytes of the word, of which up to 8 count. */
static ALWAYS_INLINE void look_at_words(struct block *block, const struct rule_literals *set,
                                        size_t part, uint64_t words, bool in_word)
{
    const struct rule_literal_index *index = &set->indexes[RULE_LITERAL_WORD];
    uint32_t keys[RULE_LOOK_PART], found = 0;
    uint32_t starts = (uint32_t)(words & ~(words << 1 | in_word));
    for (; starts != 0; starts &= starts - 1) {
        unsigned bit = (unsigned)__builtin_ctz(starts);
        unsigned len = (unsigned)__builtin_ctzll(~(words >> bit) | 0x100);
        uint64_t eight = rule_literal_load(block->at + part + bit, RULE_LITERAL_COMPARED);
        eight = eight << (64 - 8 * len) >> (64 - 8 * len);
        keys[bit] = rule_literal_key(RULE_LITERAL_WORD, eight, index->shift);
        found |= (uint32_t)rule_literal_bit(index, keys[bit]) << bit;
    }
    for (; found != 0; found &= found - 1) {
        unsigned bit = (unsigned)__builtin_ctz(found);
        put(block, set, RULE_LITERAL_WORD, keys[bit], part + bit);
    }
}

/* Literals of one or two bytes are rare. */
static ALWAYS_INLINE void look_for_tiny(struct block *block, const struct rule_literals *set,
                                        enum rule_literal_kind kind)
{
    const struct rule_literal_index *index = &set->indexes[kind];
    for (size_t i = 0; index->bitmap != NULL && i < block->places; i++) {
        uint64_t eight = rule_literal_load(block->at + i, RULE_LITERAL_COMPARED);
        uint32_t key = rule_literal_key(kind, eight, index->shift);
        if (rule_literal_bit(index, key) != 0) {
            put(block, set, kind, key, i);
        }
    }
}

static ALWAYS_INLINE void look_at_block(struct block *block, const struct rule_literals *set,
                                        bool in_word, bool with_avx2)
{
    bool has_words = set->indexes[RULE_LITERAL_WORD].bitmap != NULL;
    uint64_t words = has_words ? rule_look_words(block->at, with_avx2) : 0;
    for (size_t part = 0; part < block->places; part += RULE_LOOK_PART) {
        uint32_t keys[RULE_LOOK_KEYS];
        uint64_t found = rule_look_windows(set, block->at + part, keys, with_avx2);
        for (; found != 0; found &= found - 1) {
            unsigned bit = (unsigned)__builtin_ctzll(found);
            struct rule_look_place place = rule_look_place(bit);
            put(block, set, place.kind, keys[bit], part + place.at);
        }
        if (has_words) {
            words |= rule_look_words(block->at + part + RULE_LOOK_PART, with_avx2) << 32;
            look_at_words(block, set, part, words, in_word);
            in_word = (words >> 31 & 1) != 0;
            words >>= 32;
        }
    }
    look_for_tiny(block, set, RULE_LITERAL_TWO);
    look_for_tiny(block, set, RULE_LITERAL_ONE);
}

static ALWAYS_INLINE void scan(const struct rule_literals *set, struct str text,
                               rule_literals_found *found, void *context, bool with_avx2)
{
    struct hits hits;
    struct block block;
    char copy[BLOCK + 2 * BEYOND]; /* of the text's end, zeros behind it */
    hits.count = 0;
    hits.found = found;
    hits.context = context;
    for (size_t start = 0; start < text.len; start += BLOCK) {
        size_t left = text.len - start;
        block.at = text.at + start;
        block.places = left < BLOCK ? left : BLOCK;
        block.count = 0;
        if (left < BLOCK + BEYOND) {
            memcpy(copy, text.at + start, left);
            memset(copy + left, 0, BEYOND);
            block.at = copy;
        }
        bool in_word = start > 0 && rule_is_word_byte((unsigned char)text.at[start - 1]);
        look_at_block(&block, set, in_word, with_avx2);
        assert(block.count < CANDIDATES);
        for (size_t i = 0; i < block.count; i++) {
            compare(set, &set->entries[block.entries[i]], text, start + block.candidates[i], &hits);
        }
    }
    flush(&hits);
}

void rule_literals_scan_portably(const struct rule_literals *literals, struct str text,
                                 rule_literals_found *found, void *context)
{
    scan(literals, text, found, context, false);
}

#if RULE_HAS_AVX2
/* All inlined, so that what is written above is compiled for this processor too. */
RULE_AVX2 __attribute__((flatten)) static void scan_avx2(const struct rule_literals *literals,
                                                         struct str text,
                                                         rule_literals_found *found, void *context)
{
    scan(literals, text, found, context, true);
}

void rule_literals_scan(const struct rule_literals *literals, struct str text,
                        rule_literals_found *found, void *context)
{
    if (RULE_AVX2_HERE) {
        scan_avx2(literals, text, found, context);
    } else {
        scan(literals, text, found, context, false);
    }
}
#else
void rule_literals_scan(const struct rule_literals *literals, struct str text,
                        rule_literals_found *found, void *context)
{
    scan(literals, text, found, context, false);
}
#endif
