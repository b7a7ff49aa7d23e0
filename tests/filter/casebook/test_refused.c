/* Refused sign-ins in the log: told at once, and never more than a row an hour. */
#include "filter/casebook/refused.h"

#include <string.h>

#include "tests/filter/casebook/house.h"

struct rows {
    size_t count;
    struct buf last;
};

static bool take(void *context, const struct casebook_row *row)
{
    struct rows *rows = context;
    if (str_is(row->action, "sign_in_refused")) {
        assert_true(str_is(row->actor, "machine"));
        rows->count++;
        buf_clear(&rows->last);
        buf_put_str(&rows->last, row->detail);
        buf_put_char(&rows->last, '\0');
    }
    return true;
}

static void read_rows(struct house *house, struct rows *rows)
{
    buf_clear(&rows->last);
    *rows = (struct rows){.last = rows->last};
    assert_true(casebook_audit_read(house->casebook, 1, take, rows, &house->err));
}

static void the_first_is_told_at_once(void **state)
{
    struct house *house = house_build_with_people();
    struct refused *refused = refused_new();
    struct rows rows = {.last = BUF_EMPTY};
    (void)state;
    refused_note(refused, house->casebook, REFUSED_PASSWORD, STR("rani"), house->clock.fixed_ms);
    read_rows(house, &rows);
    assert_int_equal(rows.count, 1);
    assert_string_equal(rows.last.bytes,
                        "{\"codes\":0,\"passwords\":1,\"people\":{\"rani\":1},"
                        "\"since\":\"2026-11-25T16:00:00Z\",\"tokens\":0,\"waits\":0,"
                        "\"why\":\"1 sandi / passwords\"}");
    buf_fini(&rows.last);
    refused_free(refused);
    house_tear_down(house);
}

/* A hundred thousand tries within a day are 24 rows, and none of them is lost in the counts. */
static void a_flood_is_a_row_an_hour(void **state)
{
    enum { TRIES = 100000 };
    struct house *house = house_build_with_people();
    struct refused *refused = refused_new();
    struct rows rows = {.last = BUF_EMPTY};
    (void)state;
    for (int i = 0; i < TRIES; i++) {
        house->clock.fixed_ms += DAY / TRIES;
        refused_note(refused, house->casebook, i % 2 ? REFUSED_CODE : REFUSED_PASSWORD,
                     i % 2 ? STR("adi") : STR(""), house->clock.fixed_ms);
    }
    read_rows(house, &rows);
    assert_in_range(rows.count, 23, 25);
    assert_non_null(strstr(rows.last.bytes, "\"codes\":208"));
    assert_non_null(strstr(rows.last.bytes, "\"people\":{\"adi\":208"));
    buf_fini(&rows.last);
    refused_free(refused);
    house_tear_down(house);
}

/* What was counted within the hour comes with its end, asked for or not by another try. */
static void the_rest_is_told_when_it_is_due(void **state)
{
    struct house *house = house_build_with_people();
    struct refused *refused = refused_new();
    struct rows rows = {.last = BUF_EMPTY};
    (void)state;
    for (int i = 0; i < 3; i++) {
        refused_note(refused, house->casebook, REFUSED_TOKEN, STR(""), house->clock.fixed_ms);
    }
    refused_settle(refused, house->casebook, house->clock.fixed_ms + REFUSED_HOUR_MS - 1);
    read_rows(house, &rows);
    assert_int_equal(rows.count, 1);
    house->clock.fixed_ms += REFUSED_HOUR_MS;
    refused_settle(refused, house->casebook, house->clock.fixed_ms);
    read_rows(house, &rows);
    assert_int_equal(rows.count, 2);
    assert_non_null(strstr(rows.last.bytes, "\"tokens\":2"));
    house->clock.fixed_ms += REFUSED_HOUR_MS;
    refused_settle(refused, house->casebook, house->clock.fixed_ms);
    read_rows(house, &rows);
    assert_int_equal(rows.count, 2);
    buf_fini(&rows.last);
    refused_free(refused);
    house_tear_down(house);
}

static void names_are_bounded(void **state)
{
    struct house *house = house_build_with_people();
    struct refused *refused = refused_new();
    struct rows rows = {.last = BUF_EMPTY};
    char name[8] = "a0";
    size_t names = 0;
    (void)state;
    refused_note(refused, house->casebook, REFUSED_WAIT, STR("x"), house->clock.fixed_ms);
    for (int i = 0; i < 3 * REFUSED_PEOPLE_MOST; i++) {
        name[0] = (char)('a' + i % 26);
        name[1] = (char)('a' + i / 26);
        refused_note(refused, house->casebook, REFUSED_WAIT, str_of(name), house->clock.fixed_ms);
    }
    house->clock.fixed_ms += REFUSED_HOUR_MS;
    refused_settle(refused, house->casebook, house->clock.fixed_ms);
    read_rows(house, &rows);
    assert_non_null(strstr(rows.last.bytes, "\"waits\":96"));
    for (const char *at = rows.last.bytes; (at = strstr(at, "\":1,")) != NULL; at++) {
        names++;
    }
    assert_int_equal(names, REFUSED_PEOPLE_MOST - 1); /* the last one has no comma behind it */
    buf_fini(&rows.last);
    refused_free(refused);
    house_tear_down(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_is_told_at_once),
        cmocka_unit_test(a_flood_is_a_row_an_hour),
        cmocka_unit_test(the_rest_is_told_when_it_is_due),
        cmocka_unit_test(names_are_bounded),
    };
    return cmocka_run_group_tests_name("refused sign-ins", tests, NULL, NULL);
}
