#include "filter/blocklist/guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/blocklist/name.h"
#include "filter/text/url.h"
#include "tests/filter/blocklist/sample.h"
#include "tests/filter/test.h"

/* The lists that we ship; tests run in the root of the project. */
static struct blocklist_guard *shipped;

static int load_shipped(void **state)
{
    struct err err = ERR_NONE;
    char text[800];
    (void)state;
    shipped = blocklist_guard_load((const char *const[]){"rules", NULL}, &err);
    if (shipped == NULL) {
        fail_msg("%s", err_format(&err, text, sizeof text));
    }
    return 0;
}

static const struct check_case {
    const char *name;
    enum blocklist_scope scope;
    const char *target;
    const char *says; /* NULL: may be listed */
} checks[] = {
    {"a phishing site", BLOCKLIST_DOMAIN, "kpu-daftar.example", NULL},
    {"a host of it", BLOCKLIST_HOST, "www.kpu-daftar.example", NULL},
    {"a URL of it", BLOCKLIST_URL, "https://kpu-daftar.example/nik", NULL},
    {"a name that ends like a protected one", BLOCKLIST_DOMAIN, "bukankompas.com", NULL},
    {"a name that starts like one", BLOCKLIST_DOMAIN, "kompas.com.daftar.example", NULL},
    {"the election commission", BLOCKLIST_DOMAIN, "kpu.go.id", "is protected"},
    {"a regency of it", BLOCKLIST_HOST, "kab-contoh.kpu.go.id", "is protected"},
    {"a page of it", BLOCKLIST_URL, "https://kab-contoh.kpu.go.id/x", "is protected"},
    {"a path of it", BLOCKLIST_URL_PREFIX, "https://kab-contoh.kpu.go.id/x/", "is protected"},
    {"a hacked school", BLOCKLIST_HOST, "smpn1.sch.id", "is protected"},
    {"the press", BLOCKLIST_DOMAIN, "kompas.com", "is protected"},
    {"a section of the press", BLOCKLIST_HOST, "regional.kompas.com", "is protected"},
    {"a name above a protected one", BLOCKLIST_DOMAIN, "jawapos.com", "is protected"},
    {"a fact-checker", BLOCKLIST_DOMAIN, "turnbackhoax.id", "is protected"},
    {"capitals", BLOCKLIST_DOMAIN, "KOMPAS.Com", "is protected"},
    {"a trailing dot", BLOCKLIST_DOMAIN, "kompas.com.", "is protected"},
    {"full-width letters", BLOCKLIST_DOMAIN, "ｋｏｍｐａｓ．ｃｏｍ", "is protected"},
    {"an ideographic full stop", BLOCKLIST_DOMAIN, "kompas。com", "is protected"},
    {"a Kelvin sign", BLOCKLIST_DOMAIN, "\xe2\x84\xaaompas.com", "is protected"},
    {"a soft hyphen", BLOCKLIST_DOMAIN, "kom\xc2\xadpas.com", "is protected"},
    {"percent-encoded", BLOCKLIST_URL, "https://%6bompas.com/x", "is protected"},
    {"behind credentials", BLOCKLIST_URL, "https://a.example@kompas.com/x", "is protected"},
    {"a port", BLOCKLIST_URL, "https://kompas.com:8443/x", "is protected"},
    {"a platform", BLOCKLIST_DOMAIN, "facebook.com", "shared by many"},
    {"a host of a platform", BLOCKLIST_HOST, "m.facebook.com", "shared by many"},
    {"a path of a platform", BLOCKLIST_URL_PREFIX, "https://facebook.com/x/", "shared by many"},
    {"the front page of a platform", BLOCKLIST_URL, "https://facebook.com/", "shared by many"},
    {"its front page with a query", BLOCKLIST_URL, "https://facebook.com/?a=1", "shared by many"},
    {"one post on a platform", BLOCKLIST_URL, "https://facebook.com/x/posts/1", NULL},
    {"somebody's blog", BLOCKLIST_HOST, "contoh.blogspot.com", "shared by many"},
    {"one form", BLOCKLIST_URL, "https://docs.google.com/forms/d/abc/viewform", NULL},
    {"a short link", BLOCKLIST_URL, "https://bit.ly/contoh", NULL},
    {"the shortener", BLOCKLIST_HOST, "bit.ly", "shared by many"},
    {"a protected one below a platform", BLOCKLIST_URL, "https://scholar.google.com/x",
     "is protected"},
    {"a country", BLOCKLIST_DOMAIN, "id", "single label"},
    {"a public suffix", BLOCKLIST_DOMAIN, "co.id", "public suffix"},
    {"a private suffix", BLOCKLIST_DOMAIN, "s3.amazonaws.com", "amazonaws.com"},
    {"a private suffix that no list names", BLOCKLIST_DOMAIN, "dyndns.org", "public suffix"},
    {"localhost", BLOCKLIST_HOST, "localhost", "single label"},
    {"below localhost", BLOCKLIST_HOST, "a.localhost", "reserved"},
    {"reverse names", BLOCKLIST_DOMAIN, "1.2.0.192.in-addr.arpa", "reserved"},
    {"an RPZ trigger", BLOCKLIST_HOST, "32.1.2.0.192.rpz-ip", "reserved"},
    {"an RPZ trigger for clients", BLOCKLIST_HOST, "8.0.0.0.10.rpz-client-ip", "reserved"},
    {"an address", BLOCKLIST_HOST, "192.0.2.1", "address"},
    {"an address as one number", BLOCKLIST_HOST, "3221225985", "address"},
    {"an IPv6 address", BLOCKLIST_HOST, "[2001:db8::1]", "the target"},
    {"a wildcard", BLOCKLIST_DOMAIN, "*.kpu-daftar.example", "the target"},
    {"Cyrillic letters in a protected name", BLOCKLIST_DOMAIN, "k\xd0\xbempas.com", "looks like"},
    {"the same below a subdomain", BLOCKLIST_HOST, "www.k\xd0\xbempas.com", "looks like"},
    {"the same in a URL", BLOCKLIST_URL, "https://k\xd0\xbempas.com/masuk", "looks like"},
    {"that look-alike under its A-label", BLOCKLIST_DOMAIN, "xn--kmpas-jye.com", NULL},
    {"letters beyond ASCII in a name of its own", BLOCKLIST_DOMAIN, "bérita-contoh.example", NULL},
};

static void checks_typed(void **state)
{
    const struct check_case *one = *state;
    struct err err = ERR_NONE;
    bool fine = blocklist_guard_check_typed(shipped, one->scope, str_of(one->target), &err);
    if (fine != (one->says == NULL) || (!fine && strstr(err.message, one->says) == NULL)) {
        fail_msg("%s: %s", fine ? "listed" : "refused", err.message);
    }
}

/* What the constructor lets through, the guard judges as it judged what was typed. */
static void checks_entries(void **state)
{
    const struct check_case *one = *state;
    struct blocklist_draft draft = sample_draft();
    draft.scope = one->scope;
    draft.target = str_of(one->target);
    struct err err = ERR_NONE;
    struct blocklist_entry *entry = blocklist_entry_new(&draft, &err);
    if (entry == NULL) {
        assert_non_null(one->says);
        return;
    }
    bool fine = blocklist_guard_check(shipped, entry, &err);
    bool is_look_alike = one->says != NULL && strcmp(one->says, "looks like") == 0;
    if (fine != (one->says == NULL || is_look_alike)) {
        fail_msg("%s: %s", fine ? "listed" : "refused", err.message);
    }
    blocklist_entry_free(entry);
}

/* A folder of rules with one protected list. */
static void with_list(const char *bytes, size_t len,
                      void (*act)(const char *folder, const char *list))
{
    char folder[] = "/tmp/saring-guard.XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct buf below = BUF_EMPTY, list = BUF_EMPTY, command = BUF_EMPTY;
    struct err err = ERR_NONE;
    buf_printf(&command, "mkdir %s/protected", folder);
    assert_int_equal(system(command.bytes), 0);
    buf_printf(&list, "%s/protected/uji.txt", folder);
    assert_true(file_write(list.bytes, (struct str){bytes, len}, 0600, &err));
    act(folder, list.bytes);
    buf_clear(&command);
    buf_printf(&command, "rm -r %s", folder);
    assert_int_equal(system(command.bytes), 0);
    buf_fini(&below);
    buf_fini(&list);
    buf_fini(&command);
}

static const struct list_case {
    const char *name, *text;
    unsigned line;
    const char *says; /* NULL: loads */
} lists[] = {
    {"comments, space and an empty line", "# uji\n\n  a.example # satu\nb.example\r\n", 0, NULL},
    {"no last newline", "a.example", 0, NULL},
    {"nothing", "", 0, "no protected list"},
    {"comments alone", "# a.example\n", 0, "no protected list"},
    {"a capital", "a.example\nB.example\n", 2, "write b.example"},
    {"a U-label", "bérita.example\n", 1, "write xn--brita-bsa.example"},
    {"a URL", "\nhttps://a.example/\n", 2, "is no domain name"},
    {"a wildcard", "*.a.example\n", 1, "is no domain name"},
    {"two on a line", "a.example b.example\n", 1, "is no domain name"},
};

static const struct list_case *at;

static void load_list(const char *folder, const char *list)
{
    struct err err = ERR_NONE;
    struct blocklist_guard *guard = blocklist_guard_load((const char *const[]){folder, NULL}, &err);
    assert_int_equal(guard != NULL, at->says == NULL);
    if (guard == NULL) {
        assert_non_null(strstr(err.message, at->says));
        assert_int_equal(err.line, at->line);
        assert_string_equal(err.file, at->line > 0 ? list : "");
    }
    blocklist_guard_free(guard);
}

static void loads(void **state)
{
    at = *state;
    with_list(at->text, strlen(at->text), load_list);
}

static void load_floor(const char *folder, const char *list)
{
    (void)list;
    struct err err = ERR_NONE;
    struct blocklist_guard *guard =
        blocklist_guard_load((const char *const[]){folder, "/nonexistent", NULL}, &err);
    assert_non_null(guard);
    assert_false(blocklist_guard_check_typed(guard, BLOCKLIST_HOST, STR("contoh.go.id"), &err));
    assert_non_null(strstr(err.message, "go.id is protected"));
    assert_string_equal(err.file, "rules/protected/government.txt");
    err = ERR_NONE;
    assert_false(blocklist_guard_check_typed(guard, BLOCKLIST_HOST, STR("x.a.example"), &err));
    assert_int_equal(err.line, 2);
    assert_non_null(strstr(err.file, "/protected/uji.txt"));
    blocklist_guard_free(guard);
}

static void keeps_what_it_was_built_with(void **state)
{
    (void)state;
    with_list("#\na.example\n", 12, load_floor);
}

static void check_file(const struct blocklist_guard *guard, const char *path)
{
    FILE *file = fopen(path, "r");
    char line[256];
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        struct str name = str_trim(str_of(line));
        struct err err = ERR_NONE;
        if (name.len > 0 && name.at[0] != '#' &&
            blocklist_guard_check_typed(guard, BLOCKLIST_DOMAIN, name, &err)) {
            fail_msg("%s is not built in: filter/blocklist/shipped.c", path);
        }
    }
    fclose(file);
}

static void check_files(const char *folder, const char *list)
{
    (void)list;
    struct err err = ERR_NONE;
    struct file_list files = {.paths = NULL};
    struct blocklist_guard *guard = blocklist_guard_load((const char *const[]){folder, NULL}, &err);
    assert_non_null(guard);
    assert_true(file_find("rules/protected", ".txt", 100, &files, &err));
    assert_true(files.count > 5);
    for (size_t i = 0; i < files.count; i++) {
        check_file(guard, files.paths[i]);
    }
    file_list_fini(&files);
    blocklist_guard_free(guard);
}

/* A list that somebody adds to rules/protected is in the next build as well. */
static void has_every_list_built_in(void **state)
{
    (void)state;
    with_list("a.example\n", 10, check_files);
}

static void load_shared(const char *folder, const char *list)
{
    struct buf command = BUF_EMPTY;
    struct err err = ERR_NONE;
    buf_printf(&command, "mv %s %s/protected/shared-platforms.txt", list, folder);
    assert_int_equal(system(command.bytes), 0);
    struct blocklist_guard *guard = blocklist_guard_load((const char *const[]){folder, NULL}, &err);
    assert_non_null(guard);
    assert_false(
        blocklist_guard_check_typed(guard, BLOCKLIST_URL, STR("https://kompas.com/x"), &err));
    blocklist_guard_free(guard);
    buf_fini(&command);
}

/* Calling the press a platform does not make its pages listable. */
static void keeps_the_stricter_word(void **state)
{
    (void)state;
    with_list("kompas.com\n", 11, load_shared);
}

/* Shared hosts and shorteners that rules know are never listable as whole hosts either. */
static void covers_the_lists_of_rules(void **state)
{
    (void)state;
    static const char *const files[] = {"rules/lists/shorteners.txt", "rules/lists/free_hosts.txt"};
    for (size_t i = 0; i < COUNT(files); i++) {
        FILE *file = fopen(files[i], "r");
        char line[256];
        assert_non_null(file);
        while (fgets(line, sizeof line, file) != NULL) {
            struct str name = str_trim(str_of(line));
            if (name.len > 0 && name.at[0] == '.') {
                name = str_part(name, 1, name.len);
            }
            struct err err = ERR_NONE;
            if (name.len > 0 && name.at[0] != '#' &&
                blocklist_guard_check_typed(shipped, BLOCKLIST_DOMAIN, name, &err)) {
                fail_msg("%.*s may be listed as a whole", STR_FORMAT(name));
            }
        }
        fclose(file);
    }
}

static void refuse_all_above(struct str suffix)
{
    for (struct str up = blocklist_name_above(suffix); memchr(up.at, '.', up.len) != NULL;
         up = blocklist_name_above(up)) {
        struct err err = ERR_NONE;
        if (blocklist_guard_check_typed(shipped, BLOCKLIST_DOMAIN, up, &err)) {
            fail_msg("%.*s may be listed with all below it, the suffix %.*s too", STR_FORMAT(up),
                     STR_FORMAT(suffix));
        }
    }
}

/*
 * A DOMAIN entry above a public suffix would hit everybody who has a name below that suffix. A new
 * Public Suffix List may bring more of them: add those that this names to shared-platforms.txt.
 */
static void nothing_above_a_public_suffix(void **state)
{
    (void)state;
    FILE *file = fopen("/usr/share/publicsuffix/public_suffix_list.dat", "r");
    char line[512];
    size_t count = 0;
    if (file == NULL) {
        skip();
    }
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, " \t\n")] = '\0';
        struct str suffix = str_of(line);
        struct buf canonical = BUF_EMPTY;
        struct err err = ERR_NONE;
        bool is_rule = suffix.len > 0 && !str_starts(suffix, STR("//")) && suffix.at[0] != '!';
        if (is_rule && str_starts(suffix, STR("*."))) {
            suffix = str_part(suffix, 2, suffix.len);
        }
        if (is_rule && url_host(suffix, &canonical, &suffix, &err)) {
            refuse_all_above(suffix);
            count++;
        }
        buf_fini(&canonical);
    }
    fclose(file);
    assert_true(count > 5000);
}

static const struct explain_case {
    const char *name, *target;
    enum blocklist_scope scope;
    unsigned by;
} explanations[] = {
    {"nothing", "kpu-daftar.example", BLOCKLIST_DOMAIN, 0},
    {"no name", "a b", BLOCKLIST_DOMAIN, BLOCKLIST_GUARD_NAME},
    {"a reserved name", "www.lan", BLOCKLIST_HOST, BLOCKLIST_GUARD_RESERVED},
    {"a suffix that is protected", "go.id", BLOCKLIST_DOMAIN,
     BLOCKLIST_GUARD_SUFFIX | BLOCKLIST_GUARD_PROTECTED},
    {"a suffix that is shared", "blogspot.com", BLOCKLIST_DOMAIN,
     BLOCKLIST_GUARD_SUFFIX | BLOCKLIST_GUARD_SHARED},
    {"a suffix of which nothing is protected", "my.id", BLOCKLIST_DOMAIN, BLOCKLIST_GUARD_SUFFIX},
    {"above a shared one", "google.com", BLOCKLIST_DOMAIN, BLOCKLIST_GUARD_SHARED},
    {"a platform's name that is a suffix", "https://x.dweb.link/masuk", BLOCKLIST_URL, 0},
    {"its front page", "https://x.dweb.link/", BLOCKLIST_URL,
     BLOCKLIST_GUARD_SUFFIX | BLOCKLIST_GUARD_SHARED},
    {"a look-alike", "k\xd0\xbempas.com", BLOCKLIST_DOMAIN, BLOCKLIST_GUARD_LIKENESS},
};

static void explains(void **state)
{
    const struct explain_case *one = *state;
    struct err err = ERR_NONE;
    unsigned by = 77;
    assert_int_equal(blocklist_guard_explain(shipped, one->scope, str_of(one->target), &by, &err),
                     one->by == 0);
    assert_int_equal(by, one->by);
    assert_int_equal(err_is_set(&err), one->by != 0);
}

static const struct likeness_case {
    const char *name, *host, *looks;
} likenesses[] = {
    {"an A-label", "xn--kmpas-jye.com", "kompas.com"},
    {"below one", "www.xn--kmpas-jye.com", "kompas.com"},
    {"a suffix", "xn--kpu-5cd.go.id", ""},
    {"a name of its own", "xn--brita-bsa.example", ""},
    {"no punycode", "xn--kmpas\x7f.com", ""},
    {"a label that decodes to more than a label", "xn--99999999999999999999999999.com", ""},
    {"the protected name itself", "kompas.com", ""},
    {"ASCII", "kpu-daftar.example", ""},
    {"nothing", "", ""},
};

static void looks_like(void **state)
{
    const struct likeness_case *one = *state;
    struct str looks = blocklist_guard_looks_like(shipped, str_of(one->host));
    if (!str_is(looks, one->looks)) {
        fail_msg("reads like [%.*s]", STR_FORMAT(looks));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_above_a_public_suffix),
        cmocka_unit_test(keeps_what_it_was_built_with),
        cmocka_unit_test(has_every_list_built_in),
        cmocka_unit_test(keeps_the_stricter_word),
        cmocka_unit_test(covers_the_lists_of_rules),
    };
    load_shipped(NULL);
    int failed = RUN_CASES("guard typed", checks, checks_typed) +
                 RUN_CASES("guard entries", checks, checks_entries) +
                 RUN_CASES("guard lists", lists, loads) +
                 RUN_CASES("guard explain", explanations, explains) +
                 RUN_CASES("guard looks like", likenesses, looks_like) +
                 cmocka_run_group_tests_name("guard", tests, NULL, NULL);
    blocklist_guard_free(shipped);
    return failed;
}
