/* The rules that are shipped are those that come released for the demonstration. */
#include "filter/rule/release.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
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

/* A folder with one rule and what narrows it; the rule's release. */
static struct hash release_of(const char *filter, const char *list)
{
    static const char rule[] =
        "title: Uji\nid: 6f0f6a01-0000-4000-8000-000000000001\nname: uji\nstatus: stable\n"
        "logsource: { category: post }\ndescription: Undian rekaan.\ndetection:\n"
        "  isi: { 'text|words': [undian rekaan] }\n  condition: isi\nlevel: high\n"
        "basis:\n  class: fraud\n  evidence:\n    - { type: official, url: 'https://kpu.example/x',"
        " publisher: KPU Contoh, published: 2026-09-01, impersonates: KPU Contoh }\n"
        "  expires: 2027-06-30\ntests:\n  match: [{ text: undian rekaan tiga }]\n"
        "  pass: [{ text: kantor }]\n";
    char folder[] = "/tmp/saring-release.XXXXXX";
    const struct {
        const char *name, *text;
    } files[] = {{"uji.yml", rule}, {"saring.yml", filter}, {"lists/kata.txt", list}};
    struct buf path = BUF_EMPTY;
    struct err err = ERR_NONE;
    assert_non_null(mkdtemp(folder));
    buf_printf(&path, "%s/lists", folder);
    assert_int_equal(mkdir(path.bytes, 0700), 0);
    for (size_t i = 0; i < COUNT(files); i++) {
        buf_clear(&path);
        buf_printf(&path, "%s/%s", folder, files[i].name);
        assert_true(file_write(path.bytes, str_of(files[i].text), 0600, &err));
    }
    const struct rule_set_options options = {.folders = (const char *const[]){folder, NULL},
                                             .clock = clock_fixed(1795622400000)};
    struct rule_set *set = rule_set_load(&options, &err);
    if (set == NULL) {
        fail_msg("%s:%u: %s", err.file, err.line, err.message);
    }
    assert_int_equal(rule_set_program(set)->rule_count, 1);
    struct hash release = rule_set_program(set)->rules[0]->release;
    rule_set_unref(set);
    buf_clear(&path);
    buf_printf(&path, "rm -r %s", folder);
    assert_int_equal(system(path.bytes), 0); /* NOLINT(cert-env33-c): a folder of our own */
    buf_fini(&path);
    return release;
}

#define FILTER(words)                                                                              \
    "title: Saringan\nid: 6f0f6a01-0000-4000-8000-000000000002\nlogsource: { category: post }\n"   \
    "filter:\n  rules: [uji]\n  kata: { 'text|contains" words " }\n  condition: kata\n"

/* What was released is the rule as it was filtered then: another filter makes it another one. */
static void a_filter_is_part_of_it(void **state)
{
    (void)state;
    struct hash narrow = release_of(FILTER("': [satu, dua]"), "x\n");
    struct hash again = release_of(FILTER("': [satu, dua]"), "y\n");
    struct hash wide = release_of(FILTER("': [satu]"), "x\n");
    struct hash of_list = release_of(FILTER("|expand': '%kata%'"), "satu\n");
    struct hash of_longer_list = release_of(FILTER("|expand': '%kata%'"), "satu\ndua\n");
    assert_memory_equal(&narrow, &again, sizeof narrow);
    assert_memory_not_equal(&narrow, &wide, sizeof narrow);
    assert_memory_not_equal(&narrow, &of_list, sizeof narrow);
    assert_memory_not_equal(&of_list, &of_longer_list, sizeof of_list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_rules_are_in_step),
        cmocka_unit_test(another_is_not_shipped),
        cmocka_unit_test(a_filter_is_part_of_it),
    };
    return cmocka_run_group_tests_name("release", tests, NULL, NULL);
}
