#include "filter/rule/runs.h"

#include <assert.h>
#include <stdlib.h>

#include "filter/base/mem.h"
#include "filter/rule/avx2.h"
#include "filter/rule/frequency.h"

enum {
    AROUND = RULE_RUN_MAX - 1, /* a run's sets stand so far before and behind its anchor at most */
    SLOTS = 2 * AROUND + 1,
    OUTSIDE = 256, /* in place of a byte: before the text's start, behind its end */
    ROWS = OUTSIDE + 1,
    PART = 64, /* bytes looked at together */
};

/* Bits of 256 runs, which compilers know to keep in the widest registers there are. */
typedef uint64_t runs_word __attribute__((vector_size(32)));
enum { WORD_BITS = 8 * sizeof(runs_word) };

/* Of each run one set is the anchor, the rarest; the others stand in slots before and behind. */
struct rule_runs {
    size_t count, words; /* words of runs' bits, one for each run */
    struct rule_byte_set anchors;
    uint8_t low[32];  /* `anchors` by the byte's lower half: its upper halves, up to 7 and above */
    uint8_t *offsets; /* of the anchor in each run */
    /* By slot and byte: the runs that may have it there. Slots that no run has are NULL. */
    runs_word *slots[SLOTS];
};

/* The slots from the anchor outwards. */
static const uint8_t order[SLOTS] = {7, 8, 6, 9, 5, 10, 4, 11, 3, 12, 2, 13, 1, 14, 0};
_Static_assert(AROUND == 7, "or `order` is another");

static bool has(const struct rule_byte_set *set, unsigned byte)
{
    return (set->bits[byte >> 6] >> (byte & 63) & 1) != 0;
}

static uint8_t choose_anchor(const struct rule_run *run)
{
    uint8_t best = 0;
    double least = 0;
    for (size_t i = 0; i < run->count; i++) {
        double frequency = rule_frequency_run(&run->sets[i], 1);
        if (i == 0 || frequency < least) {
            best = (uint8_t)i;
            least = frequency;
        }
    }
    return best;
}

/* A slot in which any byte may stand, and nothing too. */
static runs_word *new_slot(const struct rule_runs *runs)
{
    runs_word *slot = aligned_alloc(sizeof *slot, ROWS * runs->words * sizeof *slot);
    if (slot == NULL) {
        abort(); /* out of memory, as in base/mem */
    }
    memset(slot, 0xff, ROWS * runs->words * sizeof *slot);
    return slot;
}

static void put_set(struct rule_runs *runs, size_t run, size_t slot,
                    const struct rule_byte_set *set)
{
    uint64_t bit = UINT64_C(1) << run % 64;
    if (runs->slots[slot] == NULL) {
        runs->slots[slot] = new_slot(runs);
    }
    for (unsigned byte = 0; byte < ROWS; byte++) {
        if (byte == OUTSIDE || !has(set, byte)) {
            runs->slots[slot][byte * runs->words + run / WORD_BITS][run % WORD_BITS / 64] &= ~bit;
        }
    }
}

struct rule_runs *rule_runs_build(const struct rule_run *of, size_t count)
{
    struct rule_runs *runs = mem_zero(1, sizeof *runs);
    runs->count = count;
    runs->words = (count + WORD_BITS - 1) / WORD_BITS;
    runs->offsets = mem_zero(count, sizeof *runs->offsets);
    runs->slots[AROUND] = new_slot(runs);
    for (size_t i = 0; i < count; i++) {
        const struct rule_run *run = &of[i];
        assert(run->count > 0 && run->count <= RULE_RUN_MAX);
        runs->offsets[i] = choose_anchor(run);
        for (size_t k = 0; k < run->count; k++) {
            put_set(runs, i, AROUND + k - runs->offsets[i], &run->sets[k]);
        }
        for (size_t k = 0; k < 4; k++) {
            runs->anchors.bits[k] |= run->sets[runs->offsets[i]].bits[k];
        }
    }
    for (size_t i = count; i < WORD_BITS * runs->words;
         i++) { /* of no run: bits of the last word */
        put_set(runs, i, AROUND, &(struct rule_byte_set){.bits = {0}});
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        unsigned at = (byte & 15) + (byte >= 128 ? 16 : 0);
        runs->low[at] |= (uint8_t)(has(&runs->anchors, byte) << (byte >> 4 & 7));
    }
    return runs;
}

void rule_runs_free(struct rule_runs *runs)
{
    if (runs == NULL) {
        return;
    }
    for (size_t i = 0; i < SLOTS; i++) {
        free(runs->slots[i]);
    }
    free(runs->offsets);
    free(runs);
}

size_t rule_runs_bytes(const struct rule_runs *runs)
{
    size_t bytes = sizeof *runs + runs->count * sizeof *runs->offsets;
    for (size_t i = 0; i < SLOTS; i++) {
        bytes += runs->slots[i] != NULL ? ROWS * runs->words * sizeof **runs->slots : 0;
    }
    return bytes;
}

/* All runs with an anchor that has the byte at `at`. */
static void try_runs(const struct rule_runs *runs, struct str text, size_t at,
                     rule_runs_found *found, void *context)
{
    const runs_word *rows[SLOTS];
    size_t count = 0;
    for (size_t i = 0; i < SLOTS; i++) {
        size_t slot = order[i], place = at + slot; /* shifted by AROUND */
        bool inside = place >= AROUND && place - AROUND < text.len;
        unsigned byte = inside ? (unsigned char)text.at[place - AROUND] : OUTSIDE;
        if (runs->slots[slot] != NULL) {
            rows[count++] = runs->slots[slot] + byte * runs->words;
        }
    }
    for (size_t word = 0; word < runs->words; word++) {
        runs_word bits = rows[0][word];
        for (size_t i = 1; i < count; i++) {
            bits &= rows[i][word];
            if ((bits[0] | bits[1] | bits[2] | bits[3]) == 0) {
                break;
            }
        }
        for (size_t part = 0; part < WORD_BITS / 64; part++) {
            for (uint64_t left = bits[part]; left != 0; left &= left - 1) {
                size_t run = WORD_BITS * word + 64 * part + (size_t)__builtin_ctzll(left);
                found(context, (uint32_t)run, at - runs->offsets[run]);
            }
        }
    }
}

/* Bit i: whether an anchor has byte i of up to PART bytes. */
static uint64_t look(const struct rule_runs *runs, const char *at, size_t count)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < count; i++) {
        bits |= (uint64_t)has(&runs->anchors, (unsigned char)at[i]) << i;
    }
    return bits;
}

#if RULE_HAS_AVX2
/* Of 32 bytes: each half of a byte is looked up, the lower one in two tables. */
RULE_AVX2 static uint64_t look_32(const struct rule_runs *runs, const char *at)
{
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i upper = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(7));
    __m256i bit = _mm256_shuffle_epi8(
        _mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, (char)128, 0, 0, 0, 0, 0, 0, 0, 0, /**/
                         1, 2, 4, 8, 16, 32, 64, (char)128, 0, 0, 0, 0, 0, 0, 0, 0),
        upper);
    __m256i below =
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)&runs->low[0]));
    __m256i above =
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)&runs->low[16]));
    __m256i lower = _mm256_and_si256(bytes, _mm256_set1_epi8(15));
    __m256i sets = _mm256_blendv_epi8(_mm256_shuffle_epi8(below, lower),
                                      _mm256_shuffle_epi8(above, lower), bytes);
    __m256i none = _mm256_cmpeq_epi8(_mm256_and_si256(sets, bit), _mm256_setzero_si256());
    return (uint32_t)~_mm256_movemask_epi8(none);
}

RULE_AVX2 static uint64_t look_avx2(const struct rule_runs *runs, const char *at, size_t count)
{
    if (count < PART) {
        char copy[PART] = {0};
        memcpy(copy, at, count);
        uint64_t bits = look_32(runs, copy) | look_32(runs, copy + 32) << 32;
        return bits & ((UINT64_C(1) << count) - 1);
    }
    return look_32(runs, at) | look_32(runs, at + 32) << 32;
}
#endif

static void scan(const struct rule_runs *runs, struct str text,
                 uint64_t (*look_at)(const struct rule_runs *, const char *, size_t),
                 rule_runs_found *found, void *context)
{
    for (size_t part = 0; part < text.len; part += PART) {
        size_t count = text.len - part < PART ? text.len - part : PART;
        for (uint64_t bits = look_at(runs, text.at + part, count); bits != 0; bits &= bits - 1) {
            try_runs(runs, text, part + (size_t)__builtin_ctzll(bits), found, context);
        }
    }
}

void rule_runs_scan_portably(const struct rule_runs *runs, struct str text, rule_runs_found *found,
                             void *context)
{
    scan(runs, text, look, found, context);
}

void rule_runs_scan(const struct rule_runs *runs, struct str text, rule_runs_found *found,
                    void *context)
{
#if RULE_HAS_AVX2
    scan(runs, text, RULE_AVX2_HERE ? look_avx2 : look, found, context);
#else
    scan(runs, text, look, found, context);
#endif
}
