/* Sign-ins from browsers, and the abuse checks of REVIEW, section 5, about their sessions. */
#include <stdio.h>
#include <string.h>

#include "filter/base/file.h"
#include "tests/filter/casebook/browser.h"

static void enrols_at_the_first_sign_in(void **state)
{
    struct browser *browser = *state;
    struct house *house = browser->house;
    struct casebook_signed first, second;
    struct casebook_visit visit;
    struct casebook_recovery recovery;
    struct buf uri = BUF_EMPTY;
    struct err err = ERR_NONE;
    char code[8];
    assert_int_equal(browser_password(browser, &home, "adi", RIGHT, &first), SIGN_IN_DONE);
    assert_int_equal(first.stage, STAGE_ENROL);
    assert_true(browser_look(browser, browser_token(&first.token), &visit));
    assert_null(visit.session); /* nothing but enrolling */
    assert_int_equal(
        browser_code(browser, &home, browser_token(&first.token), STR("000000"), &second),
        SIGN_IN_WRONG);
    assert_true(
        casebook_web_offer(browser->web, house->casebook, browser_token(&first.token), &uri, &err));
    snprintf(house->factor[ADI], 33, "%.32s", strstr(uri.bytes, "secret=") + 7);
    assert_int_equal(casebook_web_enrol(browser->web, house->casebook, &home,
                                        browser_token(&first.token), STR("000000"), &second,
                                        &recovery, &err),
                     SIGN_IN_WRONG);
    house_code(house, ADI, 0, code);
    assert_int_equal(casebook_web_enrol(browser->web, house->casebook, &home,
                                        browser_token(&first.token), str_of(code), &second,
                                        &recovery, &err),
                     SIGN_IN_DONE);
    assert_int_equal(strlen(recovery.code[9]), CASEBOOK_RECOVERY_TEXT - 1);
    assert_false(browser_look(browser, browser_token(&first.token), &visit));
    assert_true(browser_look(browser, browser_token(&second.token), &visit));
    assert_int_equal(visit.stage, STAGE_IN);
    assert_non_null(visit.session);
    assert_true(str_is(visit.name, "adi"));
    assert_int_equal(visit.role, ROLE_INDEPENDENT);
    assert_true(visit.is_fresh);
    assert_false(visit.needs_key);
    assert_string_not_equal(second.device.text, "");
    buf_fini(&uri);
}

static void a_session_moves_cases_and_a_restart_takes_its_key(void **state)
{
    struct browser *browser = *state;
    struct house *house = browser->house;
    struct casebook_signed rani, adi;
    struct casebook_visit visit;
    struct casebook_moved moved;
    struct err err = ERR_NONE;
    browser_sign_in(browser, &home, RANI, &rani);
    browser_sign_in(browser, &home, ADI, &adi);
    int64_t id = house_case(house, RULE_FRAUD);
    assert_true(browser_look(browser, browser_token(&rani.token), &visit));
    assert_true(casebook_session_can_sign(visit.session));
    const struct casebook_request claim = {
        .action = ACTION_CLAIM, .case_id = id, .version = house_look(house, id).version};
    assert_int_equal(casebook_move(house->casebook, visit.session, &claim, &moved, &err),
                     CASEBOOK_DONE);
    browser_restart(browser);
    assert_true(browser_look(browser, browser_token(&rani.token), &visit));
    assert_true(visit.needs_key);
    assert_false(casebook_session_can_sign(visit.session));
    assert_true(browser_look(browser, browser_token(&adi.token), &visit));
    assert_false(visit.needs_key);
}

/* Abuse 41: no token that was there before the password, or before the code, is worth anything. */
static void abuse_41_session_fixation(void **state)
{
    struct browser *browser = *state;
    struct house *house = browser->house;
    struct casebook_signed one, two, three;
    struct casebook_visit visit;
    struct casebook_token planted = {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    struct err err = ERR_NONE;
    char code[8];
    house_enrol(house, ADI, NULL);
    house->clock.fixed_ms += MINUTE;
    assert_int_equal(casebook_web_password(browser->web, house->casebook, &home,
                                           browser_token(&planted), STR("adi"), RIGHT, &one, &err),
                     SIGN_IN_DONE);
    assert_false(browser_look(browser, browser_token(&planted), &visit));
    assert_string_not_equal(one.token.text, planted.text);
    house_code(house, ADI, 0, code);
    assert_int_equal(browser_code(browser, &home, browser_token(&one.token), str_of(code), &two),
                     SIGN_IN_DONE);
    assert_string_not_equal(one.token.text, two.token.text);
    assert_false(browser_look(browser, browser_token(&one.token), &visit));
    assert_true(browser_look(browser, browser_token(&two.token), &visit));
    assert_int_equal(casebook_web_password(browser->web, house->casebook, &home,
                                           browser_token(&two.token), STR("adi"), RIGHT, &three,
                                           &err),
                     SIGN_IN_DONE);
    assert_false(browser_look(browser, browser_token(&two.token), &visit));
}

static void abuse_42_idle_whole_and_logout(void **state)
{
    struct browser *browser = *state;
    struct house *house = browser->house;
    struct casebook_signed one, two;
    struct casebook_visit visit;
    struct err err = ERR_NONE;
    browser_sign_in(browser, &home, ADI, &one);
    house->clock.fixed_ms += 15 * MINUTE;
    assert_true(browser_look(browser, browser_token(&one.token), &visit));
    house->clock.fixed_ms += 15 * MINUTE + 1;
    assert_false(browser_look(browser, browser_token(&one.token), &visit));
    house->clock.fixed_ms -= 1;
    assert_false(
        browser_look(browser, browser_token(&one.token), &visit)); /* what ran out is gone */
    browser_sign_in(browser, &home, ADI, &one);
    for (int i = 0; i < 47; i++) {
        house->clock.fixed_ms += 10 * MINUTE;
        assert_true(browser_look(browser, browser_token(&one.token), &visit));
    }
    assert_int_equal(visit.end_ms - clock_now_ms(&house->clock), 10 * MINUTE);
    house->clock.fixed_ms += 10 * MINUTE;
    assert_false(browser_look(browser, browser_token(&one.token), &visit));
    browser_sign_in(browser, &home, ADI, &one);
    browser_sign_in(browser, &home, ADI, &two);
    assert_true(
        casebook_web_end(browser->web, house->casebook, browser_token(&one.token), END_THIS, &err));
    assert_false(browser_look(browser, browser_token(&one.token), &visit));
    assert_true(browser_look(browser, browser_token(&two.token), &visit));
    browser_sign_in(browser, &home, ADI, &one);
    assert_true(
        casebook_web_end(browser->web, house->casebook, browser_token(&one.token), END_ALL, &err));
    assert_false(browser_look(browser, browser_token(&two.token), &visit));
}

/* Between password and code there are ten minutes, and looking does not renew them. */
static void abuse_42_half_signed_in(void **state)
{
    struct browser *browser = *state;
    struct house *house = browser->house;
    struct casebook_signed one;
    struct casebook_visit visit;
    house_enrol(house, ADI, NULL);
    assert_int_equal(browser_password(browser, &home, "adi", RIGHT, &one), SIGN_IN_DONE);
    house->clock.fixed_ms += 9 * MINUTE;
    assert_true(browser_look(browser, browser_token(&one.token), &visit));
    assert_null(visit.session);
    house->clock.fixed_ms += 1 * MINUTE + 1;
    assert_false(browser_look(browser, browser_token(&one.token), &visit));
}

/* Abuse 7: rights that were taken are gone at the very next request. */
static void abuse_07_rights_taken_from_a_browser(void **state)
{
    struct browser *browser = *state;
    struct house *house = browser->house;
    struct casebook_signed one;
    struct casebook_visit visit;
    struct err err = ERR_NONE;
    browser_sign_in(browser, &home, ADI, &one);
    assert_true(browser_look(browser, browser_token(&one.token), &visit));
    assert_true(casebook_people_disable(house->casebook, STR("adi"), STR("mundur"), &err));
    assert_false(browser_look(browser, browser_token(&one.token), &visit));
    browser_sign_in(browser, &home, AYU, &one);
    assert_true(casebook_people_move(house->casebook, STR("ayu"), STR("Lembaga Lain Contoh"),
                                     ROLE_AUDITOR, STR(""), STR("pindah kerja"), &err));
    assert_string_equal(err.message, "");
    assert_false(browser_look(browser, browser_token(&one.token), &visit));
}

static void forms_hold_a_token_of_their_session(void **state)
{
    struct browser *browser = *state;
    struct casebook_signed one, two;
    struct casebook_visit visit, other;
    browser_sign_in(browser, &home, ADI, &one);
    browser_sign_in(browser, &home, ADI, &two);
    assert_true(browser_look(browser, browser_token(&one.token), &visit));
    assert_true(browser_look(browser, browser_token(&two.token), &other));
    assert_true(casebook_web_csrf_fits(&visit, str_of(visit.csrf)));
    assert_false(casebook_web_csrf_fits(&visit, str_of(other.csrf)));
    assert_false(casebook_web_csrf_fits(&visit, browser_token(&one.token)));
    assert_false(casebook_web_csrf_fits(&visit, STR("")));
}

static void a_new_password_ends_all_else(void **state)
{
    struct browser *browser = *state;
    struct house *house = browser->house;
    struct casebook_signed one, two, three;
    struct casebook_visit visit;
    struct err err = ERR_NONE;
    browser_sign_in(browser, &home, RANI, &one);
    browser_sign_in(browser, &home, RANI, &two);
    assert_int_equal(casebook_web_new_password(browser->web, house->casebook, &home,
                                               browser_token(&two.token), WRONG,
                                               STR("empat kata acak sekali"), &three, &err),
                     SIGN_IN_WRONG);
    assert_int_equal(casebook_web_new_password(browser->web, house->casebook, &home,
                                               browser_token(&two.token), RIGHT,
                                               STR("passwordpassword"), &three, &err),
                     SIGN_IN_REFUSED);
    assert_non_null(strstr(err.message, "tried first"));
    err = ERR_NONE;
    assert_int_equal(casebook_web_new_password(browser->web, house->casebook, &home,
                                               browser_token(&two.token), RIGHT,
                                               STR("empat kata acak sekali"), &three, &err),
                     SIGN_IN_DONE);
    assert_false(browser_look(browser, browser_token(&one.token), &visit));
    assert_false(browser_look(browser, browser_token(&two.token), &visit));
    assert_true(browser_look(browser, browser_token(&three.token), &visit));
    /* The same key, sealed by the new password. */
    assert_true(casebook_session_can_sign(visit.session));
    assert_int_equal(browser_password(browser, &home, "rani", RIGHT, &one), SIGN_IN_WRONG);
    assert_int_equal(browser_password(browser, &home, "rani", STR("empat kata acak sekali"), &one),
                     SIGN_IN_DONE);
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
    struct browser *browser = *state;
    struct house *house = browser->house;
    struct casebook_signed one;
    struct casebook_visit visit;
    struct casebook_recovery recovery;
    struct err err = ERR_NONE;
    browser_sign_in(browser, &home, ADI, &one);
    assert_true(casebook_factor_recovery(house->casebook, STR("adi"), &recovery, &err));
    assert_true(browser_look(browser, browser_token(&one.token), &visit));
    assert_true(holds(house, STR("adi")));
    assert_false(holds(house, browser_token(&one.token)));
    assert_false(holds(house, browser_token(&one.device)));
    assert_false(holds(house, str_of(visit.csrf)));
    assert_false(holds(house, str_of(house->factor[ADI])));
    assert_false(holds(house, str_of(recovery.code[0])));
    assert_false(holds(house, home.address));
}

static void nonsense_is_nobody(void **state)
{
    struct browser *browser = *state;
    struct house *house = browser->house;
    struct casebook_visit visit;
    struct casebook_signed out;
    struct err err = ERR_NONE;
    char huge[2000];
    memset(huge, 'A', sizeof huge);
    const struct str tokens[] = {STR(""), STR("x"), {huge, sizeof huge}, {huge, 43}, STR("\0\0\0")};
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        assert_false(browser_look(browser, tokens[i], &visit));
        assert_int_equal(browser_code(browser, &home, tokens[i], STR("123456"), &out),
                         SIGN_IN_WRONG);
        assert_true(casebook_web_end(browser->web, house->casebook, tokens[i], END_ALL, &err));
    }
    const struct casebook_caller odd = {.address = {huge, sizeof huge}, .device = {huge, 500}};
    assert_int_equal(casebook_web_password(browser->web, house->casebook, &odd,
                                           (struct str){huge, 43}, (struct str){huge, sizeof huge},
                                           (struct str){huge, sizeof huge}, &out, &err),
                     SIGN_IN_WRONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BROWSER_TEST(enrols_at_the_first_sign_in),
        BROWSER_TEST(a_session_moves_cases_and_a_restart_takes_its_key),
        BROWSER_TEST(abuse_41_session_fixation),
        BROWSER_TEST(abuse_42_idle_whole_and_logout),
        BROWSER_TEST(abuse_42_half_signed_in),
        BROWSER_TEST(abuse_07_rights_taken_from_a_browser),
        BROWSER_TEST(forms_hold_a_token_of_their_session),
        BROWSER_TEST(a_new_password_ends_all_else),
        BROWSER_TEST(secrets_at_rest),
        BROWSER_TEST(nonsense_is_nobody),
    };
    return cmocka_run_group_tests_name("browsers' sign-ins", tests, NULL, NULL);
}
