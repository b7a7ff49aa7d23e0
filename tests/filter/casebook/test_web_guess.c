/* Who tries to get in: the abuse checks 43 to 45 of REVIEW, section 5. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/filter/casebook/browser.h"

/* Abuse 43: a stranger is slowed down more and more; A goes on from a machine of theirs. */
static void abuse_43_brute_force_does_not_shut_out(void **state)
{
    struct browser *browser = *state;
    struct house *house = browser->house;
    struct casebook_signed one, again;
    int tried = 0, slowed = 0;
    browser_sign_in(browser, &home, ADI, &one);
    struct casebook_caller known = {.address = stranger.address,
                                    .device = browser_token(&one.device)};
    for (int i = 0; i < 30; i++) {
        enum casebook_sign_in answer = browser_password(browser, &stranger, "adi", WRONG, &again);
        tried += answer == SIGN_IN_WRONG ? 1 : 0;
        slowed += answer == SIGN_IN_WAIT ? 1 : 0;
        house->clock.fixed_ms += 1000;
    }
    assert_int_equal(tried + slowed, 30);
    assert_in_range(tried, 6, 10); /* five are free, then 2, 4, 8, 16 s */
    assert_int_equal(browser_password(browser, &stranger, "adi", RIGHT, &again), SIGN_IN_WAIT);
    assert_in_range(again.wait_ms, 1, 15 * MINUTE);
    /* Even behind the very address of the attack. */
    assert_int_equal(browser_password(browser, &known, "adi", RIGHT, &again), SIGN_IN_DONE);
    /* A device of somebody else's is worth nothing on this account. */
    browser_sign_in(browser, &home, AYU, &one);
    struct casebook_caller other = {.address = stranger.address,
                                    .device = browser_token(&one.device)};
    for (int i = 0; i < 12; i++) {
        (void)browser_password(browser, &stranger, "adi", WRONG, &again);
    }
    assert_int_equal(browser_password(browser, &other, "adi", RIGHT, &again), SIGN_IN_WAIT);
}

/* From many addresses: the account slows strangers down, but a new machine of A's gets its tries.
 */
static void abuse_43_brute_force_from_many_addresses(void **state)
{
    struct browser *browser = *state;
    struct house *house = browser->house;
    struct casebook_signed one;
    house_enrol(house, ADI, NULL);
    for (int i = 0; i < 10; i++) {
        char address[32];
        snprintf(address, sizeof address, "2001:db8:0:%x::1", i);
        struct casebook_caller bot = {.address = str_of(address)};
        for (int j = 0; j < 4; j++) {
            (void)browser_password(browser, &bot, "adi", WRONG, &one);
        }
        /* All of a /64 is one. */
        snprintf(address, sizeof address, "2001:db8:0:%x::2", i);
        bot.address = str_of(address);
        if (i >= 7) {
            assert_int_equal(browser_password(browser, &bot, "adi", WRONG, &one), SIGN_IN_WAIT);
        }
    }
    assert_int_equal(browser_password(browser, &home, "adi", RIGHT, &one), SIGN_IN_DONE);
}

static void abuse_43_codes_are_not_guessed(void **state)
{
    struct browser *browser = *state;
    struct house *house = browser->house;
    struct casebook_signed one, two;
    struct casebook_visit visit;
    struct casebook_recovery recovery;
    char code[8];
    int wrong = 0;
    house_enrol(house, ADI, &recovery);
    house->clock.fixed_ms += MINUTE;
    /* Whoever knows the password: ten codes for each time of giving it, and then ever slower. */
    for (int i = 0; i < 200; i++) {
        char address[32];
        snprintf(address, sizeof address, "203.0.113.%d", i);
        struct casebook_caller bot = {.address = str_of(address)};
        if (i % 10 == 0) {
            assert_int_equal(browser_password(browser, &bot, "adi", RIGHT, &one), SIGN_IN_DONE);
        }
        enum casebook_sign_in answer =
            browser_code(browser, &bot, browser_token(&one.token), STR("123456"), &two);
        wrong += answer == SIGN_IN_WRONG ? 1 : 0;
        house->clock.fixed_ms += 1000;
    }
    assert_in_range(wrong, 10, 20);
    assert_int_equal(browser_password(browser, &home, "adi", RIGHT, &one), SIGN_IN_DONE);
    house_code(house, ADI, 0, code);
    assert_int_equal(browser_code(browser, &home, browser_token(&one.token), str_of(code), &two),
                     SIGN_IN_WAIT);
    assert_true(browser_look(browser, browser_token(&one.token), &visit));
    /* A recovery code is no six digits: it waits for nobody, and works once. */
    assert_int_equal(
        browser_code(browser, &home, browser_token(&one.token), str_of(recovery.code[3]), &two),
        SIGN_IN_DONE);
    assert_int_equal(house_log_rows(house, "factor"), 2);
    struct casebook_token device = two.device;
    struct casebook_caller mine = {.address = home.address, .device = browser_token(&device)};
    assert_int_equal(browser_password(browser, &mine, "adi", RIGHT, &one), SIGN_IN_DONE);
    assert_int_equal(
        browser_code(browser, &mine, browser_token(&one.token), str_of(recovery.code[3]), &two),
        SIGN_IN_WRONG);
    assert_int_equal(browser_code(browser, &mine, browser_token(&one.token), str_of(code), &two),
                     SIGN_IN_DONE);
}

static void abuse_43_a_code_is_used_once(void **state)
{
    struct browser *browser = *state;
    struct house *house = browser->house;
    struct casebook_signed one, two;
    struct err err = ERR_NONE;
    char code[8], next[8], before[8], late[8];
    browser_sign_in(browser, &home, ADI, &one);
    house->clock.fixed_ms += MINUTE;
    house_code(house, ADI, 0, code);
    house_code(house, ADI, 1, next);
    house_code(house, ADI, -1, before);
    house_code(house, ADI, 2, late);
    struct str name = STR("adi");
    assert_int_equal(casebook_factor_take(house->casebook, name, str_of(late), &err), FACTOR_WRONG);
    assert_int_equal(casebook_factor_take(house->casebook, name, str_of(code), &err), FACTOR_FITS);
    assert_int_equal(casebook_factor_take(house->casebook, name, str_of(code), &err), FACTOR_WRONG);
    assert_int_equal(casebook_factor_take(house->casebook, name, str_of(before), &err),
                     FACTOR_WRONG);
    assert_int_equal(casebook_factor_take(house->casebook, name, str_of(next), &err), FACTOR_FITS);
    assert_int_equal(casebook_factor_take(house->casebook, STR("ayu"), str_of(next), &err),
                     FACTOR_NONE);
    /* Given again in the session it makes the factor fresh, under a new token. */
    house->clock.fixed_ms += 11 * MINUTE;
    struct casebook_visit visit;
    assert_true(browser_look(browser, browser_token(&one.token), &visit));
    assert_false(visit.is_fresh);
    house_code(house, ADI, 0, code);
    assert_int_equal(browser_code(browser, &home, browser_token(&one.token), str_of(code), &two),
                     SIGN_IN_DONE);
    assert_true(browser_look(browser, browser_token(&two.token), &visit));
    assert_true(visit.is_fresh);
    assert_false(browser_look(browser, browser_token(&one.token), &visit));
}

/* Of the processor, which other programs do not lengthen: hashing is all that there is to it. */
static int64_t spent_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t time_of(struct browser *browser, const char *name)
{
    struct casebook_signed out;
    int64_t least = INT64_MAX;
    for (int i = 0; i < 3; i++) {
        char address[32];
        snprintf(address, sizeof address, "203.0.%d.%d", (int)strlen(name), i);
        struct casebook_caller caller = {.address = str_of(address)};
        int64_t start = spent_us();
        assert_int_equal(browser_password(browser, &caller, name, WRONG, &out), SIGN_IN_WRONG);
        int64_t took = spent_us() - start;
        least = took < least ? took : least;
        assert_string_equal(out.token.text, "");
        assert_int_equal(out.wait_ms, 0);
    }
    return least;
}

/* Abuse 44: the same answer, and as much work, whether there is such a person or not. */
static void abuse_44_user_enumeration(void **state)
{
    struct browser *browser = *state;
    struct house *house = browser->house;
    struct err err = ERR_NONE;
    assert_true(casebook_people_disable(house->casebook, STR("audi"), STR("pindah tugas"), &err));
    int64_t there = time_of(browser, "adi"), nobody = time_of(browser, "siapa-saja");
    int64_t left = time_of(browser, "audi");
    assert_true(nobody * 3 > there && there * 3 > nobody);
    assert_true(left * 3 > there && there * 3 > left);
    /* And as slow for a name that is nobody's, so that the slow-down tells nothing. */
    const char *const names[] = {"adi", "siapa-saja"};
    int64_t waits[2];
    for (int i = 0; i < 2; i++) {
        struct casebook_caller caller = {.address = i == 0 ? STR("192.0.2.50") : STR("192.0.2.51")};
        struct casebook_signed out;
        for (int j = 0; j < 8; j++) {
            (void)browser_password(browser, &caller, names[i], WRONG, &out);
        }
        waits[i] = out.wait_ms;
    }
    assert_int_equal(waits[0], waits[1]);
}

/* Abuse 45: whoever resets a password still meets the second factor; its reset makes A new. */
static void abuse_45_reset_skips_no_second_factor(void **state)
{
    struct browser *browser = *state;
    struct house *house = browser->house;
    struct casebook_signed one, two;
    struct casebook_visit visit;
    struct err err = ERR_NONE;
    browser_sign_in(browser, &home, ADI, &one);
    assert_true(casebook_people_reset(house->casebook, STR("adi"), STR("sandi baru dari admin"),
                                      STR("lupa kata sandi"), &err));
    assert_false(browser_look(browser, browser_token(&one.token), &visit));
    assert_int_equal(browser_password(browser, &home, "adi", STR("sandi baru dari admin"), &one),
                     SIGN_IN_DONE);
    assert_int_equal(one.stage, STAGE_CODE);
    assert_true(browser_look(browser, browser_token(&one.token), &visit));
    assert_null(visit.session);
    assert_int_equal(browser_code(browser, &home, browser_token(&one.token), STR(""), &two),
                     SIGN_IN_WRONG);
    house->clock.fixed_ms += 80 * HOUR;
    house_season(house, clock_now_ms(&house->clock), clock_now_ms(&house->clock) + 60 * DAY);
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    assert_true(casebook_factor_reset(house->casebook, STR("adi"), STR("ponsel hilang"), &err));
    house->factor[ADI][0] = '\0';
    house_enrol(house, ADI, NULL);
    house->clock.fixed_ms += MINUTE;
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, "younger than 72 hours"));
}

/* An approval asks for a second factor of the last ten minutes, whatever else is there. */
static void abuse_45_an_approval_takes_a_fresh_factor(void **state)
{
    struct browser *browser = *state;
    struct house *house = browser->house;
    struct casebook_signed one;
    struct casebook_visit visit;
    struct casebook_moved moved;
    struct err err = ERR_NONE;
    struct buf proposal = BUF_EMPTY, record = BUF_EMPTY;
    struct casebook_answers answers = house_all(ANSWER_NO);
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    browser_sign_in(browser, &home, ADI, &one);
    house->clock.fixed_ms += 11 * MINUTE;
    assert_true(browser_look(browser, browser_token(&one.token), &visit));
    struct casebook_request request = {.action = ACTION_ANSWER,
                                       .case_id = id,
                                       .version = house_look(house, id).version,
                                       .answers = &answers};
    assert_int_equal(casebook_move(house->casebook, visit.session, &request, &moved, &err),
                     CASEBOOK_DONE);
    assert_int_equal(casebook_to_sign(house->casebook, visit.session, id, &proposal, &record, &err),
                     CASEBOOK_DONE);
    struct buf signature = house_sign(house, ADI, buf_str(&proposal));
    request = (struct casebook_request){.action = ACTION_APPROVE,
                                        .case_id = id,
                                        .version = moved.version,
                                        .signature = buf_str(&signature),
                                        .conflict = STR("tidak ada")};
    assert_int_equal(casebook_move(house->casebook, visit.session, &request, &moved, &err),
                     CASEBOOK_REFUSED);
    assert_non_null(strstr(err.message, "older than 10 minutes"));
    assert_int_equal(house_state(house, id), CASE_PROPOSED);
    buf_fini(&signature);
    buf_fini(&proposal);
    buf_fini(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BROWSER_TEST(abuse_43_brute_force_does_not_shut_out),
        BROWSER_TEST(abuse_43_brute_force_from_many_addresses),
        BROWSER_TEST(abuse_43_codes_are_not_guessed),
        BROWSER_TEST(abuse_43_a_code_is_used_once),
        BROWSER_TEST(abuse_44_user_enumeration),
        BROWSER_TEST(abuse_45_reset_skips_no_second_factor),
        BROWSER_TEST(abuse_45_an_approval_takes_a_fresh_factor),
    };
    return cmocka_run_group_tests_name("guessed sign-ins", tests, NULL, NULL);
}
