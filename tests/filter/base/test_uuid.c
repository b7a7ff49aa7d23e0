#include "filter/base/uuid.h"

#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "tests/filter/test.h"

static const struct uuid_case {
    const char *name;
    unsigned char bytes[UUID_BYTES];
    const char *text;
} cases[] = {
    {"zeros", {0}, "00000000-0000-4000-8000-000000000000"},
    {"ones",
     {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
     "ffffffff-ffff-4fff-bfff-ffffffffffff"},
    {"in order",
     {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
     "00010203-0405-4607-8809-0a0b0c0d0e0f"},
};

static void test_put(void **state)
{
    const struct uuid_case *one = *state;
    struct buf out = BUF_EMPTY;
    uuid_put(one->bytes, &out);
    assert_string_equal(out.bytes, one->text);
    buf_fini(&out);
}

static void test_random(void **state)
{
    (void)state;
    struct buf one = BUF_EMPTY, other = BUF_EMPTY;
    struct err err = ERR_NONE;
    assert_true(hash_start(&err));
    uuid_put_random(&one);
    uuid_put_random(&other);
    assert_int_equal(one.len, 36);
    assert_string_not_equal(one.bytes, other.bytes);
    buf_fini(&one);
    buf_fini(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};
    return RUN_CASES("uuid_put", cases, test_put) +
           cmocka_run_group_tests_name("uuid_put_random", tests, NULL, NULL);
}
