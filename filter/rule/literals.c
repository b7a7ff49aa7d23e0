#include "filter/rule/literals.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#include "filter/base/mem.h"
#include "filter/rule/frequency.h"

enum {
    COMPARED = 8,       /* bytes from a window's start that an entry holds */
    BLOCK = 256,        /* places looked at before candidates are compared */
    MIN_BITS = 12,      /* of a bitmap: log2 of its size */
    MAX_BITS = 19,      /* 64 KiB */
    BITS_A_LITERAL = 6, /* log2: so many bits of the bitmap for each */
    MAX_OFFSET = 4096,  /* windows further into a literal are not tried */
};

/*
 * What places in a text are looked at for.
 * SHORT: a literal of 3 to 8 bytes, by a window of 4. One of 3 goes in with every fourth byte, of
 * which the key has three bits only, so that both take one look-up.
 * LONG: by a window of 8, at every second place only: of two windows side by side one starts at an
 * even place.
 */
enum kind { ONE, TWO, SHORT, LONG, KINDS };
enum { FOURTH_BITS = 3 };

/* One window of a literal. */
struct entry {
    uint64_t value; /* its first bytes, as load_bytes reads them; LONG: the window's */
    uint32_t literal;
    uint32_t next;   /* of the same key: index of `more`, plus one; 0: none */
    uint32_t bytes;  /* LONG: where its bytes are in the pool */
    uint32_t len;    /* of the literal */
    uint32_t offset; /* of the window in it */
};

/* All literals of a kind. */
struct index {
    unsigned shift; /* 64 - log2(bits) */
    uint64_t *bitmap;
    uint32_t *ranks;       /* bits set before each word of the bitmap */
    struct entry *entries; /* one for each bit that is set */
    struct entry *more;    /* further ones of the same key */
    size_t words, entry_count, more_count, more_room;
};

struct rule_literals {
    struct index indexes[KINDS];
    char *pool; /* the bytes of LONG ones */
    size_t pool_len;
};

/* Bytes of a text that its keys are made of; of SHORT a fourth where there is one. */
static inline unsigned key_bytes(enum kind kind)
{
    static const unsigned bytes[KINDS] = {1, 2, 3, 8};
    return bytes[kind];
}

static inline uint64_t hash(uint64_t window, unsigned shift)
{
    return (window * UINT64_C(0x9e3779b97f4a7c15)) >> shift;
}

/* The number of the bit for what stands at `at`; SHORT reads four bytes. */
static inline uint64_t key_of(enum kind kind, const char *at, unsigned shift)
{
    const unsigned char *byte = (const unsigned char *)at;
    uint64_t eight;
    switch (kind) {
    case ONE:
        return hash(byte[0], shift);
    case TWO:
        return hash(byte[0] | (uint64_t)byte[1] << 8, shift);
    case SHORT: {
        uint32_t four =
            byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
        return hash(four & 0xffffff, shift + FOURTH_BITS) << FOURTH_BITS |
               (four >> 24 & ((1 << FOURTH_BITS) - 1));
    }
    default:
        memcpy(&eight, at, sizeof eight);
        return hash(eight, shift);
    }
}

/* Up to 8 bytes, the first one lowest; those from `len` on are 0. */
static uint64_t load_bytes(const char *at, size_t len)
{
    uint64_t value = 0;
    memcpy(&value, at, len < COMPARED ? len : COMPARED);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    return value;
}

/* The same from `at` on, where the text may end before. */
static inline uint64_t load_text(struct str text, size_t at)
{
    return text.len - at >= COMPARED ? load_bytes(text.at + at, COMPARED)
                                     : load_bytes(text.at + at, text.len - at);
}

static enum kind kind_of(size_t len)
{
    return len > COMPARED ? LONG : len > 2 ? SHORT : len > 1 ? TWO : ONE;
}

/* Side by side: how many windows of a literal go in. */
static size_t step_of(enum kind kind)
{
    return kind == LONG ? 2 : 1;
}

static unsigned log2_up(size_t n)
{
    unsigned bits = 0;
    while (bits < 32 && ((size_t)1 << bits) < n) {
        bits++;
    }
    return bits;
}

static unsigned clamp(unsigned n, unsigned least, unsigned most)
{
    return n < least ? least : n > most ? most : n;
}

/* Keys of one window of `literal`: 8 of a SHORT one of 3 bytes, else 1. Returns their number. */
static size_t window_keys(enum kind kind, struct str literal, size_t at, unsigned shift,
                          uint64_t keys[1 << FOURTH_BITS])
{
    if (kind != SHORT || literal.len > 3) {
        keys[0] = key_of(kind, literal.at + at, shift);
        return 1;
    }
    for (unsigned i = 0; i < 1 << FOURTH_BITS; i++) {
        char padded[4] = {literal.at[0], literal.at[1], literal.at[2], (char)i};
        keys[i] = key_of(kind, padded, shift);
    }
    return 1 << FOURTH_BITS;
}

/*
 * Where in the literal its window stands best, or the first of two side by side: rare in text, and
 * not yet the window of many others (`load_of` counts).
 */
static size_t choose_offset(enum kind kind, struct str literal, unsigned shift,
                            const uint32_t *load_of)
{
    size_t step = step_of(kind);
    size_t size = kind == SHORT && literal.len > 3 ? 4 : key_bytes(kind);
    size_t best = 0;
    double least = 0;
    for (size_t i = 0; i + size + step - 1 <= literal.len && i < MAX_OFFSET; i++) {
        double cost = 0;
        for (size_t k = i; k < i + step; k++) {
            uint64_t keys[1 << FOURTH_BITS];
            window_keys(kind, literal, k, shift, keys);
            cost += rule_frequency_window(str_part(literal, k, k + size)) * (1 + load_of[keys[0]]);
        }
        if (i == 0 || cost < least) {
            best = i;
            least = cost;
        }
    }
    return best;
}

static size_t rank_of(const struct index *index, uint64_t key)
{
    uint64_t below = index->bitmap[key / 64] & ((UINT64_C(1) << key % 64) - 1);
    return index->ranks[key / 64] + (size_t)__builtin_popcountll(below);
}

/* The bitmap and its ranks for keys of which `load_of` has the numbers. */
static void put_bits(struct index *index, const uint32_t *load_of)
{
    for (size_t key = 0; key < index->words * 64; key++) {
        if (key % 64 == 0) {
            index->ranks[key / 64] = (uint32_t)index->entry_count;
        }
        index->bitmap[key / 64] |= (uint64_t)(load_of[key] > 0) << key % 64;
        index->entry_count += load_of[key] > 0;
    }
    index->entries = mem_zero(index->entry_count, sizeof *index->entries);
}

static void put_entry(struct index *index, uint64_t key, struct entry entry)
{
    struct entry *first = &index->entries[rank_of(index, key)];
    if (first->len == 0) {
        *first = entry;
        return;
    }
    mem_grow(&index->more, &index->more_room, index->more_count + 1, sizeof *index->more);
    entry.next = first->next;
    index->more[index->more_count++] = entry;
    first->next = (uint32_t)index->more_count;
}

static void put_entries(struct rule_literals *set, enum kind kind, const struct str *literals,
                        size_t count, const uint32_t *offsets)
{
    struct index *index = &set->indexes[kind];
    for (size_t i = 0; i < count; i++) {
        if (kind_of(literals[i].len) != kind) {
            continue;
        }
        struct entry entry = {.literal = (uint32_t)i, .len = (uint32_t)literals[i].len};
        if (kind == LONG) {
            entry.bytes = (uint32_t)set->pool_len;
            memcpy(set->pool + set->pool_len, literals[i].at, literals[i].len);
            set->pool_len += literals[i].len;
        }
        for (size_t k = 0; k < step_of(kind); k++) {
            uint64_t keys[1 << FOURTH_BITS];
            size_t offset = offsets[i] + k;
            size_t key_count = window_keys(kind, literals[i], offset, index->shift, keys);
            entry.offset = (uint32_t)offset;
            entry.value = kind == LONG ? load_bytes(literals[i].at + offset, COMPARED)
                                       : load_bytes(literals[i].at, literals[i].len);
            for (size_t key = 0; key < key_count; key++) {
                put_entry(index, keys[key], entry);
            }
        }
    }
}

static void build_index(struct rule_literals *set, enum kind kind, const struct str *literals,
                        size_t count, size_t members)
{
    struct index *index = &set->indexes[kind];
    unsigned bits = clamp(log2_up(members * step_of(kind)) + BITS_A_LITERAL, MIN_BITS, MAX_BITS);
    index->shift = 64 - bits;
    index->words = ((size_t)1 << bits) / 64;
    index->bitmap = mem_zero(index->words, sizeof *index->bitmap);
    index->ranks = mem_zero(index->words, sizeof *index->ranks);
    uint32_t *load_of = mem_zero(index->words * 64, sizeof *load_of);
    uint32_t *offsets = mem_zero(count, sizeof *offsets);
    for (size_t i = 0; i < count; i++) {
        if (kind_of(literals[i].len) != kind) {
            continue;
        }
        offsets[i] = (uint32_t)choose_offset(kind, literals[i], index->shift, load_of);
        for (size_t k = 0; k < step_of(kind); k++) {
            uint64_t keys[1 << FOURTH_BITS];
            size_t key_count = window_keys(kind, literals[i], offsets[i] + k, index->shift, keys);
            for (size_t key = 0; key < key_count; key++) {
                load_of[keys[key]]++;
            }
        }
    }
    put_bits(index, load_of);
    put_entries(set, kind, literals, count, offsets);
    free(offsets);
    free(load_of);
}

struct rule_literals *rule_literals_build(const struct str *literals, size_t count)
{
    struct rule_literals *set = mem_zero(1, sizeof *set);
    size_t members[KINDS] = {0}, pool = 0;
    for (size_t i = 0; i < count; i++) {
        assert(literals[i].len > 0);
        members[kind_of(literals[i].len)]++;
        pool += kind_of(literals[i].len) == LONG ? literals[i].len : 0;
    }
    assert(count < UINT32_MAX && pool < UINT32_MAX);
    set->pool = mem_alloc(pool);
    for (enum kind kind = 0; kind < KINDS; kind++) {
        if (members[kind] > 0) {
            build_index(set, kind, literals, count, members[kind]);
        }
    }
    return set;
}

void rule_literals_free(struct rule_literals *literals)
{
    if (literals == NULL) {
        return;
    }
    for (unsigned i = 0; i < KINDS; i++) {
        free(literals->indexes[i].bitmap);
        free(literals->indexes[i].ranks);
        free(literals->indexes[i].entries);
        free(literals->indexes[i].more);
    }
    free(literals->pool);
    free(literals);
}

size_t rule_literals_bytes(const struct rule_literals *literals)
{
    size_t bytes = sizeof *literals + literals->pool_len;
    for (unsigned i = 0; i < KINDS; i++) {
        const struct index *index = &literals->indexes[i];
        bytes += index->words * (sizeof *index->bitmap + sizeof *index->ranks) +
                 (index->entry_count + index->more_room) * sizeof *index->entries;
    }
    return bytes;
}

/* Hits on their way to the caller. */
struct hits {
    struct rule_literal_hit items[BLOCK];
    size_t count;
    rule_literals_found *found;
    void *context;
};

static void flush(struct hits *hits)
{
    if (hits->count > 0) {
        hits->found(hits->context, hits->items, hits->count);
        hits->count = 0;
    }
}

/* The window of `first` may stand at `at`: which literals are really there? */
static inline __attribute__((always_inline)) void compare(const struct rule_literals *set,
                                                          enum kind kind, const struct entry *first,
                                                          struct str text, size_t at,
                                                          struct hits *hits)
{
    const struct index *index = &set->indexes[kind];
    for (const struct entry *entry = first;; entry = &index->more[entry->next - 1]) {
        size_t start = at - entry->offset;
        if (at >= entry->offset && entry->len <= text.len - start) {
            bool same;
            if (kind == LONG) {
                same = load_text(text, at) == entry->value &&
                       memcmp(text.at + start, set->pool + entry->bytes, entry->len) == 0;
            } else {
                same = ((load_text(text, start) ^ entry->value) << (64 - 8 * entry->len)) == 0;
            }
            if (same) {
                hits->items[hits->count++] =
                    (struct rule_literal_hit){.literal = entry->literal, .at = (uint32_t)start};
                if (hits->count == BLOCK) {
                    flush(hits);
                }
            }
        }
        if (entry->next == 0) {
            return;
        }
    }
}

/*
 * Which places before `end` have their bit set, as a list. Without a branch on the bit: posts are
 * short, and a branch guessed wrong costs as much as ten places looked at.
 */
static inline __attribute__((always_inline)) size_t filter(const struct index *index,
                                                           enum kind kind, size_t step,
                                                           const char *at, size_t places,
                                                           uint16_t *candidates)
{
    const uint64_t *bitmap = index->bitmap;
    unsigned shift = index->shift;
    size_t count = 0;
    for (size_t i = 0; i < places; i += step) {
        uint64_t key = key_of(kind, at + i, shift);
        candidates[count] = (uint16_t)i;
        count += bitmap[key / 64] >> key % 64 & 1;
    }
    return count;
}

/* Looks at the places before `end`. Inlined for each kind. */
static inline __attribute__((always_inline)) void scan_places(const struct rule_literals *set,
                                                              enum kind kind, size_t step,
                                                              struct str text, size_t end,
                                                              struct hits *hits)
{
    const struct index *index = &set->indexes[kind];
    uint16_t candidates[BLOCK];
    uint32_t ranks[BLOCK];
    for (size_t block = 0; block < end; block += BLOCK) {
        size_t places = end - block < BLOCK ? end - block : BLOCK;
        const char *at = text.at + block;
        size_t count = filter(index, kind, step, at, places, candidates);
        assert(count <= BLOCK);
        /* Entries lie all over memory: ask for all of them before the first is needed. */
        for (size_t i = 0; i < count; i++) {
            /* NOLINTNEXTLINE(clang-analyzer-core.*): it takes a bit to be more than 1 */
            ranks[i] = (uint32_t)rank_of(index, key_of(kind, at + candidates[i], index->shift));
            __builtin_prefetch(&index->entries[ranks[i]]);
        }
        for (size_t i = 0; i < count; i++) {
            compare(set, kind, &index->entries[ranks[i]], text, block + candidates[i], hits);
        }
    }
}

/* The last three bytes, of which SHORT can't read a fourth. */
static void scan_end(const struct rule_literals *set, struct str text, struct hits *hits)
{
    const struct index *index = &set->indexes[SHORT];
    size_t at = text.len - 3;
    char padded[4] = {text.at[at], text.at[at + 1], text.at[at + 2], '\0'};
    uint64_t key = key_of(SHORT, padded, index->shift);
    if ((index->bitmap[key / 64] >> key % 64 & 1) != 0) {
        compare(set, SHORT, &index->entries[rank_of(index, key)], text, at, hits);
    }
}

void rule_literals_scan(const struct rule_literals *literals, struct str text,
                        rule_literals_found *found, void *context)
{
    const struct index *indexes = literals->indexes;
    struct hits hits;
    hits.count = 0;
    hits.found = found;
    hits.context = context;
    if (indexes[LONG].bitmap != NULL && text.len >= 8) {
        scan_places(literals, LONG, 2, text, text.len - 7, &hits);
    }
    if (indexes[SHORT].bitmap != NULL && text.len >= 3) {
        scan_places(literals, SHORT, 1, text, text.len - 3, &hits);
        scan_end(literals, text, &hits);
    }
    if (indexes[TWO].bitmap != NULL && text.len >= 2) {
        scan_places(literals, TWO, 1, text, text.len - 1, &hits);
    }
    if (indexes[ONE].bitmap != NULL) {
        scan_places(literals, ONE, 1, text, text.len, &hits);
    }
    flush(&hits);
}
