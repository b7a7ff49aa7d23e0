/* How large and how deep rules may be, and that one bad rule of a file does not hide the next. */
#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "filter/rule/findings.h"
#include "filter/rule/language.h"
#include "filter/rule/limits.h"
#include "filter/rule/nearest.h"
#include "filter/rule/program.h"
#include "filter/rule/rule.h"
#include "tests/filter/test.h"

static void put_times(struct buf *out, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        buf_put_string(out, text);
    }
}

/* Loads "title: t", then the rest; the first error is at `line` and says `message` somewhere. */
static void must_fail(const char *rest, unsigned line, const char *message)
{
    struct rule_language *language = rule_language_new();
    struct buf yaml = BUF_EMPTY;
    struct err err = ERR_NONE;
    buf_put_string(&yaml, "title: t\n");
    buf_put_string(&yaml, rest);
    assert_false(rule_language_add(language, "large.yml", buf_str(&yaml), &err));
    assert_string_equal(err.file, "large.yml");
    if (strstr(err.message, message) == NULL || err.line != line) {
        fail_msg("line %u: %s", err.line, err.message);
    }
    buf_fini(&yaml);
    rule_language_free(language);
}

static void test_brackets(void **state)
{
    (void)state;
    struct buf rest = BUF_EMPTY;
    buf_put_string(&rest, "detection:\n  a: { x: 1 }\n  condition: '");
    put_times(&rest, "(", 8000);
    buf_put_char(&rest, 'a');
    put_times(&rest, ")", 8000);
    buf_put_string(&rest, "'\n");
    must_fail(rest.bytes, 4, "nest deeper than 64");
    buf_fini(&rest);
}

static void test_many_brackets(void **state)
{
    (void)state;
    struct buf rest = BUF_EMPTY;
    buf_put_string(&rest, "detection:\n  a: { x: 1 }\n  condition: '");
    put_times(&rest, "(", 100000);
    buf_put_string(&rest, "a'\n");
    must_fail(rest.bytes, 4, "a condition of 100001 bytes; at most 16384");
    buf_clear(&rest);
    buf_put_string(&rest, "detection: ");
    put_times(&rest, "[", 100000);
    must_fail(rest.bytes, 2, "nested deeper than 64 levels");
    buf_clear(&rest);
    buf_put_string(&rest, "detection: { a: { 'x|re': '");
    put_times(&rest, "(", 4000);
    buf_put_string(&rest, "' }, condition: a }\n");
    must_fail(rest.bytes, 2, "parentheses are too deeply nested");
    buf_fini(&rest);
}

static void test_large_file(void **state)
{
    (void)state;
    struct buf rest = BUF_EMPTY;
    put_times(&rest, "# x\n", RULE_FILE_MAX / 4);
    must_fail(rest.bytes, 0, "a rule file has at most 1048576, split it");
    buf_fini(&rest);
}

static void test_many_searches(void **state)
{
    (void)state;
    struct buf rest = BUF_EMPTY;
    buf_put_string(&rest, "detection:\n  condition: 1 of them\n");
    for (int i = 0; i <= RULE_SEARCHES_MAX; i++) {
        buf_printf(&rest, "  s%d: { x: %d }\n", i, i);
    }
    must_fail(rest.bytes, 4 + RULE_SEARCHES_MAX, "more than 1024 search identifiers");
    buf_fini(&rest);
}

/* Short to write, huge when written out: what a YAML alias bomb would be, by means of conditions.
 */
static void test_condition_bomb(void **state)
{
    (void)state;
    struct buf rest = BUF_EMPTY;
    buf_put_string(&rest, "detection:\n  condition: ");
    put_times(&rest, "1 of s* or ", 600);
    buf_put_string(&rest, "s0\n");
    for (int i = 0; i < 1000; i++) {
        buf_printf(&rest, "  s%d: { x: %d }\n", i, i);
    }
    must_fail(rest.bytes, 3, "too large when written out");
    buf_fini(&rest);
}

static void test_expand_bomb(void **state)
{
    (void)state;
    struct rule_language *language = rule_language_new();
    struct buf text = BUF_EMPTY;
    struct err err = ERR_NONE;
    for (int i = 0; i < RULE_VALUES_MAX; i++) {
        buf_printf(&text, "kata%d\n", i);
    }
    assert_true(rule_language_list(language, "large", buf_str(&text), &err));
    assert_false(rule_language_list(language, "large", STR("satu lagi\n"), &err));
    assert_int_equal(err.line, 1);
    assert_non_null(strstr(err.message, "more than 100000 values in list 'large'"));
    err = ERR_NONE;
    buf_clear(&text);
    buf_put_string(&text, "title: t\ndetection:\n  condition: 1 of them\n");
    for (int i = 0; i < 6; i++) {
        buf_printf(&text, "  s%d: { 'x%d|expand': '%%large%%' }\n", i, i);
    }
    assert_false(rule_language_add(language, "bomb.yml", buf_str(&text), &err));
    assert_non_null(strstr(err.message, "too large when written out"));
    buf_fini(&text);
    rule_language_free(language);
}

/* A bad rule is left out; those before and behind it in the file are there. */
static void test_neighbours(void **state)
{
    (void)state;
    struct rule_language *language = rule_language_new();
    struct err err = ERR_NONE;
    struct str yaml = STR("title: satu\nid: b\ndetection: { a: { x: 1 }, condition: a }\n---\n"
                          "title: dua\ndetection: { a: { x: 1 }, condition: b }\n---\n"
                          "title: tiga\nid: a\ndetection: { a: { x: 2 }, condition: a }\n");
    assert_false(rule_language_add(language, "three.yml", yaml, &err));
    assert_int_equal(err.line, 6);
    const struct rule_program *program = rule_language_program(language);
    assert_non_null(program);
    assert_int_equal(program->rule_count, 2);
    assert_true(str_is(program->rules[0]->title, "tiga"));
    assert_true(str_is(program->rules[1]->title, "satu"));
    assert_int_equal(program->rules[1]->line, 1);
    assert_int_equal(program->rules[0]->line, 8);
    rule_language_free(language);
}

/* Layout, comments and quotes are not what a rule says; a value is. */
static void test_content(void **state)
{
    (void)state;
    static const char *const same[] = {
        "title: t\nid: a\ndetection:\n  a:\n    x: satu\n  condition: a\n",
        "# komentar\n\"title\": 't'\nid: a\ndetection: { a: { x: \"satu\" }, condition: a }\n",
    };
    struct hash hashes[3];
    for (int i = 0; i < 3; i++) {
        struct rule_language *language = rule_language_new();
        struct err err = ERR_NONE;
        struct str yaml =
            i < 2 ? str_of(same[i])
                  : STR("title: t\nid: a\ndetection: { a: { x: dua }, condition: a }\n");
        assert_true(rule_language_add(language, "t.yml", yaml, &err));
        const struct rule_program *program = rule_language_program(language);
        assert_non_null(program);
        hashes[i] = program->rules[0]->content;
        rule_language_free(language);
    }
    assert_memory_equal(&hashes[0], &hashes[1], sizeof hashes[0]);
    assert_memory_not_equal(&hashes[0], &hashes[2], sizeof hashes[0]);
}

static void test_nearest(void **state)
{
    (void)state;
    static const char *const names[] = {"contains", "all", "re", NULL};
    assert_string_equal(rule_nearest(STR("contain"), names), "contains");
    assert_string_equal(rule_nearest(STR("al"), names), "all");
    assert_null(rule_nearest(STR("x"), names));
    assert_null(rule_nearest(STR(""), names));
    assert_null(rule_nearest(STR("zzzzzzzzzzzz"), names));
    assert_int_equal(rule_distance(STR("kpu"), STR("kpud")), 1);
    assert_int_equal(rule_distance(STR(""), STR("abc")), 3);
    assert_int_equal(rule_distance(STR("kursi"), STR("kulit")), 3);
}

/* A cut value ends between letters. */
static void test_shown(void **state)
{
    (void)state;
    struct buf text = BUF_EMPTY;
    buf_put_char(&text, 'x');
    put_times(&text, "é", 40);
    assert_int_equal(rule_shown(buf_str(&text)).len, 59);
    assert_int_equal(rule_shown(STR("pendek")).len, 6);
    buf_fini(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_brackets),       cmocka_unit_test(test_many_brackets),
        cmocka_unit_test(test_large_file),     cmocka_unit_test(test_many_searches),
        cmocka_unit_test(test_condition_bomb), cmocka_unit_test(test_expand_bomb),
        cmocka_unit_test(test_neighbours),     cmocka_unit_test(test_content),
        cmocka_unit_test(test_nearest),        cmocka_unit_test(test_shown),
    };
    return cmocka_run_group_tests_name("the rule language alone", tests, NULL, NULL);
}
