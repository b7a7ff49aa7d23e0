#include "tests/filter/casebook/browser.h"

#include <stdlib.h>

#include "filter/base/mem.h"

int browser_open(void **state)
{
    struct browser *browser = mem_alloc(sizeof *browser);
    browser->house = house_build_with_people();
    browser->web = casebook_web_new();
    *state = browser;
    return 0;
}

int browser_close(void **state)
{
    struct browser *browser = *state;
    casebook_web_free(browser->web);
    house_tear_down(browser->house);
    free(browser);
    return 0;
}

void browser_restart(struct browser *browser)
{
    casebook_web_free(browser->web);
    browser->web = casebook_web_new();
}

struct str browser_token(const struct casebook_token *token)
{
    return str_of(token->text);
}

enum casebook_sign_in browser_password(struct browser *browser,
                                       const struct casebook_caller *caller, const char *name,
                                       struct str word, struct casebook_signed *out)
{
    struct err err = ERR_NONE;
    enum casebook_sign_in answer = casebook_web_password(
        browser->web, browser->house->casebook, caller, STR(""), str_of(name), word, out, &err);
    assert_string_equal(err.message, "");
    return answer;
}

enum casebook_sign_in browser_code(struct browser *browser, const struct casebook_caller *caller,
                                   struct str token, struct str code, struct casebook_signed *out)
{
    struct err err = ERR_NONE;
    enum casebook_sign_in answer =
        casebook_web_code(browser->web, browser->house->casebook, caller, token, code, out, &err);
    assert_string_equal(err.message, "");
    return answer;
}

bool browser_look(struct browser *browser, struct str token, struct casebook_visit *visit)
{
    struct err err = ERR_NONE;
    bool found;
    assert_true(
        casebook_web_find(browser->web, browser->house->casebook, token, visit, &found, &err));
    assert_string_equal(err.message, "");
    return found;
}

void browser_sign_in(struct browser *browser, const struct casebook_caller *caller,
                     enum house_name who, struct casebook_signed *out)
{
    struct house *house = browser->house;
    char code[8];
    house->clock.fixed_ms += MINUTE;
    if (house->factor[who][0] == '\0') {
        house_enrol(house, who, NULL);
        house->clock.fixed_ms += MINUTE;
    }
    assert_int_equal(browser_password(browser, caller, house_names[who], RIGHT, out), SIGN_IN_DONE);
    assert_int_equal(out->stage, STAGE_CODE);
    struct casebook_token before = out->token;
    house_code(house, who, 0, code);
    assert_int_equal(browser_code(browser, caller, browser_token(&before), str_of(code), out),
                     SIGN_IN_DONE);
    assert_int_equal(out->stage, STAGE_IN);
}
