/* rule_sort against qsort. */
#include "filter/rule/sort.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/mem.h"
#include "tests/filter/test.h"

struct sort_case {
    const char *name;
    size_t most;
    unsigned values; /* distinct ones */
};

static const struct sort_case sort_cases[] = {
    {"few", 14, 100},
    {"many", 3000, 100000},
    {"many that are alike", 1000, 5},
    {"all alike", 100, 1},
};

/* Larger than a word, so that whole items must move. */
struct thing {
    uint32_t key, copy[4];
};

static int compare(const void *a, const void *b)
{
    const struct thing *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

static void sorts(void **case_of)
{
    const struct sort_case *c = *case_of;
    uint64_t state = 7;
    for (size_t count = 0; count <= c->most; count = count < 40 ? count + 1 : 2 * count) {
        struct thing *ours = mem_zero(count, sizeof *ours), *theirs = mem_zero(count, sizeof *ours);
        for (size_t i = 0; i < count; i++) {
            state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
            ours[i].key = (uint32_t)(state >> 33) % c->values;
            for (size_t k = 0; k < 4; k++) {
                ours[i].copy[k] = ours[i].key;
            }
            theirs[i] = ours[i];
        }
        rule_sort(ours, count, sizeof *ours, compare);
        qsort(theirs, count, sizeof *theirs, compare);
        assert_memory_equal(ours, theirs, count * sizeof *ours);
        free(ours);
        free(theirs);
    }
}

int main(void)
{
    return RUN_CASES("rule_sort", sort_cases, sorts);
}
