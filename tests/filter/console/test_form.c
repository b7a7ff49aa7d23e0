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

static const struct form_case json_bodies[] = {
    {"an object", STR("{\"a\":\"b\"}"), FORM_FINE, "b"},
    {"no member", STR("{}"), FORM_FINE, ""},
    {"a number", STR("{\"a\":12}"), FORM_FINE, "12"},
    {"a negative number", STR("{\"a\":-1}"), FORM_FINE, "-1"},
    {"line ends", STR("{\"a\":\"x\\r\\ny\\rz\"}"), FORM_FINE, "x\ny\nz"},
    {"escapes", STR("{\"a\":\"\\u2026&=\"}"), FORM_FINE, "\xe2\x80\xa6&="},
    {"an array", STR("{\"a\":[\"b\",2]}"), FORM_FINE, "b"},
    {"an empty array", STR("{\"a\":[]}"), FORM_FINE, ""},
    {"nothing", STR(""), FORM_MALFORMED, NULL},
    {"an array of all", STR("[\"a\"]"), FORM_MALFORMED, NULL},
    {"a text", STR("\"a\""), FORM_MALFORMED, NULL},
    {"true", STR("{\"a\":true}"), FORM_MALFORMED, NULL},
    {"null", STR("{\"a\":null}"), FORM_MALFORMED, NULL},
    {"a fraction", STR("{\"a\":1.5}"), FORM_MALFORMED, NULL},
    {"an object within", STR("{\"a\":{\"b\":\"c\"}}"), FORM_MALFORMED, NULL},
    {"an array within an array", STR("{\"a\":[[\"b\"]]}"), FORM_MALFORMED, NULL},
    {"a name twice", STR("{\"a\":\"b\",\"a\":\"c\"}"), FORM_MALFORMED, NULL},
    {"a NUL", STR("{\"a\":\"\\u0000\"}"), FORM_MALFORMED, NULL},
    {"bad UTF-8", STR("{\"a\":\"\xff\"}"), FORM_MALFORMED, NULL},
    {"half a pair", STR("{\"a\":\"\\ud800\"}"), FORM_MALFORMED, NULL},
    {"something behind it", STR("{\"a\":\"b\"} x"), FORM_MALFORMED, NULL},
    {"cut short", STR("{\"a\":\"b"), FORM_MALFORMED, NULL},
    {"a form", STR("a=b"), FORM_MALFORMED, NULL},
};

static void check_json_body(void **state)
{
    const struct form_case *one = *state;
    struct arena *arena = arena_new(1 << 20);
    struct form *form = calloc(1, sizeof *form);
    assert_int_equal(form_parse_json(one->body, arena, form), one->fault);
    if (one->first != NULL) {
        assert_true(str_is(form_get(form, "a"), one->first));
    }
    free(form);
    arena_free(arena);
}

/* An array of one is no text either: the schema says so. */
static void an_array_is_for_lists(void **state)
{
    static const struct form_field two[] = {{"a", 9, false}, {"l", 9, true}, {NULL, 0, false}};
    struct arena *arena = arena_new(1 << 20);
    struct form *form = calloc(1, sizeof *form);
    struct str name;
    (void)state;
    assert_int_equal(form_parse_json(STR("{\"l\":[\"b\",\"c\"]}"), arena, form), FORM_FINE);
    assert_int_equal(form_check(form, two, NULL, &name), FORM_FINE);
    assert_int_equal(form_parse_json(STR("{\"a\":[\"b\"]}"), arena, form), FORM_FINE);
    assert_int_equal(form_check(form, two, NULL, &name), FORM_REPEATED);
    assert_int_equal(form_parse_json(STR("{\"x\":\"b\"}"), arena, form), FORM_FINE);
    assert_int_equal(form_check(form, two, NULL, &name), FORM_UNKNOWN);
    free(form);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_whole),
        cmocka_unit_test(an_array_is_for_lists),
        cmocka_unit_test(too_many_values),
    };
    return cmocka_run_group_tests_name("form", tests, NULL, NULL) |
           RUN_CASES("form_parse", bodies, check_body) |
           RUN_CASES("form_parse_json", json_bodies, check_json_body) |
           RUN_CASES("form_check", checks, check_fields);
}
