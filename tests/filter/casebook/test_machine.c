/* Tokens of machines: made once, of few scopes, with an end, void at once when ended. */
#include "filter/casebook/machine.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "filter/casebook/people.h"
#include "filter/casebook/web.h"
#include "tests/filter/casebook/house.h"

static char token[CASEBOOK_MACHINE_TOKEN];

static bool add(struct house *house, const char *name, unsigned scopes, int64_t days,
                const char *reason)
{
    int64_t end_ms;
    house->err = ERR_NONE;
    return casebook_machine_add(house->casebook, str_of(name), scopes, days, str_of(reason), token,
                                &end_ms, &house->err);
}

static bool is_live(struct house *house, const char *text)
{
    struct casebook_machine_visit visit;
    struct err err = ERR_NONE;
    bool found;
    assert_true(casebook_machine_find(house->casebook, str_of(text), &visit, &found, &err));
    return found;
}

static void a_token_is_found_until_its_end(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_machine_visit visit;
    bool found;
    (void)state;
    assert_true(add(house, "papan", 1u << SCOPE_FIGURES | 1u << SCOPE_LOG, 3, "layar jaga"));
    assert_int_equal(strlen(token), CASEBOOK_MACHINE_TOKEN - 1);
    assert_true(casebook_machine_find(house->casebook, str_of(token), &visit, &found, &house->err));
    assert_true(found);
    assert_string_equal(visit.name, "papan");
    assert_true(casebook_scope_has(visit.scopes, SCOPE_LOG));
    assert_false(casebook_scope_has(visit.scopes, SCOPE_CASES));
    assert_false(casebook_scope_has(visit.scopes, SCOPE_NONE));
    assert_false(casebook_scope_has(~0u, SCOPE_NONE));
    house->clock.fixed_ms += 3 * DAY - 1;
    assert_true(is_live(house, token));
    house->clock.fixed_ms += 1;
    assert_false(is_live(house, token));
    house_tear_down(house);
}

static void an_ended_one_is_void_at_once(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    assert_true(add(house, "papan", 1u << SCOPE_LOG, 90, "layar jaga"));
    assert_false(casebook_machine_end(house->casebook, STR("papan"), STR(""), &house->err));
    assert_true(is_live(house, token));
    house->err = ERR_NONE;
    assert_true(casebook_machine_end(house->casebook, STR("papan"), STR("bocor"), &house->err));
    assert_false(is_live(house, token));
    assert_false(casebook_machine_end(house->casebook, STR("papan"), STR("lagi"), &house->err));
    assert_false(add(house, "papan", 1u << SCOPE_LOG, 1, "nama lama"));
    assert_non_null(strstr(house->err.message, "names are used once"));
    house_tear_down(house);
}

struct bad_case {
    const char *name, *token_name;
    unsigned scopes;
    int64_t days;
    const char *reason, *message;
};

static const struct bad_case bad_cases[] = {
    {"no scope", "papan", 0, 1, "layar jaga", "needs one scope at least"},
    {"the scope of no route", "papan", 1u << SCOPE_NONE, 1, "layar jaga", "of those that there"},
    {"a scope there is not", "papan", 1u << CASEBOOK_SCOPE_COUNT, 1, "layar jaga",
     "of those that there are"},
    {"no end", "papan", 1u << SCOPE_LOG, 0, "layar jaga", "lasts 1 to 90 days, not 0"},
    {"more than 90 days", "papan", 1u << SCOPE_LOG, 91, "layar jaga", "lasts 1 to 90 days, not 91"},
    {"no reason", "papan", 1u << SCOPE_LOG, 1, "", "reason"},
    {"no name", "", 1u << SCOPE_LOG, 1, "layar jaga", "name"},
    {"a name of the log's own", "machine", 1u << SCOPE_LOG, 1, "layar jaga", "machine"},
    {"a name with a space", "papan jaga", 1u << SCOPE_LOG, 1, "layar jaga", "name"},
};

static void is_refused(void **state)
{
    const struct bad_case *one = *state;
    struct house *house = house_build_with_people();
    assert_false(add(house, one->token_name, one->scopes, one->days, one->reason));
    assert_non_null(strstr(house->err.message, one->message));
    assert_int_equal(token[0], '\0');
    house_tear_down(house);
}

/* It lasts no longer than the season, and one of the demonstration is none of the season. */
static void a_token_is_of_one_season(void **state)
{
    struct house *house = house_build_with_people();
    char before[CASEBOOK_MACHINE_TOKEN];
    (void)state;
    assert_true(add(house, "peragaan", 1u << SCOPE_LOG, 90, "layar jaga"));
    memcpy(before, token, sizeof before);
    house_season(house, HOUSE_START, HOUSE_START + 10 * DAY);
    house->clock.fixed_ms += HOUR;
    assert_false(is_live(house, before));
    assert_true(add(house, "papan", 1u << SCOPE_LOG, 90, "layar jaga"));
    assert_true(is_live(house, token));
    house->clock.fixed_ms = HOUSE_START + 10 * DAY;
    assert_false(is_live(house, token));
    assert_false(add(house, "lewat", 1u << SCOPE_LOG, 1, "layar jaga"));
    assert_non_null(strstr(house->err.message, "the season is over"));
    house_tear_down(house);
}

static void as_many_as_may_be(void **state)
{
    struct house *house = house_build_with_people();
    char name[24];
    (void)state;
    for (int i = 0; i < CASEBOOK_MACHINES_MOST; i++) {
        snprintf(name, sizeof name, "papan%d", i);
        assert_true(add(house, name, 1u << SCOPE_LOG, 1, "layar jaga"));
    }
    assert_false(add(house, "satu-lagi", 1u << SCOPE_LOG, 1, "layar jaga"));
    house->clock.fixed_ms += DAY;
    assert_true(add(house, "satu-lagi", 1u << SCOPE_LOG, 1, "layar jaga"));
    house_tear_down(house);
}

struct seen {
    size_t count;
    int64_t used_ms;
    bool is_live;
};

static void take(void *context, const struct casebook_machine *one)
{
    struct seen *seen = context;
    seen->count++;
    seen->used_ms = one->used_ms;
    seen->is_live = one->is_live;
}

static void the_day_of_use_is_noted(void **state)
{
    struct house *house = house_build_with_people();
    struct seen seen = {.count = 0};
    (void)state;
    assert_true(add(house, "papan", 1u << SCOPE_LOG, 9, "layar jaga"));
    assert_true(casebook_machines(house->casebook, take, &seen, &house->err));
    assert_int_equal(seen.count, 1);
    assert_true(seen.is_live);
    assert_true(seen.used_ms == CLOCK_NEVER);
    house->clock.fixed_ms += DAY;
    assert_true(is_live(house, token));
    assert_true(casebook_machines(house->casebook, take, &seen, &house->err));
    assert_int_equal(seen.used_ms % DAY, 0);
    assert_int_equal(seen.used_ms, house->clock.fixed_ms / DAY * DAY);
    house_tear_down(house);
}

/* Neither a session's token nor anything like a token is one. */
static void other_texts_are_none(void **state)
{
    struct house *house = house_build_with_people();
    char changed[CASEBOOK_MACHINE_TOKEN];
    (void)state;
    assert_true(add(house, "papan", 1u << SCOPE_LOG, 9, "layar jaga"));
    assert_false(is_live(house, ""));
    assert_false(is_live(house, "saring_"));
    assert_false(is_live(house, token + 7));
    for (size_t i = 0; i < sizeof changed - 1; i++) {
        memcpy(changed, token, sizeof changed);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_false(is_live(house, changed));
    }
    assert_true(is_live(house, token));
    house_tear_down(house);
}

static bool find_actions(void *context, const struct casebook_row *row)
{
    struct buf *all = context;
    buf_printf(all, "%.*s %.*s\n", STR_FORMAT(row->action), STR_FORMAT(row->detail));
    return true;
}

/* The log says who may read what, why and until when, and nothing to read with. */
static void the_log_has_no_token(void **state)
{
    struct house *house = house_build_with_people();
    struct buf all = BUF_EMPTY;
    (void)state;
    assert_true(add(house, "papan", 1u << SCOPE_LOG, 9, "layar jaga"));
    assert_true(casebook_machine_end(house->casebook, STR("papan"), STR("bocor"), &house->err));
    assert_true(casebook_audit_read(house->casebook, 1, find_actions, &all, &house->err));
    assert_non_null(strstr(all.bytes, "token {\"end\":\"2026-12-04T16:00:00Z\",\"name\":\"papan\","
                                      "\"reason\":\"layar jaga\",\"scopes\":[\"log:read\"]}"));
    assert_non_null(strstr(all.bytes, "token_end {\"name\":\"papan\",\"reason\":\"bocor\"}"));
    assert_null(strstr(all.bytes, token + 7));
    buf_fini(&all);
    house_tear_down(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_found_until_its_end),
        cmocka_unit_test(an_ended_one_is_void_at_once),
        cmocka_unit_test(a_token_is_of_one_season),
        cmocka_unit_test(as_many_as_may_be),
        cmocka_unit_test(the_day_of_use_is_noted),
        cmocka_unit_test(other_texts_are_none),
        cmocka_unit_test(the_log_has_no_token),
    };
    return RUN_CASES("a token is refused", bad_cases, is_refused) +
           cmocka_run_group_tests_name("tokens of machines", tests, NULL, NULL);
}
