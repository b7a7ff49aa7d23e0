#include "filter/rule/nearest.h"

enum { LONGEST = 40, UNLIKE = 99 };

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Levenshtein's, one row at a time. */
unsigned rule_distance(struct str a, struct str b)
{
    unsigned row[LONGEST + 1];
    if (a.len > LONGEST || b.len > LONGEST) {
        return UNLIKE;
    }
    for (unsigned i = 0; i <= b.len; i++) {
        row[i] = i;
    }
    for (size_t i = 0; i < a.len; i++) {
        unsigned corner = row[0];
        row[0] = (unsigned)i + 1;
        for (size_t j = 0; j < b.len; j++) {
            unsigned change = corner + (a.at[i] != b.at[j]);
            corner = row[j + 1];
            row[j + 1] = least(change, least(row[j], row[j + 1]) + 1);
        }
    }
    return row[b.len];
}

const char *rule_nearest(struct str word, const char *const *names)
{
    const char *best = NULL;
    unsigned best_distance = (unsigned)word.len / 2 + 1;
    for (; *names != NULL; names++) {
        unsigned distance = rule_distance(word, str_of(*names));
        if (distance < best_distance) {
            best = *names;
            best_distance = distance;
        }
    }
    return best;
}
