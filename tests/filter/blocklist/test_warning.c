#include "filter/blocklist/warning.h"

#include <stdio.h>
#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/blocklist/guard.h"
#include "filter/blocklist/list.h"
#include "tests/filter/blocklist/sample.h"
#include "tests/filter/test.h"

static char folder[] = "/tmp/saring-warning.XXXXXX";
static struct buf file = BUF_EMPTY;

static int make_folder(void **state)
{
    (void)state;
    struct buf command = BUF_EMPTY;
    assert_non_null(mkdtemp(folder));
    buf_printf(&command, "mkdir -p %s/warnings %s/protected", folder, folder);
    assert_int_equal(system(command.bytes), 0);
    buf_printf(&file, "%s/warnings/uji.json", folder);
    buf_fini(&command);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    struct buf command = BUF_EMPTY;
    buf_printf(&command, "rm -r %s", folder);
    assert_int_equal(system(command.bytes), 0);
    buf_fini(&command);
    buf_fini(&file);
    return 0;
}

static struct blocklist_warnings *load(const char *json, struct err *err)
{
    struct err why = ERR_NONE;
    assert_true(file_write(file.bytes, str_of(json), 0600, &why));
    return blocklist_warnings_load((const char *const[]){folder, "/nonexistent", NULL}, err);
}

#define LIST(type, list) "{\"name\":\"Uji\",\"type\":\"" type "\",\"list\":[" list "]}"
#define ABOUT(type, list, attributes)                                                              \
    "{\"name\":\"Uji\",\"type\":\"" type "\",\"matching_attributes\":[" attributes                 \
    "],\"list\":[" list "]}"

static const struct check_case {
    const char *name, *json;
    enum blocklist_scope scope;
    const char *target; /* canonical */
    bool is_narrow, is_hit;
} checks[] = {
    {"a string", LIST("string", "\"kampus.example\""), BLOCKLIST_DOMAIN, "kampus.example", 0, 1},
    {"another name", LIST("string", "\"kampus.example\""), BLOCKLIST_DOMAIN, "bukankampus.example",
     0, 0},
    {"below a name", LIST("string", "\"kampus.example\""), BLOCKLIST_HOST, "www.kampus.example", 0,
     1},
    {"a domain above a name", LIST("string", "\"www.kampus.example\""), BLOCKLIST_DOMAIN,
     "kampus.example", 0, 1},
    {"a host above a name", LIST("string", "\"www.kampus.example\""), BLOCKLIST_HOST,
     "kampus.example", 0, 0},
    {"a dot in front", LIST("hostname", "\".bank.example\""), BLOCKLIST_HOST, "x.bank.example", 0,
     1},
    {"capitals and a trailing dot", LIST("hostname", "\"Bank.Example.\""), BLOCKLIST_HOST,
     "bank.example", 0, 1},
    {"a U-label", LIST("hostname", "\"b\xc3\xa9rita.example\""), BLOCKLIST_HOST,
     "xn--brita-bsa.example", 0, 1},
    {"a URL for a host", LIST("hostname", "\"https://bank.example/\""), BLOCKLIST_HOST,
     "bank.example", 0, 1},
    {"below a public suffix", LIST("hostname", "\"co.id\""), BLOCKLIST_DOMAIN, "tipu.co.id", 0, 0},
    {"a URL below a name", LIST("hostname", "\"bank.example\""), BLOCKLIST_URL,
     "https://bank.example/masuk", 0, 1},
    {"one page of a shared host", LIST("hostname", "\"bank.example\""), BLOCKLIST_URL,
     "https://bank.example/masuk", 1, 0},
    {"that very URL", LIST("string", "\"https://bank.example/masuk\""), BLOCKLIST_URL,
     "https://bank.example/masuk", 1, 1},
    {"a substring", LIST("substring", "\"BANK\""), BLOCKLIST_DOMAIN, "mybank.example", 0, 1},
    {"a substring of the path", LIST("substring", "\"/masuk\""), BLOCKLIST_URL,
     "https://a.example/masuk/1", 0, 1},
    {"a regex", LIST("regex", "\"^bank[0-9]+\\\\.example$\""), BLOCKLIST_DOMAIN, "bank12.example",
     0, 1},
    {"a regex as PHP writes it", LIST("regex", "\"/^bank[0-9]+\\\\./i\""), BLOCKLIST_DOMAIN,
     "bank12.example", 0, 1},
    {"a regex that is anchored at the host of a URL", LIST("regex", "\"^bank\""), BLOCKLIST_URL,
     "https://bank.example/x", 0, 1},
    {"a regex that does not match", LIST("regex", "\"^bank$\""), BLOCKLIST_DOMAIN, "bank.example",
     0, 0},
    {"a regex that explodes", LIST("regex", "\"^(a+)+$\""), BLOCKLIST_DOMAIN,
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example", 0, 1},
    {"an address in a range", LIST("cidr", "\"192.0.2.0/24\""), BLOCKLIST_HOST, "192.0.2.7", 0, 1},
    {"an IPv6 address in a range", LIST("cidr", "\"2001:db8::/32\""), BLOCKLIST_HOST,
     "[2001:db8::1]", 0, 1},
    {"an address out of it", LIST("cidr", "\"192.0.2.0/24\""), BLOCKLIST_HOST, "192.0.3.7", 0, 0},
    {"a list about hashes", ABOUT("string", "\"bank.example\"", "\"md5\",\"sha1\""),
     BLOCKLIST_DOMAIN, "bank.example", 0, 0},
    {"a list about names, asked of a URL", ABOUT("string", "\"bank.example\"", "\"domain\""),
     BLOCKLIST_URL, "https://bank.example/x", 0, 0},
    {"a list about names, asked of a name", ABOUT("string", "\"bank.example\"", "\"domain\""),
     BLOCKLIST_HOST, "bank.example", 0, 1},
    {"an empty list", LIST("string", ""), BLOCKLIST_DOMAIN, "bank.example", 0, 0},
};

static void check(void **state)
{
    const struct check_case *one = *state;
    struct err err = ERR_NONE;
    struct blocklist_warnings *warnings = load(one->json, &err);
    assert_non_null(warnings);
    bool is_url = strstr(one->target, "://") != NULL;
    struct str url = str_of(is_url ? one->target : ""), host = str_of(one->target);
    if (is_url) {
        const char *start = one->target + strlen("https://");
        host = (struct str){start, strcspn(start, "/")};
    }
    bool fine = blocklist_warnings_check(warnings, one->scope, host, url, one->is_narrow, &err);
    assert_int_equal(fine, !one->is_hit);
    if (!fine) {
        assert_non_null(strstr(err.message, "the warning list \"Uji\" names it: "));
    }
    blocklist_warnings_free(warnings);
}

static const struct bad_case {
    const char *name, *json, *says;
    unsigned line;
} bads[] = {
    {"no JSON", "{\n\"name\"\n", "is no JSON", 3},
    {"a list", "[]", "is no warning list", 0},
    {"without a list", "{\"name\":\"Uji\",\"type\":\"string\"}", "is no warning list", 0},
    {"without a type", "{\"name\":\"Uji\",\"list\":[]}", "none of string, hostname", 0},
    {"an unknown type", LIST("asn", "\"1\""), "none of string, hostname", 0},
    {"a number", LIST("string", "\"a.example\",7"), "no text, number 2", 0},
    {"nothing in a value", LIST("substring", "\"\""), "no text, number 1", 0},
    {"a broken regex", LIST("regex", "\"(\""), "value 1 of \"list\" is no regular expression", 0},
    {"a broken range", LIST("cidr", "\"192.0.2.0/24\",\"192.0.2.0/99\""), "value 2 of", 0},
    {"a member twice", "{\"name\":\"a\",\"name\":\"b\"}", "is no JSON", 1},
};

static void bad(void **state)
{
    const struct bad_case *one = *state;
    struct err err = ERR_NONE;
    assert_null(load(one->json, &err));
    assert_non_null(strstr(err.message, one->says));
    assert_string_equal(err.file, file.bytes);
    assert_int_equal(err.line, one->line);
}

/* At proposal and in what is made: an entry in doubt is in no list, though nothing forbids it. */
static void guards(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    struct buf list = BUF_EMPTY;
    blocklist_warnings_free(load(LIST("string", "\"kpu-daftar.example\""), &err));
    buf_printf(&list, "%s/protected/uji.txt", folder);
    assert_true(file_write(list.bytes, STR("lindung.example\n"), 0600, &err));
    struct blocklist_guard *guard = blocklist_guard_load((const char *const[]){folder, NULL}, &err);
    assert_non_null(guard);
    unsigned by;
    assert_false(
        blocklist_guard_explain(guard, BLOCKLIST_HOST, STR("www.kpu-daftar.example"), &by, &err));
    assert_int_equal(by, BLOCKLIST_GUARD_WARNING);
    struct blocklist_draft draft = sample_draft();
    struct blocklist_entry *entry = sample_entry(&draft);
    err = ERR_NONE;
    assert_true(blocklist_guard_check(guard, entry, &err));
    assert_false(blocklist_guard_check_doubt(guard, entry, &err));
    err = ERR_NONE;
    struct blocklist_list *all = blocklist_list_new(guard, NULL, SAMPLE_NOW_MS + 1000);
    assert_false(blocklist_list_add(all, entry, &err));
    assert_non_null(strstr(err.message, "the warning list \"Uji\""));
    blocklist_list_free(all);
    blocklist_entry_free(entry);
    blocklist_guard_free(guard);
    assert_int_equal(remove(list.bytes), 0);
    buf_fini(&list);
}

/* A guard whose warning lists can't be read is none: nothing is listed by half of it. */
static void fails_whole(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    assert_null(load("[]", &err));
    err = ERR_NONE;
    assert_null(blocklist_guard_load((const char *const[]){"rules", folder, NULL}, &err));
    assert_string_equal(err.file, file.bytes);
}

/* Public lists, as they are. */
static void reads_public_lists(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    struct buf command = BUF_EMPTY;
    if (system("ls ../shared/corpora/warninglists/*.json >/dev/null 2>&1") != 0) {
        skip();
    }
    buf_printf(&command, "cp ../shared/corpora/warninglists/*.json %s/warnings && rm %s", folder,
               file.bytes);
    assert_int_equal(system(command.bytes), 0);
    struct blocklist_warnings *warnings =
        blocklist_warnings_load((const char *const[]){folder, NULL}, &err);
    if (warnings == NULL) {
        fail_msg("%s: %s", err.file, err.message);
    }
    struct str none = STR("");
    assert_false(blocklist_warnings_check(warnings, BLOCKLIST_HOST, STR("www.google.co.id"), none,
                                          false, &err));
    err = ERR_NONE;
    assert_false(
        blocklist_warnings_check(warnings, BLOCKLIST_HOST, STR("185.15.56.9"), none, false, &err));
    err = ERR_NONE;
    assert_true(blocklist_warnings_check(warnings, BLOCKLIST_DOMAIN, STR("kpu-daftar.example"),
                                         none, false, &err));
    blocklist_warnings_free(warnings);
    buf_fini(&command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guards),
        cmocka_unit_test(fails_whole),
        cmocka_unit_test(reads_public_lists),
    };
    make_folder(NULL);
    int failed = RUN_CASES("warning checks", checks, check) + RUN_CASES("warning bad", bads, bad) +
                 cmocka_run_group_tests_name("warning", tests, NULL, NULL);
    remove_folder(NULL);
    return failed;
}
