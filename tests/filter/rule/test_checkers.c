#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/rule/checkers.h"
#include "tests/filter/test.h"

static void remove_folder(const char *folder)
{
    struct buf command = BUF_EMPTY;
    buf_printf(&command, "rm -rf '%s'", folder);
    assert_int_equal(system(command.bytes), 0);
    buf_fini(&command);
}

/* The checkers of a folder with this list; NULL with the error. */
static struct rule_checkers *load(const char *list, struct err *err)
{
    char folder[] = "/tmp/saring-checkers.XXXXXX";
    struct buf path = BUF_EMPTY;
    assert_non_null(mkdtemp(folder));
    buf_printf(&path, "%s/allow", folder);
    assert_int_equal(mkdir(path.bytes, 0755), 0);
    buf_put_string(&path, "/fact-checkers.txt");
    assert_true(file_write(path.bytes, str_of(list), 0644, err));
    struct rule_checkers *checkers =
        rule_checkers_load((const char *const[]){"/nonexistent", folder, NULL}, err);
    buf_fini(&path);
    remove_folder(folder);
    return checkers;
}

static const struct of_case {
    const char *name, *url, *of;
} of_cases[] = {
    {"its site", "https://periksa.example/1", "Periksa"},
    {"below its site", "https://www.periksa.example/1", "Periksa"},
    {"the longest site decides", "https://cek.periksa.example/1", "Cek"},
    {"a name that ends alike", "https://bukanperiksa.example/1", ""},
    {"plain http", "http://periksa.example/1", ""},
    {"a user in front", "https://periksa.example@lain.example/1", ""},
    {"a port", "https://periksa.example:444/1", ""},
    {"nobody's", "https://lain.example/1", ""},
    {"no address", "periksa.example", ""},
};

static void test_of(void **state)
{
    const struct of_case *one = *state;
    struct err err = ERR_NONE;
    struct rule_checkers *checkers =
        load("# pemeriksa\nperiksa.example\tPeriksa\ncek.periksa.example\tCek\n", &err);
    assert_non_null(checkers);
    struct str of = rule_checkers_of(checkers, str_of(one->url));
    assert_true(str_is(of, one->of));
    rule_checkers_free(checkers);
}

static void test_bad_lists(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    assert_null(load("periksa.example\tPeriksa\nkominfo.go.id\tKominfo\n", &err));
    assert_int_equal(err.line, 2);
    assert_string_equal(
        err.message,
        "'kominfo.go.id' belongs to a state; only independent fact-checkers can stand here");
}

static const struct rating_case {
    const char *name, *rating;
    bool is_false;
} rating_cases[] = {
    {"Salah", "Salah", true},
    {"in brackets", "[SALAH]", true},
    {"Tidak benar", "Tidak Benar", true},
    {"False", "False", true},
    {"misleading", "Menyesatkan", false},
    {"partly", "Sebagian salah", false},
    {"missing context", "Hilang konteks", false},
    {"true", "Benar", false},
    {"nothing", "", false},
    {"empty brackets", "[]", false},
};

static void test_rating(void **state)
{
    const struct rating_case *one = *state;
    assert_int_equal(rule_rating_is_false(str_of(one->rating)), one->is_false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bad_lists)};
    return RUN_CASES("rule_checkers_of", of_cases, test_of) +
           RUN_CASES("rule_rating_is_false", rating_cases, test_rating) +
           cmocka_run_group_tests_name("rule_checkers_load", tests, NULL, NULL);
}
