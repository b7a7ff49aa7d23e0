/* A house with a door for browsers: what tests of their sign-ins share. */
#pragma once

#include "filter/casebook/web.h"
#include "tests/filter/casebook/house.h"

#define RIGHT STR("sandi yang panjang")
#define WRONG STR("sandi yang keliru")

static const struct casebook_caller home = {.address = STR("192.0.2.7")};
static const struct casebook_caller stranger = {.address = STR("198.51.100.9")};

struct browser {
    struct house *house;
    struct casebook_web *web;
};

/* A test that finds one as its state. */
#define BROWSER_TEST(name) cmocka_unit_test_setup_teardown(name, browser_open, browser_close)
int browser_open(void **state);
int browser_close(void **state);

/* The server starts anew: what it had in memory alone is gone. */
void browser_restart(struct browser *browser);

struct str browser_token(const struct casebook_token *token);

/* As casebook_web_password and the like; no error may come of them. */
enum casebook_sign_in browser_password(struct browser *browser,
                                       const struct casebook_caller *caller, const char *name,
                                       struct str word, struct casebook_signed *out);
enum casebook_sign_in browser_code(struct browser *browser, const struct casebook_caller *caller,
                                   struct str token, struct str code, struct casebook_signed *out);
bool browser_look(struct browser *browser, struct str token, struct casebook_visit *visit);

/* In, as from `caller`; moves the clock on, so that each code is of a step of its own. */
void browser_sign_in(struct browser *browser, const struct casebook_caller *caller,
                     enum house_name who, struct casebook_signed *out);
