#include "filter/rule/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/filter/test.h"

struct path {
    const char *name;
    const char *path;
    bool is_kept;
};

/* A snapshot comes back from a database: what it names must stay below its folder. */
static const struct path paths[] = {
    {"a rule", "fraud/undian.yml", true},
    {"a list", "lists/kata.txt", true},
    {"who may rate claims", "allow/fact-checkers.txt", true},
    {"a list elsewhere", "fraud/kata.txt", false},
    {"another file", "fraud/undian.c", false},
    {"the sources", "sources.yml", false},
    {"the protected list", "protected/press.txt", false},
    {"a speech sample", "speech/uji.yml", false},
    {"a template", "templates/fraud.yml", false},
    {"nothing", "", false},
    {"from the root", "/etc/x.yml", false},
    {"the way up", "../x.yml", false},
    {"the way up from below", "fraud/../../x.yml", false},
    {"a dot file", "fraud/.x.yml", false},
};

static void test_path(void **state)
{
    const struct path *test = *state;
    struct rule_snapshot snapshot = {.files = NULL};
    assert_int_equal(rule_snapshot_add(&snapshot, 0, str_of(test->path), STR("isi")),
                     test->is_kept);
    assert_int_equal(snapshot.count, test->is_kept);
    rule_snapshot_fini(&snapshot);
}

static void there_and_back(void **state)
{
    (void)state;
    char root[] = "/tmp/saring-snapshot-XXXXXX", command[64];
    struct rule_snapshot first = {.files = NULL}, second = {.files = NULL}, third = first;
    struct err err = ERR_NONE;
    struct buf path = BUF_EMPTY;
    assert_non_null(mkdtemp(root));
    const char *folders[] = {root, NULL};
    assert_true(rule_snapshot_add(&first, 0, STR("lists/kata.txt"), STR("kata")));
    assert_true(rule_snapshot_add(&first, 0, STR("fraud/dalam/a.yml"), STR("satu")));
    assert_string_equal(first.files[0].path, "fraud/dalam/a.yml"); /* in order */
    assert_true(rule_snapshot_add(&second, 0, STR("lists/kata.txt"), STR("lain")));
    assert_true(rule_snapshot_write(folders, &first, &third, &err));
    assert_true(rule_snapshot_read(folders, &third, &err));
    assert_int_equal(third.count, 2);
    assert_int_equal(third.files[0].owner, getuid());
    struct hash one = rule_snapshot_hash(&first), two = rule_snapshot_hash(&third);
    assert_memory_equal(&one, &two, sizeof one);

    assert_true(rule_snapshot_write(folders, &second, &third, &err));
    rule_snapshot_fini(&third);
    assert_true(rule_snapshot_read(folders, &third, &err));
    assert_int_equal(third.count, 1);
    assert_string_equal(third.files[0].bytes, "lain");
    assert_null(rule_snapshot_find(&third, 0, "fraud/dalam/a.yml"));
    two = rule_snapshot_hash(&third);
    assert_memory_not_equal(&one, &two, sizeof one);

    /* A file where a folder must be: nothing is written past it. */
    buf_printf(&path, "%s/fraud/dalam", root);
    assert_int_equal(rmdir(path.bytes), 0);
    assert_true(file_write(path.bytes, STR("x"), 0600, &err));
    assert_false(rule_snapshot_write(folders, &first, &third, &err));
    snprintf(command, sizeof command, "rm -rf %s", root);
    assert_int_equal(system(command), 0);
    err = ERR_NONE;
    rule_snapshot_fini(&third);
    assert_false(rule_snapshot_read(folders, &third, &err));
    buf_fini(&path);
    rule_snapshot_fini(&first);
    rule_snapshot_fini(&second);
    rule_snapshot_fini(&third);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(there_and_back)};
    return RUN_CASES("paths of a snapshot", paths, test_path) +
           cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
