#include "feeds/schedule.h"

#include <sodium.h>

#include "tests/filter/test.h"

enum { MINUTE_MS = 60000, HOUR_MS = 3600000 };

static const struct feeds_limits limits = {.every_ms = 10 * MINUTE_MS, .retry_ms = MINUTE_MS};
static const int64_t start_ms = INT64_C(1795000000000);

static const struct retry_case {
    const char *name;
    unsigned failures;
    int64_t asked_ms, wait_ms; /* without jitter */
} retries[] = {
    {"the first", 0, 0, MINUTE_MS},
    {"the second", 1, 0, 2 * MINUTE_MS},
    {"the eighth", 7, 0, 128 * MINUTE_MS},
    {"never more than a day", 11, 0, FEEDS_SCHEDULE_LONGEST_MS},
    {"nor after very many", 4000000000U, 0, FEEDS_SCHEDULE_LONGEST_MS},
    {"what the server asks for", 0, 2 * HOUR_MS, 2 * HOUR_MS},
    {"not less than our own", 5, 1000, 32 * MINUTE_MS},
    {"not more than a day either", 0, INT64_C(1000) * HOUR_MS, FEEDS_SCHEDULE_LONGEST_MS},
    {"a wait that went wrong", 0, -5, MINUTE_MS},
};

static void waits_longer(void **state)
{
    const struct retry_case *c = *state;
    for (int i = 0; i < 100; i++) {
        struct feeds_state source = {.failures = c->failures};
        feeds_schedule_retry(&source, &limits, start_ms, c->asked_ms);
        assert_in_range(source.due_ms - start_ms, c->wait_ms, c->wait_ms + c->wait_ms / 8);
        assert_int_equal(source.failures, c->failures + 1);
    }
}

static void success_starts_anew(void **state)
{
    (void)state;
    struct feeds_state source = {.failures = 9};
    bool differs = false;
    int64_t first = 0;
    for (int i = 0; i < 100; i++) {
        feeds_schedule_next(&source, &limits, start_ms);
        assert_int_equal(source.failures, 0);
        assert_in_range(source.due_ms - start_ms, limits.every_ms,
                        limits.every_ms + limits.every_ms / 8);
        first = i == 0 ? source.due_ms : first;
        differs = differs || source.due_ms != first;
    }
    assert_true(differs);
}

static const struct observe_case {
    const char *name;
    int64_t every_ms; /* before */
    bool has_news;
    int64_t asked_ms, wait_ms;
} observed[] = {
    {"nothing new at first", 0, false, 0, 15 * MINUTE_MS},
    {"nothing new again", 15 * MINUTE_MS, false, 0, 15 * MINUTE_MS + 15 * MINUTE_MS / 2},
    {"nothing new for long", 59 * MINUTE_MS, false, 0, HOUR_MS},
    {"news", HOUR_MS, true, 0, 30 * MINUTE_MS},
    {"news each time", 11 * MINUTE_MS, true, 0, 10 * MINUTE_MS},
    {"news, but it asks for peace", HOUR_MS, true, 45 * MINUTE_MS, 45 * MINUTE_MS},
    {"a ttl of a week", HOUR_MS, true, INT64_C(168) * HOUR_MS, HOUR_MS},
    {"a ttl that is none", HOUR_MS, true, -1, 30 * MINUTE_MS},
    {"a state file of other limits", INT64_C(1) << 60, true, 0, 30 * MINUTE_MS},
    {"a broken state file", -5, true, 0, 10 * MINUTE_MS},
};

static void keeps_to_its_pace(void **state)
{
    const struct observe_case *c = *state;
    struct feeds_limits both = limits;
    both.longest_ms = HOUR_MS;
    struct feeds_state source = {.every_ms = c->every_ms};
    feeds_schedule_observe(&source, &both, c->has_news, c->asked_ms);
    assert_int_equal(source.every_ms, c->wait_ms);
    feeds_schedule_next(&source, &both, start_ms);
    assert_in_range(source.due_ms - start_ms, c->wait_ms, c->wait_ms + c->wait_ms / 8);
}

static void a_move_that_failed_is_taken_back(void **state)
{
    (void)state;
    struct feeds_state source = {.failures = 0};
    feeds_state_set(&source.moved, STR("https://new.example/"), 8192);
    feeds_schedule_retry(&source, &limits, start_ms, 0);
    feeds_schedule_retry(&source, &limits, start_ms, 0);
    assert_non_null(source.moved);
    feeds_schedule_retry(&source, &limits, start_ms, 0);
    assert_null(source.moved);
    feeds_state_fini(&source);
}

static void a_clock_that_went_back_holds_nothing_up(void **state)
{
    (void)state;
    struct feeds_state source = {.due_ms = start_ms};
    assert_int_equal(feeds_schedule_wait(&source, start_ms), 0);
    assert_int_equal(feeds_schedule_wait(&source, start_ms + 1), 0);
    assert_int_equal(feeds_schedule_wait(&source, start_ms - HOUR_MS), HOUR_MS);
    assert_int_equal(feeds_schedule_wait(&source, start_ms - 49 * HOUR_MS), 0);
    source.due_ms = INT64_MIN;
    assert_int_equal(feeds_schedule_wait(&source, start_ms), 0);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(success_starts_anew),
        cmocka_unit_test(a_move_that_failed_is_taken_back),
        cmocka_unit_test(a_clock_that_went_back_holds_nothing_up),
    };
    if (sodium_init() < 0) {
        return 1;
    }
    return RUN_CASES("feeds_schedule_retry", retries, waits_longer) +
           RUN_CASES("feeds_schedule_observe", observed, keeps_to_its_pace) +
           cmocka_run_group_tests_name("feeds_schedule", others, NULL, NULL);
}
