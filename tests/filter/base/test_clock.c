#include "filter/base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/filter/test.h"

static const struct time_case {
    const char *name;
    int64_t time_ms;
    const char *text;
} times[] = {
    {"the first moment", 0, "1970-01-01T00:00:00Z"},
    {"before it", -1, "1969-12-31T23:59:59.999Z"},
    {"a leap day", INT64_C(1709164800000), "2024-02-29T00:00:00Z"},
    {"the day after", INT64_C(1709251199000), "2024-02-29T23:59:59Z"},
    {"no leap day in 2100", INT64_C(4107542400000), "2100-03-01T00:00:00Z"},
    {"a fraction", INT64_C(1795521600007), "2026-11-24T12:00:00.007Z"},
    {"the last of a year", INT64_C(1798761599999), "2026-12-31T23:59:59.999Z"},
    {"the last of all", INT64_C(253402300799999), "9999-12-31T23:59:59.999Z"},
};

static void formats(void **state)
{
    const struct time_case *one = *state;
    char text[CLOCK_TEXT];
    int64_t again;
    assert_string_equal(clock_format(one->time_ms, text), one->text);
    assert_true(clock_parse(str_of(text), &again));
    assert_int_equal(again, one->time_ms);
}

/* Every day of five centuries, as the C library says it. */
static void agrees_with_gmtime(void **state)
{
    (void)state;
    for (int64_t day = -60000; day < 120000; day++) {
        time_t seconds = (time_t)(day * 86400 + 86399 - day % 7 * 3601);
        char ours[CLOCK_TEXT], theirs[64];
        struct tm at;
        assert_non_null(gmtime_r(&seconds, &at));
        strftime(theirs, sizeof theirs, "%Y-%m-%dT%H:%M:%SZ", &at);
        assert_string_equal(clock_format((int64_t)seconds * 1000, ours), theirs);
        theirs[10] = '\0';
        assert_string_equal(clock_format_date((int64_t)seconds * 1000, ours), theirs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_gmtime)};
    return RUN_CASES("clock_format", times, formats) +
           cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
