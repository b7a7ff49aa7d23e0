#include "filter/rule/frequency.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>

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
#include "filter/rule/frequency.tbl"
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

static double probability(unsigned units)
{
    return exp2(-(double)units / UNITS_PER_BIT);
}

double rule_frequency(struct str literal)
{
    unsigned units = 0, before = 0;
    for (size_t i = 0; i < literal.len && units < 100 * UNITS_PER_BIT; i++) {
        unsigned class = class_of((unsigned char)literal.at[i]);
        units += costs[i == 0 ? 0 : 1 + before][class];
        before = class;
    }
    return probability(units);
}

void rule_frequency_windows(struct str literal, size_t size, float *out)
{
    assert(size <= literal.len);
    for (size_t i = 0; i + size <= literal.len; i++) {
        out[i] = (float)rule_frequency(str_part(literal, i, i + size));
    }
}
