#include "filter/blocklist/aliases.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/filter/test.h"

static const int64_t now_ms = INT64_C(1795521600000), hour_ms = 3600000,
                     day_ms = INT64_C(24) * 3600000;

static char path[] = "/tmp/saring-aliases.XXXXXX";

static const char file[] = "1795521600000 www.media.example m.cdn.example edge.net.example\n"
                           "1795521600000 media.example\n"
                           "1795521600000 bank.example www.bank.example\n";

static struct blocklist_aliases *load(const char *text)
{
    struct err err = ERR_NONE;
    assert_true(file_write(path, str_of(text), 0600, &err));
    return blocklist_aliases_load(path);
}

static const struct find_case {
    const char *name;
    enum blocklist_scope scope;
    const char *host, *of;
} finds[] = {
    {"what a protected name leads to", BLOCKLIST_HOST, "m.cdn.example", "www.media.example"},
    {"what that leads to", BLOCKLIST_HOST, "edge.net.example", "www.media.example"},
    {"the same with all below it", BLOCKLIST_DOMAIN, "edge.net.example", "www.media.example"},
    {"a domain above it", BLOCKLIST_DOMAIN, "net.example", "www.media.example"},
    {"the host above it", BLOCKLIST_HOST, "net.example", ""},
    {"a name below it", BLOCKLIST_DOMAIN, "x.edge.net.example", ""},
    {"a name beside it", BLOCKLIST_DOMAIN, "edge2.net.example", ""},
    {"a name that ends like it", BLOCKLIST_DOMAIN, "t.example", ""},
    {"a URL on it, for proxies", BLOCKLIST_URL, "m.cdn.example", ""},
    {"another", BLOCKLIST_DOMAIN, "lain.example", ""},
    {"before all", BLOCKLIST_DOMAIN, "aaa.aaa", ""},
    {"behind all", BLOCKLIST_DOMAIN, "zzz.zzz", ""},
};

static void finds_it(void **state)
{
    const struct find_case *one = *state;
    struct blocklist_aliases *aliases = load(file);
    assert_true(str_is(blocklist_aliases_find(aliases, one->scope, str_of(one->host)), one->of));
    blocklist_aliases_free(aliases);
}

/* The file is ours; what is in it that we do not write is left out, and harms nothing. */
static void reads_strange_files(void **state)
{
    (void)state;
    static const char *const strange[] = {"",
                                          "\n",
                                          "x",
                                          "1",
                                          "1 ",
                                          "1 a.example b.example",
                                          "-1 a.example b.example\n",
                                          "1 A.example b.example\n",
                                          "1 a.example b.example  c.example\n",
                                          "1 a.example *.b.example\n",
                                          "99999999999999999999 a.example b.example\n",
                                          " a.example\n",
                                          "\xff\xfe\n",
                                          "1 a.example b.example\n1 a.example c.example\n"};
    for (size_t i = 0; i < COUNT(strange); i++) {
        struct blocklist_aliases *aliases = load(strange[i]);
        struct str of = blocklist_aliases_find(aliases, BLOCKLIST_HOST, STR("b.example"));
        bool is_line = strstr(strange[i], "1 a.example b.example\n1") != NULL ||
                       strcmp(strange[i], "1 a.example b.example") == 0;
        assert_int_equal(of.len > 0, is_line);
        blocklist_aliases_free(aliases);
    }
    assert_int_equal(unlink(path), 0);
    struct blocklist_aliases *none = blocklist_aliases_load(path);
    assert_int_equal(blocklist_aliases_find(none, BLOCKLIST_HOST, STR("b.example")).len, 0);
    blocklist_aliases_free(none);
}

static bool is_due(struct blocklist_aliases *aliases, const struct blocklist_guard *guard,
                   const char *name, int64_t when_ms)
{
    static struct str names[20000];
    size_t count = blocklist_aliases_due(aliases, guard, when_ms, names, COUNT(names));
    for (size_t i = 0; i < count; i++) {
        if (str_is(names[i], name)) {
            return true;
        }
    }
    return false;
}

static void asks_once_a_day(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    struct blocklist_guard *guard = blocklist_guard_shipped("/nonexistent", &err);
    struct blocklist_aliases *aliases = load("1 lama.example jauh.example\n");
    struct str few[3];
    assert_non_null(guard);
    assert_int_equal(blocklist_aliases_due(aliases, guard, now_ms, few, 3), 3);
    /* What is protected no more is forgotten. */
    assert_int_equal(blocklist_aliases_find(aliases, BLOCKLIST_HOST, STR("jauh.example")).len, 0);
    assert_true(is_due(aliases, guard, "kpu.go.id", now_ms));
    assert_true(is_due(aliases, guard, "www.kompas.com", now_ms));
    blocklist_aliases_note(aliases, STR("www.kompas.com"), STR("kompas.cdn.example"), now_ms);
    blocklist_aliases_note(aliases, STR("kpu.go.id"), STR(""), now_ms);
    blocklist_aliases_note(aliases, STR("bukan-kami.example"), STR("x.example"), now_ms);
    assert_false(is_due(aliases, guard, "www.kompas.com", now_ms + day_ms - 1));
    assert_true(is_due(aliases, guard, "www.kompas.com", now_ms + day_ms));
    assert_true(str_is(blocklist_aliases_find(aliases, BLOCKLIST_HOST, STR("kompas.cdn.example")),
                       "www.kompas.com"));
    assert_int_equal(blocklist_aliases_find(aliases, BLOCKLIST_HOST, STR("x.example")).len, 0);
    /* No answer: what was known stands, and an hour later it is asked again. */
    blocklist_aliases_miss(aliases, STR("www.kompas.com"), now_ms + day_ms);
    assert_false(is_due(aliases, guard, "www.kompas.com", now_ms + day_ms + hour_ms - 1));
    assert_true(is_due(aliases, guard, "www.kompas.com", now_ms + day_ms + hour_ms));
    assert_true(str_is(blocklist_aliases_find(aliases, BLOCKLIST_HOST, STR("kompas.cdn.example")),
                       "www.kompas.com"));
    /* Another answer takes its place; across a restart. */
    blocklist_aliases_note(aliases, STR("www.kompas.com"), STR("lain.cdn.example"), now_ms);
    assert_true(blocklist_aliases_save(aliases, path, &err));
    blocklist_aliases_free(aliases);
    aliases = blocklist_aliases_load(path);
    assert_int_equal(blocklist_aliases_find(aliases, BLOCKLIST_HOST, STR("kompas.cdn.example")).len,
                     0);
    assert_true(str_is(blocklist_aliases_find(aliases, BLOCKLIST_DOMAIN, STR("cdn.example")),
                       "www.kompas.com"));
    blocklist_aliases_free(aliases);
    blocklist_guard_free(guard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_strange_files),
        cmocka_unit_test(asks_once_a_day),
    };
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    int failed = RUN_CASES("aliases", finds, finds_it) +
                 cmocka_run_group_tests_name("aliases over time", tests, NULL, NULL);
    unlink(path);
    return failed;
}
