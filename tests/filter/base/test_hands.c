#include "filter/base/hands.h"

#include <stdatomic.h>

#include "tests/filter/test.h"

enum { MOST = 10000 };

static void count_one(void *context, size_t index)
{
    atomic_uint *counts = context;
    assert_true(index < MOST);
    atomic_fetch_add(&counts[index], 1);
}

static void each_index_once(void **state)
{
    static const size_t amounts[] = {0, 1, 2, 255, 256, 257, MOST};
    static const size_t chunks[] = {1, 7, 256, MOST * 2};
    static atomic_uint counts[MOST];
    (void)state;
    for (size_t i = 0; i < COUNT(amounts); i++) {
        for (size_t k = 0; k < COUNT(chunks); k++) {
            memset(counts, 0, sizeof counts);
            hands_run(count_one, counts, amounts[i], chunks[k]);
            for (size_t at = 0; at < MOST; at++) {
                assert_int_equal(counts[at], at < amounts[i] ? 1 : 0);
            }
        }
    }
    assert_true(hands_count() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_index_once)};
    return cmocka_run_group_tests_name("hands", tests, NULL, NULL);
}
