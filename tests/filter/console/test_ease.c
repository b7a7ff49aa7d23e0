#include "filter/console/ease.h"

#include <stdio.h>

#include "tests/filter/test.h"

struct ease_case {
    const char *name;
    struct str cookie;
    unsigned minutes, hidden;
};

static const struct ease_case cookies[] = {
    {"nothing", STR(""), 0, 0},
    {"a break", STR("50"), 50, 0},
    {"two classes", STR("30fc"), 30, 1 << RULE_FRAUD | 1 << RULE_CLAIM},
    {"classes alone", STR("0p"), 0, 1 << RULE_PROCEDURE},
    {"all classes: nobody would see them", STR("0fpc"), 0, 0},
    {"another number", STR("31"), 0, 0},
    {"a fourth class", STR("30x"), 0, 0},
    {"something else", STR("<script>"), 0, 0},
};

static void check_cookie(void **state)
{
    const struct ease_case *one = *state;
    struct ease ease = ease_read(one->cookie);
    assert_int_equal(ease.break_minutes, one->minutes);
    assert_int_equal(ease.hidden, one->hidden);
    char text[EASE_TEXT];
    struct ease again = ease_read(str_of(ease_write(&ease, text)));
    assert_int_equal(again.break_minutes, ease.break_minutes);
    assert_int_equal(again.hidden, ease.hidden);
}

static void a_break_comes_and_goes(void **state)
{
    struct ease ease = {.break_minutes = 50};
    const int64_t minute = 60000;
    (void)state;
    assert_false(ease_is_time(&ease, 0, 49 * minute));
    assert_true(ease_is_time(&ease, 0, 50 * minute));
    assert_true(ease_is_time(&ease, 0, 54 * minute));
    assert_false(ease_is_time(&ease, 0, 55 * minute));
    assert_true(ease_is_time(&ease, 0, 101 * minute));
    ease.break_minutes = 0;
    assert_false(ease_is_time(&ease, 0, 50 * minute));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_break_comes_and_goes)};
    return cmocka_run_group_tests_name("ease_is_time", tests, NULL, NULL) |
           RUN_CASES("ease_read", cookies, check_cookie);
}
