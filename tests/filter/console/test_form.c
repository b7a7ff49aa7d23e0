#include "filter/console/form.h"

#include <stdlib.h>

#include "tests/filter/test.h"

struct form_case {
    const char *name;
    struct str body;
    enum form_fault fault;
    const char *first; /* the value of "a", if it is fine */
};

static const struct form_case bodies[] = {
    {"empty", STR(""), FORM_FINE, ""},
    {"one", STR("a=b"), FORM_FINE, "b"},
    {"white space at both ends", STR("a=+b%20"), FORM_FINE, "b"},
    {"encoded", STR("a=%E2%80%A6%26%3D"), FORM_FINE, "\xe2\x80\xa6&="},
    {"lines of a text area", STR("a=x%0D%0Ay%0Dz"), FORM_FINE, "x\ny\nz"},
    {"no value", STR("a"), FORM_FINE, ""},
    {"nothing between", STR("&&a=b&"), FORM_FINE, "b"},
    {"a sign in a value", STR("a=b=c"), FORM_FINE, "b=c"},
    {"a NUL", STR("a=%00"), FORM_MALFORMED, NULL},
    {"bad UTF-8", STR("a=%ff"), FORM_MALFORMED, NULL},
    {"half an escape", STR("a=%e"), FORM_MALFORMED, NULL},
    {"no escape", STR("a=%zz"), FORM_MALFORMED, NULL},
    {"bad UTF-8 in a name", STR("%ff=a"), FORM_MALFORMED, NULL},
};

static void check_body(void **state)
{
    const struct form_case *one = *state;
    struct arena *arena = arena_new(1 << 20);
    struct form *form = calloc(1, sizeof *form);
    assert_int_equal(form_parse(one->body, arena, form), one->fault);
    if (one->first != NULL) {
        assert_true(str_is(form_get(form, "a"), one->first));
    }
    free(form);
    arena_free(arena);
}

struct check_case {
    const char *name;
    struct str body;
    enum form_fault fault;
    const char *field;
};

static const struct form_field fields[] = {
    {"a", 3, false}, {"list", 3, true}, {"version-*", 2, false}, {NULL, 0, false}};
static const struct form_field always[] = {{"token", 4, false}, {NULL, 0, false}};

static const struct check_case checks[] = {
    {"known ones", STR("a=1&token=x&list=1&list=2"), FORM_FINE, ""},
    {"of a family", STR("version-1=1&version-22=2"), FORM_FINE, ""},
    {"a family's name alone", STR("version=1"), FORM_UNKNOWN, "version"},
    {"an unknown one", STR("a=1&role=admin"), FORM_UNKNOWN, "role"},
    {"brackets", STR("a[]=1"), FORM_UNKNOWN, "a[]"},
    {"twice", STR("a=1&a=2"), FORM_REPEATED, "a"},
    {"a token twice", STR("token=1&token=2"), FORM_REPEATED, "token"},
    {"too long", STR("a=1234"), FORM_TOO_LONG, "a"},
    {"too long in a list", STR("list=1&list=1234"), FORM_TOO_LONG, "list"},
};

static void check_fields(void **state)
{
    const struct check_case *one = *state;
    struct arena *arena = arena_new(1 << 20);
    struct form *form = calloc(1, sizeof *form);
    struct str name;
    assert_int_equal(form_parse(one->body, arena, form), FORM_FINE);
    assert_int_equal(form_check(form, fields, always, &name), one->fault);
    assert_true(str_is(name, one->field));
    free(form);
    arena_free(arena);
}

static void numbers_are_whole(void **state)
{
    static const struct {
        struct str body;
        int64_t number;
    } cases[] = {{STR("a=12"), 12}, {STR("a=0"), 0},   {STR("a=-1"), 0},
                 {STR("a=01"), 0},  {STR("a=1x"), 0},  {STR("a=1234567890123456789"), 0},
                 {STR("b=1"), 0},   {STR("a=+7+"), 7}, {STR("a="), 0}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena *arena = arena_new(1 << 16);
        struct form *form = calloc(1, sizeof *form);
        assert_int_equal(form_parse(cases[i].body, arena, form), FORM_FINE);
        assert_int_equal(form_number(form, "a"), cases[i].number);
        free(form);
        arena_free(arena);
    }
}

static void too_many_values(void **state)
{
    char body[2 * FORM_MOST_FIELDS + 3];
    struct arena *arena = arena_new(1 << 20);
    struct form *form = calloc(1, sizeof *form);
    (void)state;
    for (size_t i = 0; i < sizeof body - 1; i++) {
        body[i] = i % 2 == 0 ? 'a' : '&';
    }
    body[sizeof body - 1] = '\0';
    assert_int_equal(form_parse(str_of(body), arena, form), FORM_MALFORMED);
    free(form);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_whole),
        cmocka_unit_test(too_many_values),
    };
    return cmocka_run_group_tests_name("form", tests, NULL, NULL) |
           RUN_CASES("form_parse", bodies, check_body) |
           RUN_CASES("form_check", checks, check_fields);
}
