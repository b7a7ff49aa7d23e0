/* The rules that are shipped are those that come released for the demonstration. */
#include "filter/rule/release.h"

#include "filter/base/err.h"
#include "filter/rule/set.h"
#include "tests/filter/test.h"

static void shipped_rules_are_in_step(void **state)
{
    static const char *const folders[] = {"rules", "feeds/example", NULL};
    /* 2026-11-25T16:00:00Z: in the time of all of them. */
    const struct rule_set_options options = {.folders = folders,
                                             .clock = clock_fixed(1795622400000)};
    struct err err = ERR_NONE;
    struct hash release;
    size_t shipped = 0, wrong = 0;
    (void)state;
    struct rule_set *set = rule_set_load(&options, &err);
    if (set == NULL) {
        fail_msg("%s:%u: %s", err.file, err.line, err.message);
    }
    const struct rule_program *program = rule_set_program(set);
    for (size_t i = 0; i < program->rule_count; i++) {
        if (!rule_release_is_shipped(&program->rules[i]->release)) {
            print_message("%.*s was edited: run tests/generate/shipped\n",
                          STR_FORMAT(program->rules[i]->file));
            wrong++;
        }
    }
    while (rule_release_shipped(shipped, &release)) {
        shipped++;
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(shipped, program->rule_count);
    rule_set_unref(set);
}

static void another_is_not_shipped(void **state)
{
    (void)state;
    struct hash release = {.bytes = {1}};
    assert_false(rule_release_is_shipped(&release));
    assert_true(rule_release_shipped(0, &release));
    assert_true(rule_release_is_shipped(&release));
    release.bytes[HASH_BYTES - 1] ^= 1;
    assert_false(rule_release_is_shipped(&release));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_rules_are_in_step),
        cmocka_unit_test(another_is_not_shipped),
    };
    return cmocka_run_group_tests_name("release", tests, NULL, NULL);
}
