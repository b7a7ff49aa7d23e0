#include "filter/pipeline/progress.h"

#include "tests/filter/test.h"

static void front_waits_for_the_gap(void **state)
{
    (void)state;
    struct progress *progress = progress_new();
    assert_int_equal(progress_through(progress, 2), 0);
    assert_int_equal(progress_through(progress, 3), 0);
    assert_int_equal(progress_through(progress, 1), 3);
    assert_int_equal(progress_through(progress, 2), 3); /* said twice */
    /* Far ahead: the ring grows and keeps what it knows. */
    for (uint64_t line = 100000; line > 4; line--) {
        assert_int_equal(progress_through(progress, line), 3);
    }
    assert_int_equal(progress_through(progress, 4), 100000);
    progress_free(progress);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(front_waits_for_the_gap)};
    return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
