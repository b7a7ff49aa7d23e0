#include "filter/pipeline/kept.h"

#include <stdlib.h>

#include "filter/base/mem.h"
#include "tests/filter/test.h"

static void the_newest_of_a_number(void **state)
{
    (void)state;
    struct kept *kept = kept_new();
    assert_int_equal(kept_find(kept, 1).len, 0);
    kept_put(kept, 1, STR("satu"));
    kept_put(kept, 2, STR("dua"));
    kept_put(kept, 1, STR("lagi"));
    kept_put(kept, 3, STR(""));
    assert_true(str_is(kept_find(kept, 1), "lagi"));
    assert_true(str_is(kept_find(kept, 2), "dua"));
    assert_int_equal(kept_find(kept, 3).len, 0);
    kept_free(kept);
    kept_free(NULL);
}

static void bounded(void **state)
{
    (void)state;
    struct kept *kept = kept_new();
    for (uint64_t i = 1; i <= 3 * KEPT_POSTS; i++) {
        kept_put(kept, i, STR("x"));
    }
    assert_int_equal(kept_find(kept, 2 * KEPT_POSTS).len, 0);
    assert_int_equal(kept_find(kept, 2 * KEPT_POSTS + 1).len, 1);
    assert_int_equal(kept_find(kept, 3 * KEPT_POSTS).len, 1);
    /* Whatever they are, all of them together take KEPT_BYTES. */
    char *large = mem_zero(1, KEPT_BYTES + 1);
    kept_put(kept, 1, (struct str){large, KEPT_BYTES + 1});
    assert_int_equal(kept_find(kept, 1).len, 0);
    kept_put(kept, 1, (struct str){large, KEPT_BYTES});
    assert_int_equal(kept_find(kept, 1).len, KEPT_BYTES);
    assert_int_equal(kept_find(kept, 3 * KEPT_POSTS).len, 0);
    kept_put(kept, 2, STR("x"));
    assert_int_equal(kept_find(kept, 1).len, 0);
    free(large);
    kept_free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_of_a_number),
        cmocka_unit_test(bounded),
    };
    return cmocka_run_group_tests_name("kept", tests, NULL, NULL);
}
