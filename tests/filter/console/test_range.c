#include "filter/console/range.h"

#include "tests/filter/test.h"

static const struct range_case {
    const char *name, *field;
    uint64_t length;
    enum range_answer answer;
    uint64_t first, last;
} ranges[] = {
    {"none", "", 100, RANGE_WHOLE, 0, 0},
    {"the first ten", "bytes=0-9", 100, RANGE_PART, 0, 9},
    {"one byte", "bytes=99-99", 100, RANGE_PART, 99, 99},
    {"from the middle on", "bytes=50-", 100, RANGE_PART, 50, 99},
    {"past the end", "bytes=50-500", 100, RANGE_PART, 50, 99},
    {"past all ends", "bytes=50-99999999999999999999999", 100, RANGE_PART, 50, 99},
    {"the last five", "bytes=-5", 100, RANGE_PART, 95, 99},
    {"more than there is from the end", "bytes=-500", 100, RANGE_PART, 0, 99},
    {"another case", "Bytes=0-0", 100, RANGE_PART, 0, 0},
    {"a space behind it", "bytes=0-0 ", 100, RANGE_PART, 0, 0},
    {"behind the end", "bytes=100-", 100, RANGE_UNSATISFIABLE, 0, 0},
    {"far behind it", "bytes=18446744073709551616-", 100, RANGE_UNSATISFIABLE, 0, 0},
    {"nothing from the end", "bytes=-0", 100, RANGE_UNSATISFIABLE, 0, 0},
    {"of an empty file", "bytes=0-", 0, RANGE_UNSATISFIABLE, 0, 0},
    {"the end of an empty file", "bytes=-5", 0, RANGE_UNSATISFIABLE, 0, 0},
    {"backwards", "bytes=5-2", 100, RANGE_WHOLE, 0, 0},
    {"two", "bytes=0-1,5-6", 100, RANGE_WHOLE, 0, 0},
    {"two from the end", "bytes=-1,-2", 100, RANGE_WHOLE, 0, 0},
    {"an empty set", "bytes=", 100, RANGE_WHOLE, 0, 0},
    {"a dash alone", "bytes=-", 100, RANGE_WHOLE, 0, 0},
    {"another unit", "lines=0-1", 100, RANGE_WHOLE, 0, 0},
    {"no unit", "=0-1", 100, RANGE_WHOLE, 0, 0},
    {"no number", "bytes=a-b", 100, RANGE_WHOLE, 0, 0},
    {"a sign", "bytes=+1-2", 100, RANGE_WHOLE, 0, 0},
    {"two dashes", "bytes=--1", 100, RANGE_WHOLE, 0, 0},
    {"a space within", "bytes=0 - 1", 100, RANGE_WHOLE, 0, 0},
};

static void reads(void **state)
{
    const struct range_case *one = *state;
    uint64_t first = 0, last = 0;
    assert_int_equal(range_read(str_of(one->field), one->length, &first, &last), one->answer);
    if (one->answer == RANGE_PART) {
        assert_int_equal(first, one->first);
        assert_int_equal(last, one->last);
    }
}

#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"

static const struct if_case {
    const char *name, *field;
    bool has_range, has_match;
} ifs[] = {
    {"no field", "", true, true},
    {"the tag", "\"a\"", true, true},
    {"the tag weakly", "W/\"a\"", false, false},
    {"another tag", "\"b\"", false, false},
    {"the tag without quotes", "a", false, false},
    {"the date", DATE, true, false},
    {"an earlier date", "Sun, 06 Nov 1994 08:49:36 GMT", false, false},
    {"any", "*", false, true},
    {"among others", "\"b\" ,  \"a\"", false, true},
    {"in another tag", "\"xa\"", false, false},
};

static void compares(void **state)
{
    const struct if_case *one = *state;
    assert_int_equal(range_if(str_of(one->field), STR("\"a\""), DATE), one->has_range);
    assert_int_equal(range_if_match(str_of(one->field), STR("\"a\"")), one->has_match);
}

static const struct date_case {
    const char *name;
    int64_t ms;
    const char *text;
} dates[] = {
    {"of the RFC", INT64_C(784111777000), DATE},
    {"the first", 0, "Thu, 01 Jan 1970 00:00:00 GMT"},
    {"a leap day", INT64_C(1709210096999), "Thu, 29 Feb 2024 12:34:56 GMT"},
    {"beyond all years", INT64_MAX, ""},
};

static void writes(void **state)
{
    const struct date_case *one = *state;
    char text[RANGE_DATE];
    assert_string_equal(range_date(one->ms, text), one->text);
}

int main(void)
{
    return RUN_CASES("ranges", ranges, reads) + RUN_CASES("preconditions", ifs, compares) +
           RUN_CASES("dates", dates, writes);
}
