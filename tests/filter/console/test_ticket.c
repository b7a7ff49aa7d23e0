#include "filter/console/ticket.h"

#include <stdio.h>

#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "tests/filter/test.h"

static int set_up(void **state)
{
    struct err err = ERR_NONE;
    assert_true(hash_start(&err));
    *state = tickets_new();
    return 0;
}

static int tear_down(void **state)
{
    tickets_free(*state);
    return 0;
}

static void a_token_fits_its_session_alone(void **state)
{
    char token[TICKET_TOKEN], again[TICKET_TOKEN];
    ticket_token(*state, STR("secret"), token);
    ticket_token(*state, STR("secret"), again);
    assert_string_not_equal(token, again); /* masked anew */
    assert_true(ticket_token_fits(*state, STR("secret"), str_of(token)));
    assert_true(ticket_token_fits(*state, STR("secret"), str_of(again)));
    assert_false(ticket_token_fits(*state, STR("another"), str_of(token)));
    assert_false(ticket_token_fits(*state, STR("secret"), STR("")));
    assert_false(ticket_token_fits(*state, STR("secret"), str_part(str_of(token), 0, 62)));
    token[0] = token[0] == 'a' ? 'b' : 'a';
    assert_false(ticket_token_fits(*state, STR("secret"), str_of(token)));
    token[0] = 'x';
    assert_false(ticket_token_fits(*state, STR("secret"), str_of(token)));
}

static void a_token_of_another_process_does_not_fit(void **state)
{
    struct tickets *other = tickets_new();
    char token[TICKET_TOKEN];
    ticket_token(other, STR("secret"), token);
    assert_false(ticket_token_fits(*state, STR("secret"), str_of(token)));
    tickets_free(other);
}

static void an_outcome_is_its_person_s(void **state)
{
    char once[TICKET_NAME], said[TICKET_NAME], other[TICKET_NAME];
    ticket_once(once);
    ticket_said(*state, STR("sari"), str_of(once), STR("/cases/1/move"), STR("claim"), said);
    ticket_said(*state, STR("sari"), str_of(once), STR("/cases/1/move"), STR("dismiss"), other);
    assert_string_not_equal(said, other);
    struct ticket_outcome outcome = {
        .what = MSG_SAVED, .person = (char[]){"sari"}, .location = (char[]){"/cases/1"}};
    memcpy(outcome.said, said, sizeof said);
    ticket_put(*state, &outcome);
    const struct ticket_outcome *found = ticket_find(*state, str_of(said), STR("sari"));
    assert_non_null(found);
    assert_string_equal(found->location, "/cases/1");
    assert_null(ticket_find(*state, str_of(said), STR("rina")));
    assert_null(ticket_find(*state, str_of(other), STR("sari")));
    assert_null(ticket_find(*state, STR(""), STR("sari")));
}

static void the_oldest_are_forgotten(void **state)
{
    char first[TICKET_NAME], said[TICKET_NAME];
    for (int i = 0; i < 1100; i++) {
        char number[16];
        snprintf(number, sizeof number, "%d", i);
        ticket_said(*state, STR("sari"), str_of(number), STR("/"), STR(""), said);
        struct ticket_outcome outcome = {
            .what = MSG_SAVED, .person = (char[]){"sari"}, .location = (char[]){"/"}};
        memcpy(outcome.said, said, sizeof said);
        memcpy(first, i == 0 ? said : first, sizeof first);
        ticket_put(*state, &outcome);
    }
    assert_null(ticket_find(*state, str_of(first), STR("sari")));
    assert_non_null(ticket_find(*state, str_of(said), STR("sari")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_token_fits_its_session_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_token_of_another_process_does_not_fit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_outcome_is_its_person_s, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_oldest_are_forgotten, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("ticket", tests, NULL, NULL);
}
