#include "filter/rule/frequency.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "filter/rule/runs.h"

/* The classes of frequency.py, in its order: letters, digits as one, these, other, beyond ASCII. */
#define PUNCTUATION " .,-/:'\"#@_()!?&=%+"
enum {
    DIGIT = 26,
    FIRST_PUNCTUATION,
    OTHER = FIRST_PUNCTUATION + sizeof PUNCTUATION - 1,
    BEYOND,
    CLASSES,
    UNITS_PER_BIT = 8,
};

/* Row 0: bits that a class costs by itself; row 1 + a: bits that the column's costs behind `a`. */
static const uint8_t costs[1 + CLASSES][CLASSES] = {
#include "filter/rule/frequency_bytes.tbl"
};

static unsigned class_of(unsigned char c)
{
    if (c >= 0x80) {
        return BEYOND;
    }
    if (c >= '0' && c <= '9') {
        return DIGIT;
    }
    unsigned char lower = c >= 'A' && c <= 'Z' ? c | 0x20 : c;
    if (lower >= 'a' && lower <= 'z') {
        return (unsigned)(lower - 'a');
    }
    const char *found = c != '\0' ? strchr(PUNCTUATION, c) : NULL;
    return found != NULL ? FIRST_PUNCTUATION + (unsigned)(found - PUNCTUATION) : OTHER;
}

/* Frequent words: FNV-1a hashes in order, and bits that the word costs where one begins. */
static const struct {
    uint32_t hash;
    uint8_t cost;
} words[] = {
#include "filter/rule/frequency_words.tbl"
};

enum {
    WORDS = sizeof words / sizeof *words,
    WORD_START = 21, /* a word begins at every sixth byte */
    UNKNOWN = 118,   /* words that the table does not have are rarer than its last */
    MOST = 100 * UNITS_PER_BIT,
};

static double probability(unsigned units)
{
    return exp2(-(double)units / UNITS_PER_BIT);
}

static unsigned bytes_cost(struct str text, unsigned *before)
{
    unsigned units = 0;
    for (size_t i = 0; i < text.len && units < MOST; i++) {
        unsigned class = class_of((unsigned char)text.at[i]);
        units += costs[*before][class];
        *before = 1 + class;
    }
    return units;
}

double rule_frequency_window(struct str window)
{
    unsigned before = 0;
    return probability(bytes_cost(window, &before));
}

static unsigned word_cost(struct str word)
{
    uint32_t hash = UINT32_C(2166136261);
    size_t low = 0, high = WORDS;
    for (size_t i = 0; i < word.len; i++) {
        hash = (hash ^ ((unsigned char)word.at[i] | 0x20U)) * UINT32_C(16777619);
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (words[middle].hash == hash) {
            return words[middle].cost;
        }
        if (words[middle].hash < hash) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return UNKNOWN;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

double rule_frequency(struct str literal)
{
    unsigned units = 0, before = 0;
    for (size_t at = 0; at < literal.len && units < MOST;) {
        size_t start = at;
        while (at < literal.len && is_letter(literal.at[at])) {
            at++;
        }
        struct str word = str_part(literal, start, at);
        if (word.len == 0) {
            units += bytes_cost(str_part(literal, at, at + 1), &before);
            at++;
            continue;
        }
        unsigned cost = word_cost(word);
        unsigned whole = cost + (start == 0 ? WORD_START : 0);
        unsigned bytes = bytes_cost(word, &before);
        /* Part of other words, it is as frequent as its bytes are; a few letters are in many. */
        bool is_more = cost < UNKNOWN ? whole < bytes : word.len > 4 && whole > bytes;
        units += is_more ? whole : bytes;
    }
    return probability(units);
}

double rule_frequency_run(const struct rule_byte_set *sets, size_t count)
{
    double before[CLASSES] = {0}, sum = 0;
    for (size_t i = 0; i < count; i++) {
        double here[CLASSES] = {0};
        unsigned members[CLASSES] = {0};
        for (unsigned byte = 0; byte < 256; byte++) {
            members[class_of((unsigned char)byte)] += sets[i].bits[byte >> 6] >> (byte & 63) & 1;
        }
        sum = 0;
        for (unsigned class = 0; class < CLASSES; class ++) {
            if (members[class] == 0) {
                continue;
            }
            here[class] = i == 0 ? members[class] * probability(costs[0][class]) : 0;
            for (unsigned a = 0; i > 0 && a < CLASSES; a++) {
                double one = before[a] > 0 ? probability(costs[1 + a][class]) : 0;
                here[class] += before[a] * members[class] * one;
            }
            sum += here[class];
        }
        memcpy(before, here, sizeof before);
    }
    return sum < 1 ? sum : 1;
}
