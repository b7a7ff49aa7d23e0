#include "filter/blocklist/format.h"

#include <regex.h>
#include <stdio.h>

#include "filter/base/err.h"
#include "tests/filter/blocklist/sample.h"
#include "tests/filter/test.h"

static struct blocklist_guard *guard;

/* One entry of each scope, and two for coverage. */
static struct blocklist_list *sample_list(void)
{
    static const struct {
        enum blocklist_scope scope;
        const char *target;
    } entries[] = {
        {BLOCKLIST_DOMAIN, "a.example"},
        {BLOCKLIST_HOST, "www.a.example"},
        {BLOCKLIST_HOST, "b.example"},
        {BLOCKLIST_URL, "https://c.example/x?y=1"},
        {BLOCKLIST_URL_PREFIX, "http://c.example/masuk"},
    };
    struct blocklist_list *list = blocklist_list_new(guard, NULL, SAMPLE_NOW_MS);
    for (size_t i = 0; i < COUNT(entries); i++) {
        struct blocklist_draft draft = sample_draft();
        struct err err = ERR_NONE;
        draft.scope = entries[i].scope;
        draft.target = str_of(entries[i].target);
        struct blocklist_entry *entry = sample_entry(&draft);
        assert_true(blocklist_list_add(list, entry, &err));
        blocklist_entry_free(entry);
    }
    return list;
}

static struct blocklist_opening sample_opening(void)
{
    return (struct blocklist_opening){
        .serial = 1795521600,
        .made_ms = SAMPLE_NOW_MS,
        .valid_until_ms = SAMPLE_NOW_MS + 24 * 3600000,
        .season = STR("Pilkada Contoh"),
        .appeal = STR("https://saring.example/keberatan"),
        .fingerprint = STR("SHA256:abc"),
        .zone = STR(BLOCKLIST_ZONE),
    };
}

static const struct blocklist_format *find(const char *file)
{
    size_t count;
    const struct blocklist_format *formats = blocklist_formats(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(formats[i].file, file) == 0) {
            return &formats[i];
        }
    }
    fail_msg("there is no %s", file);
    return NULL;
}

/* What stands below the opening's comments. */
static const char *body_of(const struct blocklist_format *format, const struct buf *out)
{
    const char *at = out->bytes;
    while (strncmp(at, format->comment, strlen(format->comment)) == 0) {
        at = strchr(at, '\n') + 1;
    }
    return at;
}

#define ROW                                                                                        \
    "\"2026-11-24T12:00:00Z\",\"2026-12-01T12:00:00Z\",\"credentials personal_data\",\"12\","

static const struct render_case {
    const char *name, *file, *body;
    struct blocklist_counts counts;
} renders[] = {
    {"rpz",
     "saring.rpz",
     "$TTL 60\n"
     "@ IN SOA localhost. hostmaster.localhost. 1795521600 60 30 86400 60\n"
     "@ IN NS localhost.\n"
     "a.example CNAME .\n*.a.example CNAME .\nb.example CNAME .\n",
     {.written = 2, .covered = 1, .skipped = 2}},
    {"hosts",
     "saring.hosts",
     "0.0.0.0 a.example\n:: a.example\n0.0.0.0 www.a.example\n:: www.a.example\n"
     "0.0.0.0 b.example\n:: b.example\n",
     {.written = 3, .narrowed = 1, .skipped = 2}},
    {"squid's names",
     "saring.dstdomain",
     ".a.example\nb.example\n",
     {.written = 2, .covered = 1, .skipped = 2}},
    {"squid's URLs",
     "saring.url_regex",
     "^https?://c[.]example(:80|:443)?/masuk([/?].*)?$\n"
     "^https?://c[.]example(:80|:443)?/x[?]y=1$\n",
     {.written = 2, .skipped = 3}},
};

static void renders_body(void **state)
{
    const struct render_case *one = *state;
    const struct blocklist_format *format = find(one->file);
    struct blocklist_opening opening = sample_opening();
    struct blocklist_list *list = sample_list();
    struct blocklist_counts counts;
    struct buf out = BUF_EMPTY;
    size_t count;
    const struct blocklist_item *items = blocklist_list_sort(list, &count);
    blocklist_render(format, &opening, items, count, &out, &counts, NULL, NULL);
    assert_string_equal(body_of(format, &out), one->body);
    assert_memory_equal(&counts, &one->counts, sizeof counts);
    buf_fini(&out);
    blocklist_list_free(list);
}

static void renders_csv(void **state)
{
    (void)state;
    const struct blocklist_format *format = find("saring.csv");
    struct blocklist_opening opening = sample_opening();
    struct blocklist_list *list = sample_list();
    struct blocklist_counts counts;
    struct buf out = BUF_EMPTY;
    size_t count;
    const struct blocklist_item *items = blocklist_list_sort(list, &count);
    blocklist_render(format, &opening, items, count, &out, &counts, NULL, NULL);
    const char *body = body_of(format, &out);
    assert_non_null(strstr(body, "\"scope\",\"target\",\"start\",\"end\",\"harvest\",\"case\","
                                 "\"entry\",\"reason\"\n\"DOMAIN\",\"a.example\"," ROW));
    assert_non_null(strstr(body, "\"URL\",\"https://c.example/x?y=1\"," ROW));
    assert_int_equal(counts.written, 5);
    buf_fini(&out);
    blocklist_list_free(list);
}

static const struct formula_case {
    const char *name, *start, *cell;
} formulas[] = {
    {"equals", "=", "\"'="},
    {"plus", "+", "\"'+"},
    {"minus", "-", "\"'-"},
    {"at", "@", "\"'@"},
    {"full-width equals", "＝", "\"'＝"},
    {"full-width plus", "＋", "\"'＋"},
    {"full-width minus", "－", "\"'－"},
    {"full-width at", "＠", "\"'＠"},
    {"behind spaces", "  =", "\"'  ="},
    {"a quote", "\"", "\"\"\""},
    {"a comma", ",", "\","},
};

static void disarms_formulas(void **state)
{
    const struct formula_case *one = *state;
    char reason[200];
    struct blocklist_draft draft = sample_draft();
    snprintf(reason, sizeof reason, "%s%.*s", one->start, STR_FORMAT(draft.reason));
    draft.reason = str_of(reason);
    struct blocklist_list *list = blocklist_list_new(guard, NULL, SAMPLE_NOW_MS);
    struct blocklist_entry *entry = sample_entry(&draft);
    struct blocklist_opening opening = sample_opening();
    struct blocklist_counts counts;
    struct err err = ERR_NONE;
    struct buf out = BUF_EMPTY, wanted = BUF_EMPTY;
    size_t count;
    assert_true(blocklist_list_add(list, entry, &err));
    const struct blocklist_item *items = blocklist_list_sort(list, &count);
    blocklist_render(find("saring.csv"), &opening, items, count, &out, &counts, NULL, NULL);
    buf_printf(&wanted, ",%sSitus meniru", one->cell);
    assert_non_null(strstr(out.bytes, wanted.bytes));
    buf_fini(&out);
    buf_fini(&wanted);
    blocklist_entry_free(entry);
    blocklist_list_free(list);
}

/* Every line of an opening is a comment, whatever the season and the appeal are called. */
static void opens_with_comments(void **state)
{
    (void)state;
    size_t count;
    const struct blocklist_format *formats = blocklist_formats(&count);
    for (size_t i = 0; i < count; i++) {
        struct blocklist_opening opening = sample_opening();
        struct blocklist_counts counts;
        struct buf out = BUF_EMPTY;
        opening.season = STR("a\nevil.example CNAME .\r\xe2\x80\xa8$INCLUDE x");
        opening.appeal = STR("\n0.0.0.0 evil.example\xff");
        opening.empty = STR("\n.evil.example");
        blocklist_render(&formats[i], &opening, NULL, 0, &out, &counts, NULL, NULL);
        assert_null(strstr(out.bytes, "\nevil"));
        assert_null(strstr(out.bytes, "\n0.0.0.0"));
        assert_null(strstr(out.bytes, "\n.evil"));
        assert_non_null(strstr(out.bytes, "serial: 1795521600\n"));
        assert_non_null(strstr(out.bytes, "valid until: 2026-11-25T12:00:00Z\n"));
        assert_non_null(strstr(out.bytes, "appeal: "));
        assert_null(strstr(out.bytes, "PERAGAAN"));
        buf_clear(&out);
        opening.season = STR("");
        blocklist_render(&formats[i], &opening, NULL, 0, &out, &counts, NULL, NULL);
        assert_non_null(strstr(out.bytes, "PERAGAAN"));
        buf_fini(&out);
    }
}

static void count_reports(void *context, const struct blocklist_format *format,
                          const struct blocklist_item *item, const char *why)
{
    (void)format;
    (void)item;
    assert_non_null(strstr(why, "253"));
    ++*(size_t *)context;
}

/* Room in a zone: the name, a dot and the zone's name have 253 octets; a DOMAIN needs "*." too. */
static void measures_names_in_the_zone(void **state)
{
    (void)state;
    static const char tail[] = ".example";
    char name[254];
    for (size_t len = 236; len <= 246; len++) {
        for (unsigned is_domain = 0; is_domain < 2; is_domain++) {
            memset(name, 'a', len);
            for (size_t i = 60; i < len - sizeof tail; i += 60) {
                name[i] = '.';
            }
            memcpy(name + len - strlen(tail), tail, sizeof tail);
            struct blocklist_draft draft = sample_draft();
            draft.scope = is_domain ? BLOCKLIST_DOMAIN : BLOCKLIST_HOST;
            draft.target = str_of(name);
            struct blocklist_entry *entry = sample_entry(&draft);
            struct blocklist_list *list = blocklist_list_new(guard, NULL, SAMPLE_NOW_MS);
            struct blocklist_opening opening = sample_opening();
            struct blocklist_counts counts;
            struct err err = ERR_NONE;
            struct buf out = BUF_EMPTY;
            size_t count, reports = 0;
            assert_true(blocklist_list_add(list, entry, &err));
            const struct blocklist_item *items = blocklist_list_sort(list, &count);
            blocklist_render(find("saring.rpz"), &opening, items, count, &out, &counts,
                             count_reports, &reports);
            bool fits = len + (is_domain ? 2 : 0) + 1 + strlen(BLOCKLIST_ZONE) <= 253;
            assert_int_equal(counts.written, fits);
            assert_int_equal(counts.skipped, !fits);
            assert_int_equal(reports, !fits);
            assert_int_equal(strstr(out.bytes, "aaa") != NULL, fits);
            buf_fini(&out);
            blocklist_entry_free(entry);
            blocklist_list_free(list);
        }
    }
}

static const struct regex_case {
    const char *name;
    enum blocklist_scope scope;
    const char *target;
    const char *url;
    bool matches;
} regexes[] = {
    {"itself", BLOCKLIST_URL, "http://c.example/x", "http://c.example/x", true},
    {"by the other scheme", BLOCKLIST_URL, "http://c.example/x", "https://c.example/x", true},
    {"with its default port", BLOCKLIST_URL, "http://c.example/x", "http://c.example:80/x", true},
    {"another port", BLOCKLIST_URL, "http://c.example/x", "http://c.example:8080/x", false},
    {"its own port", BLOCKLIST_URL, "http://c.example:81/x", "http://c.example:81/x", true},
    {"without its own port", BLOCKLIST_URL, "http://c.example:81/x", "http://c.example/x", false},
    {"another query", BLOCKLIST_URL, "http://c.example/x", "http://c.example/x?y", false},
    {"below", BLOCKLIST_URL, "http://c.example/x", "http://c.example/x/y", false},
    {"a longer name", BLOCKLIST_URL, "http://c.example/x", "http://c.example/xy", false},
    {"a sub-name", BLOCKLIST_URL, "http://c.example/x", "http://a.c.example/x", false},
    {"another letter for the dot", BLOCKLIST_URL, "http://c.example/x", "http://cxexample/x",
     false},
    {"inside another URL", BLOCKLIST_URL, "http://c.example/x",
     "http://d.example/?http://c.example/x", false},
    {"signs of regexes", BLOCKLIST_URL, "http://c.example/(a|b)*+$[c]?^{1}",
     "http://c.example/(a|b)*+$[c]?^{1}", true},
    {"signs of regexes, read as such", BLOCKLIST_URL, "http://c.example/a*", "http://c.example/aa",
     false},
    {"a prefix itself", BLOCKLIST_URL_PREFIX, "http://c.example/x", "http://c.example/x", true},
    {"below a prefix", BLOCKLIST_URL_PREFIX, "http://c.example/x", "http://c.example/x/y", true},
    {"a prefix with a query", BLOCKLIST_URL_PREFIX, "http://c.example/x", "http://c.example/x?y",
     true},
    {"longer than a prefix", BLOCKLIST_URL_PREFIX, "http://c.example/x", "http://c.example/xy",
     false},
    {"below a prefix with a slash", BLOCKLIST_URL_PREFIX, "http://c.example/x/",
     "http://c.example/x/y", true},
    {"above a prefix with a slash", BLOCKLIST_URL_PREFIX, "http://c.example/x/",
     "http://c.example/x", false},
};

static void matches_urls(void **state)
{
    const struct regex_case *one = *state;
    struct blocklist_draft draft = sample_draft();
    draft.scope = one->scope;
    draft.target = str_of(one->target);
    struct blocklist_entry *entry = sample_entry(&draft);
    struct blocklist_list *list = blocklist_list_new(guard, NULL, SAMPLE_NOW_MS);
    struct blocklist_opening opening = sample_opening();
    struct blocklist_counts counts;
    struct err err = ERR_NONE;
    struct buf out = BUF_EMPTY;
    size_t count;
    assert_true(blocklist_list_add(list, entry, &err));
    const struct blocklist_item *items = blocklist_list_sort(list, &count);
    blocklist_render(find("saring.url_regex"), &opening, items, count, &out, &counts, NULL, NULL);
    char *line = (char *)body_of(find("saring.url_regex"), &out);
    *strchr(line, '\n') = '\0';
    regex_t regex;
    assert_int_equal(regcomp(&regex, line, REG_EXTENDED | REG_NOSUB), 0);
    assert_int_equal(regexec(&regex, one->url, 0, NULL, 0) == 0, one->matches);
    regfree(&regex);
    buf_fini(&out);
    blocklist_entry_free(entry);
    blocklist_list_free(list);
}

int main(void)
{
    struct err err = ERR_NONE;
    guard = blocklist_guard_load((const char *const[]){"rules", NULL}, &err);
    assert_non_null(guard);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renders_csv),
        cmocka_unit_test(opens_with_comments),
        cmocka_unit_test(measures_names_in_the_zone),
    };
    int failed = RUN_CASES("render", renders, renders_body) +
                 RUN_CASES("csv formulas", formulas, disarms_formulas) +
                 RUN_CASES("url_regex", regexes, matches_urls) +
                 cmocka_run_group_tests_name("format", tests, NULL, NULL);
    blocklist_guard_free(guard);
    return failed;
}
