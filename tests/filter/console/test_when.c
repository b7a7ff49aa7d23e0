#include "filter/console/when.h"

#include <stdlib.h>

#include "filter/base/clock.h"
#include "tests/filter/console/well_formed.h"
#include "tests/filter/test.h"

#define NOW_MS INT64_C(1795530000000) /* 2026-11-24T14:20:00Z, 21.20 in Western Indonesia */
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

typedef void put_function(struct html *page, enum language language, int64_t time_ms,
                          int64_t now_ms);

static void put(struct html *page, enum language language, int64_t time_ms, int64_t now_ms)
{
    (void)now_ms;
    when_put(page, language, time_ms);
}

static void put_date(struct html *page, enum language language, int64_t time_ms, int64_t now_ms)
{
    (void)now_ms;
    when_put_date(page, language, time_ms);
}

struct when_case {
    const char *name;
    put_function *put;
    int64_t time_ms;
    const char *id, *en;
};

static const struct when_case cases[] = {
    {"a moment", put, NOW_MS, "24 Nov 2026 21.20 WIB", "24 Nov 2026 21:20 WIB"},
    {"a moment that is tomorrow there", put, NOW_MS + 5 * HOUR, "25 Nov 2026 02.20 WIB",
     "25 Nov 2026 02:20 WIB"},
    {"months differ", put, NOW_MS + 10 * DAY, "4 Des 2026 21.20 WIB", "4 Dec 2026 21:20 WIB"},
    {"no moment", put, CLOCK_NEVER, "-", "-"},
    {"a date", put_date, NOW_MS + 10 * DAY, "4 Des 2026", "4 Dec 2026"},
    {"no date", put_date, CLOCK_NEVER, "-", "-"},
    {"an age of seconds", when_put_age, NOW_MS - MINUTE + 1, "baru saja", "just now"},
    {"an age of a minute", when_put_age, NOW_MS - MINUTE, "1 menit", "1 minute"},
    {"an age below two hours", when_put_age, NOW_MS - 119 * MINUTE, "119 menit", "119 minutes"},
    {"an age of two hours", when_put_age, NOW_MS - 2 * HOUR, "2 jam", "2 hours"},
    {"an age below two days", when_put_age, NOW_MS - 47 * HOUR, "47 jam", "47 hours"},
    {"an age of two days", when_put_age, NOW_MS - 2 * DAY - HOUR, "2 hari", "2 days"},
    {"an age in the future", when_put_age, NOW_MS + HOUR, "baru saja", "just now"},
    {"no age", when_put_age, CLOCK_NEVER, "-", "-"},
    {"some time ago", when_put_ago, NOW_MS - 3 * HOUR, "3 jam lalu", "3 hours ago"},
    {"right now", when_put_ago, NOW_MS, "baru saja", "just now"},
    {"a deadline ahead", when_put_deadline, NOW_MS + 3 * DAY, "3 hari lagi", "in 3 days"},
    {"a deadline that is past", when_put_deadline, NOW_MS - 5 * MINUTE, "lewat 5 menit",
     "5 minutes overdue"},
    {"a deadline that is now", when_put_deadline, NOW_MS, "lewat 0 menit", "0 minutes overdue"},
};

static void check(void **state)
{
    const struct when_case *one = *state;
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        struct html *page = html_new();
        HTML(page, "<p>");
        one->put(page, (enum language)language, one->time_ms, NOW_MS);
        HTML(page, "</p>");
        assert_harmless(html_str(page));
        char *text = texts_of(html_str(page), "p");
        text[strlen(text) - 1] = '\0';
        assert_string_equal(text, language == LANGUAGE_ID ? one->id : one->en);
        free(text);
        html_free(page);
    }
}

static void no_deadline_is_said(void **state)
{
    (void)state;
    struct html *page = html_new();
    HTML(page, "<p>");
    when_put_deadline(page, LANGUAGE_ID, CLOCK_NEVER, NOW_MS);
    HTML(page, "</p>");
    assert_memory_equal(html_str(page).at, "<p>tanpa tenggat</p>", 20);
    html_free(page);
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(no_deadline_is_said)};
    return RUN_CASES("when", cases, check) |
           cmocka_run_group_tests_name("when others", others, NULL, NULL);
}
