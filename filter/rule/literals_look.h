/*
 * What a part of a text, 32 bytes of it, has in the bitmaps of a set of literals: in plain C, and
 * for processors with AVX2, eight look-ups at a time. Both read up to 64 bytes.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/rule/avx2.h"
#include "filter/rule/literals_index.h"

enum {
    RULE_LOOK_PART = 32,
    /* A key for each place of SHORT, of MIDDLE and of LONG. */
    RULE_LOOK_MIDDLE = 32,
    RULE_LOOK_LONG = 48,
    RULE_LOOK_KEYS = 56,
};

/* Which window a key is of. */
struct rule_look_place {
    enum rule_literal_kind kind;
    unsigned at;
};

static inline struct rule_look_place rule_look_place(unsigned key)
{
    if (key < RULE_LOOK_MIDDLE) {
        return (struct rule_look_place){RULE_LITERAL_SHORT, key};
    }
    if (key < RULE_LOOK_LONG) {
        return (struct rule_look_place){RULE_LITERAL_MIDDLE, 2 * (key - RULE_LOOK_MIDDLE)};
    }
    return (struct rule_look_place){RULE_LITERAL_LONG, 4 * (key - RULE_LOOK_LONG)};
}

/* Whether it is an ASCII letter, digit or '_'. */
static inline uint32_t rule_is_word_byte(unsigned char c)
{
    unsigned lower = c | 0x20U;
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static inline uint64_t rule_look_words_plain(const char *at)
{
    uint32_t bits = 0;
    for (unsigned i = 0; i < RULE_LOOK_PART; i++) {
        bits |= rule_is_word_byte((unsigned char)at[i]) << i;
    }
    return bits;
}

static inline uint64_t rule_look_kind_plain(const struct rule_literals *set,
                                            enum rule_literal_kind kind, unsigned first,
                                            const char *at, uint32_t keys[RULE_LOOK_KEYS])
{
    const struct rule_literal_index *index = &set->indexes[kind];
    uint64_t found = 0;
    size_t step = rule_literal_step(kind);
    if (index->bitmap == NULL) {
        return 0;
    }
    for (unsigned i = 0; i < RULE_LOOK_PART / step; i++) {
        uint64_t eight = rule_literal_load(at + i * step, RULE_LITERAL_COMPARED);
        keys[first + i] = rule_literal_key(kind, eight, index->shift);
        found |= rule_literal_bit(index, keys[first + i]) << (first + i);
    }
    return found;
}

static inline uint64_t rule_look_windows_plain(const struct rule_literals *set, const char *at,
                                               uint32_t keys[RULE_LOOK_KEYS])
{
    return rule_look_kind_plain(set, RULE_LITERAL_SHORT, 0, at, keys) |
           rule_look_kind_plain(set, RULE_LITERAL_MIDDLE, RULE_LOOK_MIDDLE, at, keys) |
           rule_look_kind_plain(set, RULE_LITERAL_LONG, RULE_LOOK_LONG, at, keys);
}

#if RULE_HAS_AVX2
/* Signed compares: bytes beyond ASCII are less than all others. */
RULE_AVX2 static inline uint64_t rule_look_words_avx2(const char *at)
{
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i lower = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
    __m256i letter = _mm256_and_si256(_mm256_cmpgt_epi8(lower, _mm256_set1_epi8('a' - 1)),
                                      _mm256_cmpgt_epi8(_mm256_set1_epi8('z' + 1), lower));
    __m256i digit = _mm256_and_si256(_mm256_cmpgt_epi8(bytes, _mm256_set1_epi8('0' - 1)),
                                     _mm256_cmpgt_epi8(_mm256_set1_epi8('9' + 1), bytes));
    __m256i line = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('_'));
    return (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(letter, digit), line));
}

/* Keys of four bytes each, and of four more a little further on: as rule_literal_key. */
RULE_AVX2 static inline __m256i rule_look_hash(__m256i first, __m256i other, unsigned shift)
{
    __m256i a = _mm256_mullo_epi32(first, _mm256_set1_epi32((int)RULE_LITERAL_HASH_A));
    __m256i b = _mm256_mullo_epi32(other, _mm256_set1_epi32((int)RULE_LITERAL_HASH_B));
    return _mm256_srl_epi32(_mm256_add_epi32(a, b), _mm_cvtsi32_si128((int)shift));
}

RULE_AVX2 static inline uint64_t rule_look_bits(const struct rule_literal_index *index,
                                                __m256i found, uint32_t *keys)
{
    const int *bitmap = (const int *)(const void *)index->bitmap;
    __m256i words = _mm256_i32gather_epi32(bitmap, _mm256_srli_epi32(found, 5), 4);
    __m256i bit = _mm256_and_si256(found, _mm256_set1_epi32(31));
    __m256i top = _mm256_slli_epi32(_mm256_srlv_epi32(words, bit), 31);
    _mm256_storeu_si256((__m256i *)(void *)keys, found);
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(top));
}

/* The 16 bytes at `at`, and those `apart` behind. */
RULE_AVX2 static inline __m256i rule_look_load(const char *at, size_t apart)
{
    return _mm256_set_m128i(_mm_loadu_si128((const __m128i *)(const void *)(at + apart)),
                            _mm_loadu_si128((const __m128i *)(const void *)at));
}

RULE_AVX2 static inline uint64_t rule_look_short(const struct rule_literal_index *index,
                                                 const char *at, uint32_t *keys)
{
    const __m256i side_by_side =
        _mm256_setr_epi8(0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6, /* and the other half */
                         0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6);
    const __m256i low = _mm256_set1_epi32((1 << RULE_LITERAL_FOURTH) - 1);
    uint64_t found = 0;
    for (unsigned i = 0; i < RULE_LOOK_PART; i += 8) {
        __m256i four = _mm256_shuffle_epi8(rule_look_load(at + i, 4), side_by_side);
        __m256i three = _mm256_and_si256(four, _mm256_set1_epi32(0xffffff));
        __m256i key = rule_look_hash(three, _mm256_setzero_si256(), index->shift);
        key = _mm256_or_si256(_mm256_andnot_si256(low, key),
                              _mm256_and_si256(_mm256_srli_epi32(four, 24), low));
        found |= rule_look_bits(index, key, keys + i) << i;
    }
    return found;
}

RULE_AVX2 static inline uint64_t rule_look_middle(const struct rule_literal_index *index,
                                                  const char *at, uint32_t *keys)
{
    const __m256i second = _mm256_setr_epi8(0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6, 7, 6, 7, 8, 9, /**/
                                            0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6, 7, 6, 7, 8, 9);
    uint64_t found = 0;
    for (unsigned i = 0; i < RULE_LOOK_PART / 2; i += 8) {
        __m256i first = _mm256_shuffle_epi8(rule_look_load(at + 2 * i, 8), second);
        __m256i other = _mm256_shuffle_epi8(rule_look_load(at + 2 * i + 2, 8), second);
        __m256i key = rule_look_hash(first, other, index->shift);
        found |= rule_look_bits(index, key, keys + i) << i;
    }
    return found;
}

RULE_AVX2 static inline uint64_t rule_look_long(const struct rule_literal_index *index,
                                                const char *at, uint32_t *keys)
{
    __m256i first = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i other = _mm256_loadu_si256((const __m256i *)(const void *)(at + 4));
    return rule_look_bits(index, rule_look_hash(first, other, index->shift), keys);
}

RULE_AVX2 static inline uint64_t rule_look_windows_avx2(const struct rule_literals *set,
                                                        const char *at,
                                                        uint32_t keys[RULE_LOOK_KEYS])
{
    const struct rule_literal_index *indexes = set->indexes;
    uint64_t found = 0;
    if (indexes[RULE_LITERAL_SHORT].bitmap != NULL) {
        found |= rule_look_short(&indexes[RULE_LITERAL_SHORT], at, keys);
    }
    if (indexes[RULE_LITERAL_MIDDLE].bitmap != NULL) {
        found |= rule_look_middle(&indexes[RULE_LITERAL_MIDDLE], at, keys + RULE_LOOK_MIDDLE)
                 << RULE_LOOK_MIDDLE;
    }
    if (indexes[RULE_LITERAL_LONG].bitmap != NULL) {
        found |= rule_look_long(&indexes[RULE_LITERAL_LONG], at, keys + RULE_LOOK_LONG)
                 << RULE_LOOK_LONG;
    }
    return found;
}
#endif

/* Bit i: whether byte i is a letter, a digit or '_' of ASCII. */
static inline uint64_t rule_look_words(const char *at, bool with_avx2)
{
#if RULE_HAS_AVX2
    if (with_avx2) {
        return rule_look_words_avx2(at);
    }
#else
    (void)with_avx2;
#endif
    return rule_look_words_plain(at);
}

/* Makes the keys, and a bit for each that the bitmap of its kind has. */
static inline uint64_t rule_look_windows(const struct rule_literals *set, const char *at,
                                         uint32_t keys[RULE_LOOK_KEYS], bool with_avx2)
{
#if RULE_HAS_AVX2
    if (with_avx2) {
        return rule_look_windows_avx2(set, at, keys);
    }
#else
    (void)with_avx2;
#endif
    return rule_look_windows_plain(set, at, keys);
}
