#include "filter/text/utf8.h"

#include "tests/filter/test.h"

struct mend_case {
    const char *name;
    struct str bytes;
    const char *mended;
    size_t replaced;
};

#define FFFD "\xef\xbf\xbd"

static const struct mend_case mend_cases[] = {
    {"empty", STR(""), "", 0},
    {"ASCII", STR("pilkada 2024, sampai di sini"), "pilkada 2024, sampai di sini", 0},
    {"two, three and four bytes", STR("é€😀"), "é€😀", 0},
    {"the last code point", STR("\xf4\x8f\xbf\xbf"), "\xf4\x8f\xbf\xbf", 0},
    {"a lone continuation", STR("a\x80z"), "a" FFFD "z", 1},
    {"an overlong slash", STR("\xc0\xaf"), FFFD FFFD, 2},
    {"overlong in three bytes", STR("\xe0\x80\xaf"), FFFD FFFD FFFD, 3},
    {"a surrogate", STR("\xed\xa0\x80"), FFFD FFFD FFFD, 3},
    {"past the last code point", STR("\xf4\x90\x80\x80"), FFFD FFFD FFFD FFFD, 4},
    {"cut short, which is one sequence", STR("a\xf0\x9f\x98z"), "a" FFFD "z", 1},
    {"cut short at the end", STR("aaaaaaaaaaaaaaaa\xe2\x82"), "aaaaaaaaaaaaaaaa" FFFD, 1},
    {"Latin-1", STR("caf\xe9 besar"), "caf" FFFD " besar", 1},
};

static void mend(void **state)
{
    const struct mend_case *c = *state;
    struct buf out = BUF_EMPTY;
    buf_put_string(&out, "");
    size_t replaced = utf8_mend(c->bytes, &out);
    assert_string_equal(out.bytes, c->mended);
    assert_int_equal(replaced, c->replaced);
    assert_int_equal(utf8_is_valid(c->bytes), c->replaced == 0);
    assert_true(utf8_is_valid(buf_str(&out)));
    buf_fini(&out);
}

static void boundaries(void **state)
{
    (void)state;
    static const bool expected[] = {true, true, false, true, false, false, true};
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_int_equal(utf8_is_boundary(STR("aé€"), i), expected[i]);
    }
    assert_false(utf8_is_boundary(STR("a"), 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(boundaries)};
    return RUN_CASES("utf8_mend", mend_cases, mend) +
           cmocka_run_group_tests_name("utf8_is_boundary", tests, NULL, NULL);
}
