/* Sign-ins from browsers, and the abuse checks of REVIEW, section 5, that they answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "filter/base/file.h"
#include "filter/casebook/web.h"
#include "tests/filter/casebook/house.h"

#define RIGHT STR("sandi yang panjang")
#define WRONG STR("sandi yang keliru")

static const struct casebook_caller home = {.address = STR("192.0.2.7")};
static const struct casebook_caller stranger = {.address = STR("198.51.100.9")};

static struct str text(const struct casebook_token *token)
{
    return str_of(token->text);
}

static enum casebook_sign_in password(struct house *house, struct casebook_web *web,
                                      const struct casebook_caller *caller, const char *name,
                                      struct str word, struct casebook_signed *out)
{
    struct err err = ERR_NONE;
    enum casebook_sign_in answer =
        casebook_web_password(web, house->casebook, caller, STR(""), str_of(name), word, out, &err);
    assert_string_equal(err.message, "");
    return answer;
}

static enum casebook_sign_in give_code(struct house *house, struct casebook_web *web,
                                       const struct casebook_caller *caller, struct str token,
                                       struct str code, struct casebook_signed *out)
{
    struct err err = ERR_NONE;
    enum casebook_sign_in answer =
        casebook_web_code(web, house->casebook, caller, token, code, out, &err);
    assert_string_equal(err.message, "");
    return answer;
}

static bool look(struct house *house, struct casebook_web *web, struct str token,
                 struct casebook_visit *visit)
{
    struct err err = ERR_NONE;
    bool found;
    assert_true(casebook_web_find(web, house->casebook, token, visit, &found, &err));
    assert_string_equal(err.message, "");
    return found;
}

/* In, as from `caller`; moves the clock on, so that each code is of a step of its own. */
static void sign_in(struct house *house, struct casebook_web *web,
                    const struct casebook_caller *caller, enum house_name who,
                    struct casebook_signed *out)
{
    char code[8];
    house->clock.fixed_ms += MINUTE;
    if (house->factor[who][0] == '\0') {
        house_enrol(house, who, NULL);
        house->clock.fixed_ms += MINUTE;
    }
    assert_int_equal(password(house, web, caller, house_names[who], RIGHT, out), SIGN_IN_DONE);
    assert_int_equal(out->stage, STAGE_CODE);
    struct casebook_token before = out->token;
    house_code(house, who, 0, code);
    assert_int_equal(give_code(house, web, caller, text(&before), str_of(code), out), SIGN_IN_DONE);
    assert_int_equal(out->stage, STAGE_IN);
}

static void enrols_at_the_first_sign_in(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_web *web = casebook_web_new();
    struct casebook_signed first, second;
    struct casebook_visit visit;
    struct casebook_recovery recovery;
    struct buf uri = BUF_EMPTY;
    struct err err = ERR_NONE;
    char code[8];
    (void)state;
    assert_int_equal(password(house, web, &home, "adi", RIGHT, &first), SIGN_IN_DONE);
    assert_int_equal(first.stage, STAGE_ENROL);
    assert_true(look(house, web, text(&first.token), &visit));
    assert_null(visit.session); /* nothing but enrolling */
    assert_int_equal(give_code(house, web, &home, text(&first.token), STR("000000"), &second),
                     SIGN_IN_WRONG);
    assert_true(casebook_web_offer(web, house->casebook, text(&first.token), &uri, &err));
    snprintf(house->factor[ADI], 33, "%.32s", strstr(uri.bytes, "secret=") + 7);
    assert_int_equal(casebook_web_enrol(web, house->casebook, &home, text(&first.token),
                                        STR("000000"), &second, &recovery, &err),
                     SIGN_IN_WRONG);
    house_code(house, ADI, 0, code);
    assert_int_equal(casebook_web_enrol(web, house->casebook, &home, text(&first.token),
                                        str_of(code), &second, &recovery, &err),
                     SIGN_IN_DONE);
    assert_int_equal(strlen(recovery.code[9]), CASEBOOK_RECOVERY_TEXT - 1);
    assert_false(look(house, web, text(&first.token), &visit));
    assert_true(look(house, web, text(&second.token), &visit));
    assert_int_equal(visit.stage, STAGE_IN);
    assert_non_null(visit.session);
    assert_true(str_is(visit.name, "adi"));
    assert_int_equal(visit.role, ROLE_INDEPENDENT);
    assert_true(visit.is_fresh);
    assert_false(visit.needs_key);
    assert_string_not_equal(second.device.text, "");
    casebook_web_free(web);
    buf_fini(&uri);
    house_tear_down(house);
}

static void a_session_moves_cases_and_a_restart_takes_its_key(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_web *web = casebook_web_new();
    struct casebook_signed rani, adi;
    struct casebook_visit visit;
    struct casebook_moved moved;
    struct err err = ERR_NONE;
    (void)state;
    sign_in(house, web, &home, RANI, &rani);
    sign_in(house, web, &home, ADI, &adi);
    int64_t id = house_case(house, RULE_FRAUD);
    assert_true(look(house, web, text(&rani.token), &visit));
    assert_true(casebook_session_can_sign(visit.session));
    const struct casebook_request claim = {
        .action = ACTION_CLAIM, .case_id = id, .version = house_look(house, id).version};
    assert_int_equal(casebook_move(house->casebook, visit.session, &claim, &moved, &err),
                     CASEBOOK_DONE);
    casebook_web_free(web);
    web = casebook_web_new();
    assert_true(look(house, web, text(&rani.token), &visit));
    assert_true(visit.needs_key);
    assert_false(casebook_session_can_sign(visit.session));
    assert_true(look(house, web, text(&adi.token), &visit));
    assert_false(visit.needs_key);
    casebook_web_free(web);
    house_tear_down(house);
}

/* Abuse 41: no token that was there before the password, or before the code, is worth anything. */
static void abuse_41_session_fixation(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_web *web = casebook_web_new();
    struct casebook_signed one, two, three;
    struct casebook_visit visit;
    struct casebook_token planted = {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    struct err err = ERR_NONE;
    char code[8];
    (void)state;
    house_enrol(house, ADI, NULL);
    house->clock.fixed_ms += MINUTE;
    assert_int_equal(casebook_web_password(web, house->casebook, &home, text(&planted), STR("adi"),
                                           RIGHT, &one, &err),
                     SIGN_IN_DONE);
    assert_false(look(house, web, text(&planted), &visit));
    assert_string_not_equal(one.token.text, planted.text);
    house_code(house, ADI, 0, code);
    assert_int_equal(give_code(house, web, &home, text(&one.token), str_of(code), &two),
                     SIGN_IN_DONE);
    assert_string_not_equal(one.token.text, two.token.text);
    assert_false(look(house, web, text(&one.token), &visit));
    assert_true(look(house, web, text(&two.token), &visit));
    assert_int_equal(casebook_web_password(web, house->casebook, &home, text(&two.token),
                                           STR("adi"), RIGHT, &three, &err),
                     SIGN_IN_DONE);
    assert_false(look(house, web, text(&two.token), &visit));
    casebook_web_free(web);
    house_tear_down(house);
}

static void abuse_42_idle_whole_and_logout(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_web *web = casebook_web_new();
    struct casebook_signed one, two;
    struct casebook_visit visit;
    struct err err = ERR_NONE;
    (void)state;
    sign_in(house, web, &home, ADI, &one);
    house->clock.fixed_ms += 15 * MINUTE;
    assert_true(look(house, web, text(&one.token), &visit));
    house->clock.fixed_ms += 15 * MINUTE + 1;
    assert_false(look(house, web, text(&one.token), &visit));
    house->clock.fixed_ms -= 1;
    assert_false(look(house, web, text(&one.token), &visit)); /* what ran out is gone */
    sign_in(house, web, &home, ADI, &one);
    for (int i = 0; i < 47; i++) {
        house->clock.fixed_ms += 10 * MINUTE;
        assert_true(look(house, web, text(&one.token), &visit));
    }
    assert_int_equal(visit.end_ms - clock_now_ms(&house->clock), 10 * MINUTE);
    house->clock.fixed_ms += 10 * MINUTE;
    assert_false(look(house, web, text(&one.token), &visit));
    sign_in(house, web, &home, ADI, &one);
    sign_in(house, web, &home, ADI, &two);
    assert_true(casebook_web_end(web, house->casebook, text(&one.token), END_THIS, &err));
    assert_false(look(house, web, text(&one.token), &visit));
    assert_true(look(house, web, text(&two.token), &visit));
    sign_in(house, web, &home, ADI, &one);
    assert_true(casebook_web_end(web, house->casebook, text(&one.token), END_ALL, &err));
    assert_false(look(house, web, text(&two.token), &visit));
    casebook_web_free(web);
    house_tear_down(house);
}

/* Between password and code there are ten minutes, and looking does not renew them. */
static void abuse_42_half_signed_in(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_web *web = casebook_web_new();
    struct casebook_signed one;
    struct casebook_visit visit;
    (void)state;
    house_enrol(house, ADI, NULL);
    assert_int_equal(password(house, web, &home, "adi", RIGHT, &one), SIGN_IN_DONE);
    house->clock.fixed_ms += 9 * MINUTE;
    assert_true(look(house, web, text(&one.token), &visit));
    assert_null(visit.session);
    house->clock.fixed_ms += 1 * MINUTE + 1;
    assert_false(look(house, web, text(&one.token), &visit));
    casebook_web_free(web);
    house_tear_down(house);
}

/* Abuse 43: a stranger is slowed down more and more; A goes on from a machine of theirs. */
static void abuse_43_brute_force_does_not_shut_out(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_web *web = casebook_web_new();
    struct casebook_signed one, again;
    int tried = 0, slowed = 0;
    (void)state;
    sign_in(house, web, &home, ADI, &one);
    struct casebook_caller known = {.address = stranger.address, .device = text(&one.device)};
    for (int i = 0; i < 30; i++) {
        enum casebook_sign_in answer = password(house, web, &stranger, "adi", WRONG, &again);
        tried += answer == SIGN_IN_WRONG ? 1 : 0;
        slowed += answer == SIGN_IN_WAIT ? 1 : 0;
        house->clock.fixed_ms += 1000;
    }
    assert_int_equal(tried + slowed, 30);
    assert_in_range(tried, 6, 10); /* five are free, then 2, 4, 8, 16 s */
    assert_int_equal(password(house, web, &stranger, "adi", RIGHT, &again), SIGN_IN_WAIT);
    assert_in_range(again.wait_ms, 1, 15 * MINUTE);
    /* Even behind the very address of the attack. */
    assert_int_equal(password(house, web, &known, "adi", RIGHT, &again), SIGN_IN_DONE);
    /* A device of somebody else's is worth nothing on this account. */
    sign_in(house, web, &home, AYU, &one);
    struct casebook_caller other = {.address = stranger.address, .device = text(&one.device)};
    for (int i = 0; i < 12; i++) {
        (void)password(house, web, &stranger, "adi", WRONG, &again);
    }
    assert_int_equal(password(house, web, &other, "adi", RIGHT, &again), SIGN_IN_WAIT);
    casebook_web_free(web);
    house_tear_down(house);
}

/* From many addresses: the account slows strangers down, but a new machine of A's gets its tries.
 */
static void abuse_43_brute_force_from_many_addresses(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_web *web = casebook_web_new();
    struct casebook_signed one;
    (void)state;
    house_enrol(house, ADI, NULL);
    for (int i = 0; i < 10; i++) {
        char address[32];
        snprintf(address, sizeof address, "2001:db8:0:%x::1", i);
        struct casebook_caller bot = {.address = str_of(address)};
        for (int j = 0; j < 4; j++) {
            (void)password(house, web, &bot, "adi", WRONG, &one);
        }
        /* All of a /64 is one. */
        snprintf(address, sizeof address, "2001:db8:0:%x::2", i);
        bot.address = str_of(address);
        if (i >= 7) {
            assert_int_equal(password(house, web, &bot, "adi", WRONG, &one), SIGN_IN_WAIT);
        }
    }
    assert_int_equal(password(house, web, &home, "adi", RIGHT, &one), SIGN_IN_DONE);
    casebook_web_free(web);
    house_tear_down(house);
}

static void abuse_43_codes_are_not_guessed(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_web *web = casebook_web_new();
    struct casebook_signed one, two;
    struct casebook_visit visit;
    struct casebook_recovery recovery;
    char code[8];
    int wrong = 0;
    (void)state;
    house_enrol(house, ADI, &recovery);
    house->clock.fixed_ms += MINUTE;
    /* Whoever knows the password: ten codes for each time of giving it, and then ever slower. */
    for (int i = 0; i < 200; i++) {
        char address[32];
        snprintf(address, sizeof address, "203.0.113.%d", i);
        struct casebook_caller bot = {.address = str_of(address)};
        if (i % 10 == 0) {
            assert_int_equal(password(house, web, &bot, "adi", RIGHT, &one), SIGN_IN_DONE);
        }
        enum casebook_sign_in answer =
            give_code(house, web, &bot, text(&one.token), STR("123456"), &two);
        wrong += answer == SIGN_IN_WRONG ? 1 : 0;
        house->clock.fixed_ms += 1000;
    }
    assert_in_range(wrong, 10, 20);
    assert_int_equal(password(house, web, &home, "adi", RIGHT, &one), SIGN_IN_DONE);
    house_code(house, ADI, 0, code);
    assert_int_equal(give_code(house, web, &home, text(&one.token), str_of(code), &two),
                     SIGN_IN_WAIT);
    assert_true(look(house, web, text(&one.token), &visit));
    /* A recovery code is no six digits: it waits for nobody, and works once. */
    assert_int_equal(give_code(house, web, &home, text(&one.token), str_of(recovery.code[3]), &two),
                     SIGN_IN_DONE);
    assert_int_equal(house_log_rows(house, "factor"), 2);
    struct casebook_token device = two.device;
    struct casebook_caller mine = {.address = home.address, .device = text(&device)};
    assert_int_equal(password(house, web, &mine, "adi", RIGHT, &one), SIGN_IN_DONE);
    assert_int_equal(give_code(house, web, &mine, text(&one.token), str_of(recovery.code[3]), &two),
                     SIGN_IN_WRONG);
    assert_int_equal(give_code(house, web, &mine, text(&one.token), str_of(code), &two),
                     SIGN_IN_DONE);
    casebook_web_free(web);
    house_tear_down(house);
}

static void abuse_43_a_code_is_used_once(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_web *web = casebook_web_new();
    struct casebook_signed one, two;
    struct err err = ERR_NONE;
    char code[8], next[8], before[8], late[8];
    (void)state;
    sign_in(house, web, &home, ADI, &one);
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
    assert_true(look(house, web, text(&one.token), &visit));
    assert_false(visit.is_fresh);
    house_code(house, ADI, 0, code);
    assert_int_equal(give_code(house, web, &home, text(&one.token), str_of(code), &two),
                     SIGN_IN_DONE);
    assert_true(look(house, web, text(&two.token), &visit));
    assert_true(visit.is_fresh);
    assert_false(look(house, web, text(&one.token), &visit));
    casebook_web_free(web);
    house_tear_down(house);
}

/* Of the processor, which other programs do not lengthen: hashing is all that there is to it. */
static int64_t spent_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t time_of(struct house *house, struct casebook_web *web, const char *name)
{
    struct casebook_signed out;
    int64_t least = INT64_MAX;
    for (int i = 0; i < 3; i++) {
        char address[32];
        snprintf(address, sizeof address, "203.0.%d.%d", (int)strlen(name), i);
        struct casebook_caller caller = {.address = str_of(address)};
        int64_t start = spent_us();
        assert_int_equal(password(house, web, &caller, name, WRONG, &out), SIGN_IN_WRONG);
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
    struct house *house = house_build_with_people();
    struct casebook_web *web = casebook_web_new();
    struct err err = ERR_NONE;
    (void)state;
    assert_true(casebook_people_disable(house->casebook, STR("audi"), STR("pindah tugas"), &err));
    int64_t there = time_of(house, web, "adi"), nobody = time_of(house, web, "siapa-saja");
    int64_t left = time_of(house, web, "audi");
    assert_true(nobody * 3 > there && there * 3 > nobody);
    assert_true(left * 3 > there && there * 3 > left);
    /* And as slow for a name that is nobody's, so that the slow-down tells nothing. */
    const char *const names[] = {"adi", "siapa-saja"};
    int64_t waits[2];
    for (int i = 0; i < 2; i++) {
        struct casebook_caller caller = {.address = i == 0 ? STR("192.0.2.50") : STR("192.0.2.51")};
        struct casebook_signed out;
        for (int j = 0; j < 8; j++) {
            (void)password(house, web, &caller, names[i], WRONG, &out);
        }
        waits[i] = out.wait_ms;
    }
    assert_int_equal(waits[0], waits[1]);
    casebook_web_free(web);
    house_tear_down(house);
}

/* Abuse 45: whoever resets a password still meets the second factor; its reset makes A new. */
static void abuse_45_reset_skips_no_second_factor(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_web *web = casebook_web_new();
    struct casebook_signed one, two;
    struct casebook_visit visit;
    struct err err = ERR_NONE;
    (void)state;
    sign_in(house, web, &home, ADI, &one);
    assert_true(casebook_people_reset(house->casebook, STR("adi"), STR("sandi baru dari admin"),
                                      STR("lupa kata sandi"), &err));
    assert_false(look(house, web, text(&one.token), &visit));
    assert_int_equal(password(house, web, &home, "adi", STR("sandi baru dari admin"), &one),
                     SIGN_IN_DONE);
    assert_int_equal(one.stage, STAGE_CODE);
    assert_true(look(house, web, text(&one.token), &visit));
    assert_null(visit.session);
    assert_int_equal(give_code(house, web, &home, text(&one.token), STR(""), &two), SIGN_IN_WRONG);
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
    casebook_web_free(web);
    house_tear_down(house);
}

/* An approval asks for a second factor of the last ten minutes, whatever else is there. */
static void abuse_45_an_approval_takes_a_fresh_factor(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_web *web = casebook_web_new();
    struct casebook_signed one;
    struct casebook_visit visit;
    struct casebook_moved moved;
    struct err err = ERR_NONE;
    struct buf proposal = BUF_EMPTY, record = BUF_EMPTY;
    struct casebook_answers answers = house_all(ANSWER_NO);
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    sign_in(house, web, &home, ADI, &one);
    house->clock.fixed_ms += 11 * MINUTE;
    assert_true(look(house, web, text(&one.token), &visit));
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
    casebook_web_free(web);
    house_tear_down(house);
}

/* Abuse 7: rights that were taken are gone at the very next request. */
static void abuse_07_rights_taken_from_a_browser(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_web *web = casebook_web_new();
    struct casebook_signed one;
    struct casebook_visit visit;
    struct err err = ERR_NONE;
    (void)state;
    sign_in(house, web, &home, ADI, &one);
    assert_true(look(house, web, text(&one.token), &visit));
    assert_true(casebook_people_disable(house->casebook, STR("adi"), STR("mundur"), &err));
    assert_false(look(house, web, text(&one.token), &visit));
    sign_in(house, web, &home, AYU, &one);
    assert_true(casebook_people_move(house->casebook, STR("ayu"), STR("Lembaga Lain Contoh"),
                                     ROLE_AUDITOR, STR(""), STR("pindah kerja"), &err));
    assert_string_equal(err.message, "");
    assert_false(look(house, web, text(&one.token), &visit));
    casebook_web_free(web);
    house_tear_down(house);
}

static void forms_hold_a_token_of_their_session(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_web *web = casebook_web_new();
    struct casebook_signed one, two;
    struct casebook_visit visit, other;
    (void)state;
    sign_in(house, web, &home, ADI, &one);
    sign_in(house, web, &home, ADI, &two);
    assert_true(look(house, web, text(&one.token), &visit));
    assert_true(look(house, web, text(&two.token), &other));
    assert_true(casebook_web_csrf_fits(&visit, str_of(visit.csrf)));
    assert_false(casebook_web_csrf_fits(&visit, str_of(other.csrf)));
    assert_false(casebook_web_csrf_fits(&visit, text(&one.token)));
    assert_false(casebook_web_csrf_fits(&visit, STR("")));
    casebook_web_free(web);
    house_tear_down(house);
}

static void a_new_password_ends_all_else(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_web *web = casebook_web_new();
    struct casebook_signed one, two, three;
    struct casebook_visit visit;
    struct err err = ERR_NONE;
    (void)state;
    sign_in(house, web, &home, RANI, &one);
    sign_in(house, web, &home, RANI, &two);
    assert_int_equal(casebook_web_new_password(web, house->casebook, &home, text(&two.token), WRONG,
                                               STR("empat kata acak sekali"), &three, &err),
                     SIGN_IN_WRONG);
    assert_int_equal(casebook_web_new_password(web, house->casebook, &home, text(&two.token), RIGHT,
                                               STR("passwordpassword"), &three, &err),
                     SIGN_IN_REFUSED);
    assert_non_null(strstr(err.message, "tried first"));
    err = ERR_NONE;
    assert_int_equal(casebook_web_new_password(web, house->casebook, &home, text(&two.token), RIGHT,
                                               STR("empat kata acak sekali"), &three, &err),
                     SIGN_IN_DONE);
    assert_false(look(house, web, text(&one.token), &visit));
    assert_false(look(house, web, text(&two.token), &visit));
    assert_true(look(house, web, text(&three.token), &visit));
    /* The same key, sealed by the new password. */
    assert_true(casebook_session_can_sign(visit.session));
    assert_int_equal(password(house, web, &home, "rani", RIGHT, &one), SIGN_IN_WRONG);
    assert_int_equal(password(house, web, &home, "rani", STR("empat kata acak sekali"), &one),
                     SIGN_IN_DONE);
    casebook_web_free(web);
    house_tear_down(house);
}

static bool holds(const struct house *house, struct str word)
{
    static const char *const files[] = {"casebook.db", "casebook.db-wal"};
    bool found = false;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct buf path = BUF_EMPTY, bytes = BUF_EMPTY;
        struct err err = ERR_NONE;
        buf_printf(&path, "%s/%s", house->folder, files[i]);
        if (file_read(path.bytes, 64 << 20, &bytes, &err)) {
            found |= memmem(bytes.bytes, bytes.len, word.at, word.len) != NULL;
        }
        buf_fini(&path);
        buf_fini(&bytes);
    }
    return found;
}

/* What lies on the disk signs nobody in, and says no address. */
static void secrets_at_rest(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_web *web = casebook_web_new();
    struct casebook_signed one;
    struct casebook_visit visit;
    struct casebook_recovery recovery;
    struct err err = ERR_NONE;
    (void)state;
    sign_in(house, web, &home, ADI, &one);
    assert_true(casebook_factor_recovery(house->casebook, STR("adi"), &recovery, &err));
    assert_true(look(house, web, text(&one.token), &visit));
    assert_true(holds(house, STR("adi")));
    assert_false(holds(house, text(&one.token)));
    assert_false(holds(house, text(&one.device)));
    assert_false(holds(house, str_of(visit.csrf)));
    assert_false(holds(house, str_of(house->factor[ADI])));
    assert_false(holds(house, str_of(recovery.code[0])));
    assert_false(holds(house, home.address));
    casebook_web_free(web);
    house_tear_down(house);
}

static void nonsense_is_nobody(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_web *web = casebook_web_new();
    struct casebook_visit visit;
    struct casebook_signed out;
    struct err err = ERR_NONE;
    char huge[2000];
    (void)state;
    memset(huge, 'A', sizeof huge);
    const struct str tokens[] = {STR(""), STR("x"), {huge, sizeof huge}, {huge, 43}, STR("\0\0\0")};
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        assert_false(look(house, web, tokens[i], &visit));
        assert_int_equal(give_code(house, web, &home, tokens[i], STR("123456"), &out),
                         SIGN_IN_WRONG);
        assert_true(casebook_web_end(web, house->casebook, tokens[i], END_ALL, &err));
    }
    const struct casebook_caller odd = {.address = {huge, sizeof huge}, .device = {huge, 500}};
    assert_int_equal(casebook_web_password(web, house->casebook, &odd, (struct str){huge, 43},
                                           (struct str){huge, sizeof huge},
                                           (struct str){huge, sizeof huge}, &out, &err),
                     SIGN_IN_WRONG);
    casebook_web_free(web);
    house_tear_down(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enrols_at_the_first_sign_in),
        cmocka_unit_test(a_session_moves_cases_and_a_restart_takes_its_key),
        cmocka_unit_test(abuse_07_rights_taken_from_a_browser),
        cmocka_unit_test(abuse_41_session_fixation),
        cmocka_unit_test(abuse_42_idle_whole_and_logout),
        cmocka_unit_test(abuse_42_half_signed_in),
        cmocka_unit_test(abuse_43_brute_force_does_not_shut_out),
        cmocka_unit_test(abuse_43_brute_force_from_many_addresses),
        cmocka_unit_test(abuse_43_codes_are_not_guessed),
        cmocka_unit_test(abuse_43_a_code_is_used_once),
        cmocka_unit_test(abuse_44_user_enumeration),
        cmocka_unit_test(abuse_45_reset_skips_no_second_factor),
        cmocka_unit_test(abuse_45_an_approval_takes_a_fresh_factor),
        cmocka_unit_test(forms_hold_a_token_of_their_session),
        cmocka_unit_test(a_new_password_ends_all_else),
        cmocka_unit_test(secrets_at_rest),
        cmocka_unit_test(nonsense_is_nobody),
    };
    return cmocka_run_group_tests_name("browsers' sign-ins", tests, NULL, NULL);
}
