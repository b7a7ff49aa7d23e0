#include "filter/rule/literals.h"

#include <assert.h>
#include <float.h>
#include <stdlib.h>

#include "filter/base/mem.h"
#include "filter/rule/frequency.h"
#include "filter/rule/literals_index.h"
#include "filter/rule/literals_look.h"

enum {
    MIN_BITS = 12,                  /* of a bitmap: log2 of its size */
    MAX_BITS = 21,                  /* 256 KiB */
    WIDE = 7,                       /* log2: so many bits for each window */
    NARROW = 5,                     /* where that takes more than */
    NEAR = 17,                      /* 16 KiB */
    MAX_OFFSET = 1024,              /* windows further into a literal are not tried */
    MIDDLE_LEN = RULE_LITERAL_EASY, /* shorter ones have no two windows of 6 side by side */
    LONG_LEN = 11,                  /* no four of 8 */
    MOST_KEYS = 8,                  /* of one literal */
};

/* A word may turn up so often, in a byte of text, before windows are tried in its stead. */
static const double rare_word = 1e-4;

/* What is known of each literal until the entries are made. */
struct plan {
    enum rule_literal_kind kind;
    uint32_t offset;
};

struct builder {
    struct rule_literals *set;
    const struct rule_literal *literals;
    size_t count;
    struct plan *plans;
    uint32_t *load_of[RULE_LITERAL_KINDS]; /* how many entries each key has */
};

/* Bytes of a window of a literal of `len` bytes. */
static size_t window_bytes(enum rule_literal_kind kind, size_t len)
{
    switch (kind) {
    case RULE_LITERAL_SHORT:
        return len < 4 ? len : 4;
    case RULE_LITERAL_MIDDLE:
        return 6;
    case RULE_LITERAL_LONG:
        return 8;
    case RULE_LITERAL_ONE:
    case RULE_LITERAL_TWO:
    case RULE_LITERAL_WORD:
    case RULE_LITERAL_KINDS:
        break;
    }
    return len;
}

static enum rule_literal_kind kind_by_len(size_t len)
{
    return len >= LONG_LEN     ? RULE_LITERAL_LONG
           : len >= MIDDLE_LEN ? RULE_LITERAL_MIDDLE
           : len > 2           ? RULE_LITERAL_SHORT
           : len > 1           ? RULE_LITERAL_TWO
                               : RULE_LITERAL_ONE;
}

static bool is_word_byte(struct str text, size_t at)
{
    return rule_is_word_byte((unsigned char)text.at[at]);
}

/*
 * The word that starts at `at` wherever the literal stands, as far as the key has it: up to 8
 * bytes. False if none surely does, or surely ends.
 */
static bool word_at(const struct rule_literal *literal, size_t at, struct str *word)
{
    struct str text = literal->text;
    size_t end = at;
    if (at == 0 ? !literal->starts_word : is_word_byte(text, at - 1)) {
        return false;
    }
    while (end < text.len && end - at < RULE_LITERAL_COMPARED && is_word_byte(text, end)) {
        end++;
    }
    *word = str_part(text, at, end);
    return end > at && (end - at == RULE_LITERAL_COMPARED || end < text.len || literal->ends_word);
}

/* The keys of the window, or of the windows side by side, at `at`. Returns their number. */
static size_t keys_at(const struct builder *b, enum rule_literal_kind kind,
                      const struct rule_literal *literal, size_t at, uint32_t keys[MOST_KEYS])
{
    struct str text = literal->text;
    unsigned shift = b->set->indexes[kind].shift;
    struct str word;
    if (kind == RULE_LITERAL_WORD) {
        bool is_there = word_at(literal, at, &word);
        assert(is_there);
        keys[0] = rule_literal_key(kind, rule_literal_load(word.at, word.len), shift);
        return 1;
    }
    size_t bytes = window_bytes(kind, text.len);
    for (size_t i = 0; i < rule_literal_step(kind); i++) {
        keys[i] = rule_literal_key(kind, rule_literal_load(text.at + at + i, bytes), shift);
    }
    if (kind != RULE_LITERAL_SHORT || bytes > 3) {
        return rule_literal_step(kind);
    }
    for (size_t i = 0; i < 1 << RULE_LITERAL_FOURTH; i++) {
        keys[i] = rule_literal_key(kind, rule_literal_load(text.at, 3) | (uint64_t)i << 24, shift);
    }
    return 1 << RULE_LITERAL_FOURTH;
}

static size_t load_at(const struct builder *b, enum rule_literal_kind kind,
                      const struct rule_literal *literal, size_t at)
{
    uint32_t keys[MOST_KEYS] = {0};
    if (b->load_of[kind] == NULL) {
        return 0; /* the plan comes first */
    }
    (void)keys_at(b, kind, literal, at, keys);
    return b->load_of[kind][keys[0]];
}

/*
 * Where in the literal its window stands best: rare in text, and not yet the window of many
 * others. DBL_MAX: it has none of this kind.
 */
static double choose_offset(const struct builder *b, enum rule_literal_kind kind,
                            const struct rule_literal *literal, uint32_t *best)
{
    struct str text = literal->text;
    size_t bytes = window_bytes(kind, text.len), side = rule_literal_step(kind);
    size_t last = kind == RULE_LITERAL_WORD ? text.len - 1 : text.len - bytes - (side - 1);
    double least = DBL_MAX, costs[MOST_KEYS] = {0};
    for (size_t at = 0; at <= last && at < MAX_OFFSET; at++) {
        struct str word;
        double cost = 0;
        if (kind == RULE_LITERAL_WORD) {
            if (!word_at(literal, at, &word)) {
                continue;
            }
            cost = rule_frequency(word);
        } else {
            for (size_t i = at == 0 ? 0 : side - 1; i < side; i++) { /* those before are known */
                costs[(at + i) % side] =
                    rule_frequency_window(str_part(text, at + i, at + i + bytes));
            }
            for (size_t i = 0; i < side; i++) {
                cost += costs[i];
            }
        }
        cost *= 1 + (double)load_at(b, kind, literal, at);
        if (cost < least) {
            least = cost;
            *best = (uint32_t)at;
        }
    }
    return least;
}

/* By a word, if a rare one surely starts in it or all else is short; by windows otherwise. */
static enum rule_literal_kind choose_kind(const struct builder *b,
                                          const struct rule_literal *literal)
{
    uint32_t offset;
    enum rule_literal_kind kind = kind_by_len(literal->text.len);
    double word = choose_offset(b, RULE_LITERAL_WORD, literal, &offset);
    if (word == DBL_MAX) {
        return kind;
    }
    bool is_short = kind != RULE_LITERAL_LONG && kind != RULE_LITERAL_MIDDLE;
    return is_short || word < rare_word || word <= choose_offset(b, kind, literal, &offset)
               ? RULE_LITERAL_WORD
               : kind;
}

static unsigned bits_for(size_t entries)
{
    unsigned bits = MIN_BITS;
    while (bits < MAX_BITS && ((size_t)1 << bits) < entries << (bits < NEAR ? WIDE : NARROW)) {
        bits++;
    }
    return bits;
}

static void make_index(struct builder *b, enum rule_literal_kind kind, size_t members)
{
    struct rule_literal_index *index = &b->set->indexes[kind];
    unsigned bits = bits_for(members * rule_literal_step(kind));
    index->shift = 32 - bits;
    index->words = ((size_t)1 << bits) / 64;
    index->bitmap = mem_zero(index->words, sizeof *index->bitmap);
    index->ranks = mem_zero(index->words, sizeof *index->ranks);
    b->load_of[kind] = mem_zero(index->words * 64, sizeof *b->load_of[kind]);
    for (size_t i = 0; i < b->count; i++) {
        if (b->plans[i].kind != kind) {
            continue;
        }
        uint32_t keys[MOST_KEYS] = {0};
        (void)choose_offset(b, kind, &b->literals[i], &b->plans[i].offset);
        size_t count = keys_at(b, kind, &b->literals[i], b->plans[i].offset, keys);
        for (size_t k = 0; k < count; k++) {
            b->load_of[kind][keys[k]]++;
        }
    }
    for (size_t key = 0; key < index->words * 64; key++) {
        if (key % 64 == 0) {
            index->ranks[key / 64] = (uint32_t)b->set->entry_count;
        }
        index->bitmap[key / 64] |= (uint64_t)(b->load_of[kind][key] > 0) << key % 64;
        b->set->entry_count += b->load_of[kind][key] > 0;
    }
}

static void put_entry(struct rule_literals *set, uint32_t rank, struct rule_literal_entry entry)
{
    struct rule_literal_entry *first = &set->entries[rank];
    if (first->len == 0) {
        *first = entry;
        return;
    }
    mem_grow(&set->more, &set->more_room, set->more_count + 1, sizeof *set->more);
    entry.next = first->next;
    set->more[set->more_count++] = entry;
    first->next = (uint32_t)set->more_count;
}

/* Eight bytes beside the window at `offset`, of which the key says nothing yet. */
static uint32_t value_place(enum rule_literal_kind kind, const struct rule_literal *literal,
                            size_t offset)
{
    size_t len = literal->text.len, window = window_bytes(kind, len);
    struct str word;
    if (len <= RULE_LITERAL_COMPARED) {
        return 0;
    }
    if (kind == RULE_LITERAL_WORD && word_at(literal, offset, &word)) {
        window = word.len;
    }
    size_t last = len - RULE_LITERAL_COMPARED, behind = offset + window;
    if (len - behind >= offset) {
        return (uint32_t)(behind < last ? behind : last);
    }
    return (uint32_t)(offset > RULE_LITERAL_COMPARED ? offset - RULE_LITERAL_COMPARED : 0);
}

/* Puts entries of one key side by side, so that those that follow are near. */
static void sort_more(struct rule_literals *set)
{
    struct rule_literal_entry *sorted = mem_zero(set->more_count, sizeof *sorted);
    size_t count = 0;
    for (size_t i = 0; i < set->entry_count; i++) {
        uint32_t next = set->entries[i].next;
        set->entries[i].next = next > 0 ? (uint32_t)count + 1 : 0;
        while (next > 0) {
            sorted[count] = set->more[next - 1];
            next = sorted[count].next;
            sorted[count].next = next > 0 ? (uint32_t)count + 2 : 0;
            count++;
        }
    }
    free(set->more);
    set->more = sorted;
    set->more_room = set->more_count;
}

static void put_literal(struct builder *b, size_t number)
{
    struct rule_literals *set = b->set;
    const struct rule_literal *literal = &b->literals[number];
    struct str text = literal->text;
    enum rule_literal_kind kind = b->plans[number].kind;
    struct rule_literal_entry entry = {.literal = (uint32_t)number, .len = (uint32_t)text.len};
    if (text.len > RULE_LITERAL_COMPARED) {
        entry.bytes = (uint32_t)set->pool_len;
        memcpy(set->pool + set->pool_len, text.at, text.len);
        set->pool_len += text.len;
    }
    uint32_t keys[MOST_KEYS] = {0};
    size_t count = keys_at(b, kind, literal, b->plans[number].offset, keys);
    for (size_t k = 0; k < count; k++) {
        entry.offset = b->plans[number].offset + (kind == RULE_LITERAL_SHORT ? 0 : (uint32_t)k);
        entry.value_at = value_place(kind, literal, entry.offset);
        entry.value = rule_literal_load(text.at + entry.value_at, text.len - entry.value_at);
        put_entry(set, rule_literal_rank(&set->indexes[kind], keys[k]), entry);
    }
}

struct rule_literals *rule_literals_build(const struct rule_literal *literals, size_t count)
{
    struct builder b = {.set = mem_zero(1, sizeof *b.set), .literals = literals, .count = count};
    size_t members[RULE_LITERAL_KINDS] = {0}, pool = 0;
    b.plans = mem_zero(count, sizeof *b.plans);
    for (size_t i = 0; i < count; i++) {
        assert(literals[i].text.len > 0);
        b.plans[i].kind = choose_kind(&b, &literals[i]);
        members[b.plans[i].kind]++;
        pool += literals[i].text.len;
    }
    assert(count < UINT32_MAX / MOST_KEYS && pool < UINT32_MAX);
    for (enum rule_literal_kind kind = 0; kind < RULE_LITERAL_KINDS; kind++) {
        if (members[kind] > 0) {
            make_index(&b, kind, members[kind]);
        }
    }
    b.set->entries = mem_zero(b.set->entry_count, sizeof *b.set->entries);
    b.set->pool = mem_alloc(pool);
    for (size_t i = 0; i < count; i++) {
        put_literal(&b, i);
    }
    sort_more(b.set);
    for (enum rule_literal_kind kind = 0; kind < RULE_LITERAL_KINDS; kind++) {
        free(b.load_of[kind]);
    }
    free(b.plans);
    return b.set;
}

void rule_literals_free(struct rule_literals *literals)
{
    if (literals == NULL) {
        return;
    }
    for (enum rule_literal_kind kind = 0; kind < RULE_LITERAL_KINDS; kind++) {
        free(literals->indexes[kind].bitmap);
        free(literals->indexes[kind].ranks);
    }
    free(literals->entries);
    free(literals->more);
    free(literals->pool);
    free(literals);
}

size_t rule_literals_bytes(const struct rule_literals *literals)
{
    size_t bytes = sizeof *literals + literals->pool_len +
                   (literals->entry_count + literals->more_room) * sizeof *literals->entries;
    for (enum rule_literal_kind kind = 0; kind < RULE_LITERAL_KINDS; kind++) {
        const struct rule_literal_index *index = &literals->indexes[kind];
        bytes += index->words * (sizeof *index->bitmap + sizeof *index->ranks);
    }
    return bytes;
}
