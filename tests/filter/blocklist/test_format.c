#include "filter/blocklist/format.h"

#define PCRE2_CODE_UNIT_WIDTH 8

#include <jansson.h>
#include <pcre2.h>
#include <regex.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
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
    if (format->first != NULL) {
        at = strchr(at, '\n') + 1;
    }
    while (format->comment != NULL && !format->encodes_lines &&
           strncmp(at, format->comment, strlen(format->comment)) == 0) {
        at = strchr(at, '\n') + 1;
    }
    /* Lines that are the same in every list: comments as values, the rules that ask datasets. */
    while (format->encodes_lines && strncmp(at, "IyB", 3) == 0) {
        at = strchr(at, '\n') + 1;
    }
    while (strstr(at, "(msg:\"SARING\";") != NULL) {
        at = strchr(strstr(at, "(msg:\"SARING\";"), '\n') + 1;
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
    {"dnsmasq: names and below",
     "saring.dnsmasq",
     "server=/a.example/\n",
     {.written = 1, .skipped = 4}},
    {"dnsmasq: single names",
     "saring.dnsmasq.hosts",
     "0.0.0.0 b.example\n"
     ":: b.example\n",
     {.written = 1, .covered = 1, .skipped = 3}},
    {"unbound",
     "saring.unbound.conf",
     "server:\n"
     "local-zone: \"a.example.\" always_nxdomain\n"
     "local-zone: \"b.example.\" transparent\n"
     "local-data: \"b.example. 60 IN A 0.0.0.0\"\n"
     "local-data: \"b.example. 60 IN AAAA ::\"\n",
     {.written = 2, .covered = 1, .skipped = 2}},
    {"squidGuard's domains",
     "saring.squidguard.domains",
     "a.example\n",
     {.written = 1, .skipped = 4}},
    {"squidGuard's expressions",
     "saring.squidguard.expressions",
     "^(https?://)?b[.]example(:[0-9]+)?([/?].*)?$\n",
     {.written = 1, .covered = 1, .skipped = 3}},
    {"e2guardian's sites",
     "saring.e2guardian.sitelist",
     "a.example\n",
     {.written = 1, .skipped = 4}},
    {"e2guardian's expressions",
     "saring.e2guardian.regexpurllist",
     "^(https?://)?b[.]example(:[0-9]+)?([/?].*)?$\n",
     {.written = 1, .covered = 1, .skipped = 3}},
    {"adblock",
     "saring.adblock.txt",
     "||a.example^\n"
     "|http://b.example^\n"
     "|https://b.example^\n"
     "/^https?:\\x2f\\x2fc\\x2eexample(:80|:443)?\\x2fmasuk([/?].*)?$/$match-case\n"
     "/^https?:\\x2f\\x2fc\\x2eexample(:80|:443)?\\x2fx\\x3fy\\x3d1$/$match-case\n",
     {.written = 4, .covered = 1}},
    {"RouterOS",
     "saring.rsc",
     "/ip dns static remove [find comment~\"^saring \"]\n"
     "/system scheduler remove [find name=\"saring-berakhir\"]\n"
     ":if ([:timestamp] >= 2968w6d12:00:00) do={ :error \"saring: daftar kedaluwarsa / list has "
     "lapsed\" }\n"
     "/system scheduler add name=saring-berakhir interval=1m policy=read,write on-event=\":if "
     "([:timestamp] >= 2968w6d12:00:00) do={ /ip dns static remove [find comment~\\\"^saring "
     "\\\"]; /ip dns cache flush; /system scheduler remove [find name=\\\"saring-berakhir\\\"] "
     "}\"\n"
     "/ip dns cache flush\n"
     "/ip dns static\n"
     "add type=NXDOMAIN ttl=1m match-subdomain=yes name=\"a.example\" comment=\"saring 12\"\n"
     "add type=NXDOMAIN ttl=1m match-subdomain=no name=\"b.example\" comment=\"saring 12\"\n",
     {.written = 2, .covered = 1, .skipped = 2}},
    {"nginx: names",
     "saring.nginx.map",
     ".a.example 12;\n"
     "b.example 12;\n",
     {.written = 2, .covered = 1, .skipped = 2}},
    {"nginx: URLs",
     "saring.nginx.urls",
     "\"~^c[.]example(:80|:443)?/masuk([/?].*)?$\" 12;\n"
     "\"~^c[.]example(:80|:443)?/x[?]y=1$\" 12;\n",
     {.written = 2, .skipped = 3}},
    {"haproxy: names and below",
     "saring.haproxy.domains",
     ".a.example 12\n",
     {.written = 1, .skipped = 4}},
    {"haproxy: single names",
     "saring.haproxy.hosts",
     "b.example 12\n",
     {.written = 1, .covered = 1, .skipped = 3}},
    {"haproxy: URLs",
     "saring.haproxy.urls",
     "^c[.]example(:80|:443)?/masuk([/?].*)?$ 12\n"
     "^c[.]example(:80|:443)?/x[?]y=1$ 12\n",
     {.written = 2, .skipped = 3}},
    {"Suricata's rules",
     "saring.suricata.rules",
     "alert http any any -> any 80 (msg:\"SARING kasus 12\"; flow:to_server,established; "
     "http.host; content:\"c|2e|example\"; startswith; endswith; http.uri.raw; "
     "content:\"|2f|masuk\"; startswith; pcre:\"/^\\x2fmasuk(?:[\\x2f?]|$)/\"; metadata: "
     "saring_case 12; sid:1690000148; rev:1;)\n"
     "alert http any any -> any 80 (msg:\"SARING kasus 12\"; flow:to_server,established; "
     "http.host; content:\"c|2e|example\"; startswith; endswith; http.uri.raw; "
     "content:\"|2f|x|3f|y|3d|1\"; startswith; endswith; metadata: saring_case 12; sid:1690000148; "
     "rev:1;)\n",
     {.written = 2, .covered = 1, .skipped = 2}},
    {"Suricata's names",
     "saring.suricata.lst",
     "Yi5leGFtcGxl\n",
     {.written = 1, .covered = 1, .skipped = 3}},
    {"Suricata's domains",
     "saring.suricata.domains.lst",
     "YS5leGFtcGxl\n",
     {.written = 1, .skipped = 4}},
    {"text",
     "saring.txt",
     "DOMAIN a.example\n"
     "HOST b.example\n"
     "URL_PREFIX http://c.example/masuk\n"
     "URL https://c.example/x?y=1\n",
     {.written = 4, .covered = 1}},
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

/* What a file says of itself, as people read it: out of base64 or out of JSON where it stands so.
 */
static void read_opening(const struct blocklist_format *format, const struct buf *out,
                         struct buf *said)
{
    if (format->comment == NULL) {
        json_t *file = json_loadb(out->bytes, out->len, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(file);
        for (const char *at = out->bytes; *at != '\0'; at++) {
            bool is_end = at[0] == '\\' && at[1] == 'n';
            buf_put_char(said, is_end || *at == ';' ? '\n' : *at);
            at += is_end ? 1 : 0;
        }
        json_decref(file);
        return;
    }
    for (const char *at = out->bytes; format->encodes_lines && *at != '\0';) {
        char line[600];
        size_t len;
        const char *end = strchr(at, '\n');
        assert_int_equal(sodium_base642bin((unsigned char *)line, sizeof line, at,
                                           (size_t)(end - at), NULL, &len, NULL,
                                           sodium_base64_VARIANT_ORIGINAL),
                         0);
        buf_put(said, line, len);
        buf_put_char(said, '\n');
        at = end + 1;
    }
    if (!format->encodes_lines) {
        buf_put_str(said, buf_str(out));
    }
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
        struct buf out = BUF_EMPTY, said = BUF_EMPTY;
        opening.season = STR("a\nevil.example CNAME .\r\xe2\x80\xa8$INCLUDE x");
        opening.appeal = STR("\n0.0.0.0 evil.example\xff");
        opening.empty = STR("\n.evil.example");
        blocklist_render(&formats[i], &opening, NULL, 0, &out, &counts, NULL, NULL);
        assert_null(strstr(out.bytes, "\nevil"));
        assert_null(strstr(out.bytes, "\n0.0.0.0"));
        assert_null(strstr(out.bytes, "\n.evil"));
        read_opening(&formats[i], &out, &said);
        assert_non_null(strstr(said.bytes, "serial: 1795521600\n"));
        assert_non_null(strstr(said.bytes, "valid until: 2026-11-25T12:00:00Z\n"));
        assert_non_null(strstr(said.bytes, "appeal: "));
        assert_null(strstr(said.bytes, "PERAGAAN"));
        buf_clear(&out);
        buf_clear(&said);
        opening.season = STR("");
        blocklist_render(&formats[i], &opening, NULL, 0, &out, &counts, NULL, NULL);
        read_opening(&formats[i], &out, &said);
        assert_non_null(strstr(said.bytes, "PERAGAAN"));
        buf_fini(&out);
        buf_fini(&said);
    }
}

/* A router takes so many names and no more; the others are reported, not cut in half. */
static void caps_routers(void **state)
{
    (void)state;
    const struct blocklist_format *format = find("saring.rsc");
    size_t most = format->most_written, written = 0;
    struct blocklist_item *items = mem_zero(most + 2, sizeof *items);
    struct blocklist_opening opening = sample_opening();
    struct blocklist_counts counts;
    struct buf out = BUF_EMPTY;
    for (size_t i = 0; i < most + 2; i++) {
        items[i] = (struct blocklist_item){.scope = BLOCKLIST_HOST,
                                           .target = STR("a.example"),
                                           .host = STR("a.example"),
                                           .case_id = 1};
    }
    blocklist_render(format, &opening, items, most + 2, &out, &counts, NULL, NULL);
    assert_int_equal(counts.written, most);
    assert_int_equal(counts.skipped, 2);
    for (const char *at = out.bytes; (at = strstr(at, "\nadd ")) != NULL; at++) {
        written++;
    }
    assert_int_equal(written, most);
    buf_fini(&out);
    free(items);
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

/* The expression in a format's only line, out of what stands around it. */
static char *find_regex(const struct blocklist_format *format, const struct buf *out)
{
    char *line = (char *)body_of(format, out);
    *strchr(line, '\n') = '\0';
    line += strncmp(line, "\"~", 2) == 0 ? 2 : 0;
    line += *line == '/' ? 1 : 0;
    char *end = strstr(line, "\" 12;");
    end = end != NULL ? end : strstr(line, "/$match-case");
    end = end != NULL ? end : strstr(line, " 12");
    if (end != NULL) {
        *end = '\0';
    }
    return line;
}

/* As each consumer runs it: POSIX extended, or PCRE, over the URL or what is behind its scheme. */
static bool matches(const char *regex, const char *url, bool is_posix)
{
    if (is_posix) {
        regex_t posix;
        assert_int_equal(regcomp(&posix, regex, REG_EXTENDED | REG_NOSUB), 0);
        bool found = regexec(&posix, url, 0, NULL, 0) == 0;
        regfree(&posix);
        return found;
    }
    int error;
    PCRE2_SIZE offset;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED, 0, &error, &offset, NULL);
    assert_non_null(code);
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
    bool found = pcre2_match(code, (PCRE2_SPTR)url, strlen(url), 0, 0, data, NULL) > 0;
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    return found;
}

static void matches_urls(void **state)
{
    static const struct {
        const char *file;
        bool is_posix, is_without_scheme;
    } dialects[] = {{"saring.url_regex", true, false},
                    {"saring.adblock.txt", false, false},
                    {"saring.nginx.urls", false, true},
                    {"saring.haproxy.urls", true, true}};
    const struct regex_case *one = *state;
    struct blocklist_draft draft = sample_draft();
    draft.scope = one->scope;
    draft.target = str_of(one->target);
    struct blocklist_entry *entry = sample_entry(&draft);
    struct blocklist_list *list = blocklist_list_new(guard, NULL, SAMPLE_NOW_MS);
    struct blocklist_opening opening = sample_opening();
    struct err err = ERR_NONE;
    size_t count;
    assert_true(blocklist_list_add(list, entry, &err));
    const struct blocklist_item *items = blocklist_list_sort(list, &count);
    for (size_t i = 0; i < COUNT(dialects); i++) {
        const struct blocklist_format *format = find(dialects[i].file);
        struct blocklist_counts counts;
        struct buf out = BUF_EMPTY;
        blocklist_render(format, &opening, items, count, &out, &counts, NULL, NULL);
        const char *regex = find_regex(format, &out);
        const char *url = dialects[i].is_without_scheme ? strstr(one->url, "//") + 2 : one->url;
        if (matches(regex, url, dialects[i].is_posix) != one->matches) {
            fail_msg("%s: %s", format->file, regex);
        }
        buf_fini(&out);
    }
    blocklist_entry_free(entry);
    blocklist_list_free(list);
}

static json_t *render_json(const char *file, const struct blocklist_opening *opening)
{
    struct blocklist_list *list = sample_list();
    struct blocklist_counts counts;
    struct buf out = BUF_EMPTY;
    size_t count;
    const struct blocklist_item *items = blocklist_list_sort(list, &count);
    blocklist_render(find(file), opening, items, count, &out, &counts, NULL, NULL);
    json_t *read = json_loadb(out.bytes, out.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(read);
    buf_fini(&out);
    blocklist_list_free(list);
    return read;
}

static const char *text_in(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* The same entry has the same id in every bundle; the manifest of the feed names its one event. */
static void writes_stix_and_misp(void **state)
{
    (void)state;
    struct blocklist_opening opening = sample_opening(), later = opening;
    struct buf name = BUF_EMPTY;
    later.serial++;
    json_t *bundle = render_json("saring.stix.json", &opening);
    json_t *again = render_json("saring.stix.json", &later);
    const json_t *objects = json_object_get(bundle, "objects");
    assert_int_equal(json_array_size(objects), 7);
    for (size_t i = 0; i < json_array_size(objects); i++) {
        const json_t *one = json_array_get(objects, i);
        const json_t *two = json_array_get(json_object_get(again, "objects"), i);
        bool is_same = strcmp(text_in(one, "id"), text_in(two, "id")) == 0;
        assert_int_equal(is_same, strcmp(text_in(one, "type"), "marking-definition") != 0);
    }
    assert_string_equal(text_in(json_array_get(objects, 2), "pattern"),
                        "[domain-name:value = 'a.example' OR domain-name:value LIKE "
                        "'%.a.example']");
    assert_string_equal(text_in(json_array_get(objects, 5), "pattern"),
                        "[url:value MATCHES "
                        "'^https?://c[.]example(:80|:443)?/masuk([/?].*)?$']");
    json_t *event = render_json("misp/%s.json", &opening);
    json_t *manifest = render_json("misp/manifest.json", &opening);
    const json_t *inner = json_object_get(event, "Event");
    assert_int_equal(json_array_size(json_object_get(inner, "Attribute")), 4);
    assert_non_null(json_object_get(manifest, text_in(inner, "uuid")));
    blocklist_format_file(find("misp/%s.json"), &opening, &name);
    assert_non_null(strstr(name.bytes, text_in(inner, "uuid")));
    buf_fini(&name);
    json_decref(bundle);
    json_decref(again);
    json_decref(event);
    json_decref(manifest);
}

/* As many labels as the datasets are asked for go there; a domain of more has rules of its own. */
static void divides_domains_for_suricata(void **state)
{
    (void)state;
    static const struct {
        const char *name, *data, *rules;
    } domains[] = {
        {"b.example", "Yi5leGFtcGxl\n", NULL},
        {"a.b.c.d.e.example", "YS5iLmMuZC5lLmV4YW1wbGU=\n", NULL},
        {"a.b.c.d.e.f.example", NULL, "content:\"|2e|a|2e|b|2e|c|2e|d|2e|e|2e|f|2e|example\""},
    };
    struct blocklist_opening opening = sample_opening();
    for (size_t i = 0; i < COUNT(domains); i++) {
        struct blocklist_item item = {.scope = BLOCKLIST_DOMAIN,
                                      .target = str_of(domains[i].name),
                                      .host = str_of(domains[i].name),
                                      .case_id = 1};
        struct blocklist_counts counts;
        struct buf data = BUF_EMPTY, rules = BUF_EMPTY;
        blocklist_render(find("saring.suricata.domains.lst"), &opening, &item, 1, &data, &counts,
                         NULL, NULL);
        assert_int_equal(counts.written, domains[i].data != NULL);
        blocklist_render(find("saring.suricata.rules"), &opening, &item, 1, &rules, &counts, NULL,
                         NULL);
        assert_int_equal(counts.written, domains[i].rules != NULL);
        assert_string_equal(body_of(find("saring.suricata.domains.lst"), &data),
                            domains[i].data != NULL ? domains[i].data : "");
        assert_true(domains[i].rules == NULL || strstr(rules.bytes, domains[i].rules) != NULL);
        buf_fini(&data);
        buf_fini(&rules);
    }
}

/*
 * What has ends of its own is valid as long as the list, everything else until the first end: so no
 * entry outlives its end, and a short one empties no file that can do without it.
 */
static void ends_with_the_first_entry(void **state)
{
    (void)state;
    size_t count;
    const struct blocklist_format *formats = blocklist_formats(&count);
    struct blocklist_opening opening = sample_opening();
    opening.first_end_ms = SAMPLE_NOW_MS + 3600000;
    for (size_t i = 0; i < count; i++) {
        struct blocklist_counts counts;
        struct buf out = BUF_EMPTY, said = BUF_EMPTY;
        blocklist_render(&formats[i], &opening, NULL, 0, &out, &counts, NULL, NULL);
        read_opening(&formats[i], &out, &said);
        assert_non_null(strstr(said.bytes, formats[i].ends_each
                                               ? "valid until: 2026-11-25T12:00:00Z"
                                               : "valid until: 2026-11-24T13:00:00Z"));
        buf_fini(&out);
        buf_fini(&said);
    }
}

struct pieces {
    struct buf all;
    size_t count, most;
};

static bool take_piece(void *context, struct str piece, struct err *err)
{
    struct pieces *pieces = context;
    buf_put_str(&pieces->all, piece);
    return ++pieces->count < pieces->most || err_set(err, "enough");
}

/* Piece by piece or at once: the same bytes, of every format, beyond the length of a piece. */
static void renders_the_same_in_pieces(void **state)
{
    (void)state;
    enum { ENTRIES = 6000 };
    size_t format_count, count;
    const struct blocklist_format *formats = blocklist_formats(&format_count);
    struct blocklist_opening opening = sample_opening();
    struct blocklist_list *list = blocklist_list_new(guard, NULL, SAMPLE_NOW_MS);
    for (unsigned i = 0; i < ENTRIES; i++) {
        char target[64];
        struct blocklist_draft draft = sample_draft();
        struct err err = ERR_NONE;
        draft.scope = (enum blocklist_scope)(i % 4);
        snprintf(target, sizeof target, "%sn%u.example%s", i % 4 < 2 ? "http://" : "", i,
                 i % 4 < 2 ? "/masuk" : "");
        draft.target = str_of(target);
        struct blocklist_entry *entry = sample_entry(&draft);
        assert_true(blocklist_list_add(list, entry, &err));
        blocklist_entry_free(entry);
    }
    const struct blocklist_item *items = blocklist_list_sort(list, &count);
    size_t most_pieces = 0;
    for (size_t i = 0; i < format_count; i++) {
        struct buf whole = BUF_EMPTY;
        struct pieces pieces = {.all = BUF_EMPTY, .most = SIZE_MAX};
        struct blocklist_counts one, other;
        struct err err = ERR_NONE;
        blocklist_render(&formats[i], &opening, items, count, &whole, &one, NULL, NULL);
        assert_true(blocklist_render_to(&formats[i], &opening, items, count, take_piece, &pieces,
                                        &other, NULL, NULL, &err));
        assert_true(str_equal(buf_str(&whole), buf_str(&pieces.all)));
        assert_memory_equal(&one, &other, sizeof one);
        most_pieces = pieces.count > most_pieces ? pieces.count : most_pieces;
        pieces.most = 1;
        assert_false(blocklist_render_to(&formats[i], &opening, items, count, take_piece, &pieces,
                                         &other, NULL, NULL, &err));
        assert_string_equal(err.message, "enough");
        buf_fini(&whole);
        buf_fini(&pieces.all);
    }
    assert_true(most_pieces > 2);
    blocklist_list_free(list);
}

/* A rule's number has 32 bits: a case beyond is reported, not written under another's number. */
static void numbers_suricata_rules(void **state)
{
    (void)state;
    const struct blocklist_format *format = find("saring.suricata.rules");
    struct blocklist_opening opening = sample_opening();
    struct blocklist_item item = {.scope = BLOCKLIST_DOMAIN,
                                  .target = STR("a.b.c.d.e.f.example"),
                                  .host = STR("a.b.c.d.e.f.example"),
                                  .case_id = format->most_case};
    for (unsigned beyond = 0; beyond < 2; beyond++, item.case_id++) {
        struct blocklist_counts counts;
        struct buf out = BUF_EMPTY;
        blocklist_render(format, &opening, &item, 1, &out, &counts, NULL, NULL);
        assert_int_equal(counts.skipped, beyond);
        const char *last = NULL;
        for (const char *at = out.bytes; (at = strstr(at, "sid:")) != NULL; at++) {
            last = at + 4;
        }
        assert_true(strtoull(last, NULL, 10) <= UINT32_MAX);
        buf_fini(&out);
    }
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
        cmocka_unit_test(caps_routers),
        cmocka_unit_test(writes_stix_and_misp),
        cmocka_unit_test(numbers_suricata_rules),
        cmocka_unit_test(divides_domains_for_suricata),
        cmocka_unit_test(ends_with_the_first_entry),
        cmocka_unit_test(renders_the_same_in_pieces),
    };
    int failed = RUN_CASES("render", renders, renders_body) +
                 RUN_CASES("csv formulas", formulas, disarms_formulas) +
                 RUN_CASES("url_regex", regexes, matches_urls) +
                 cmocka_run_group_tests_name("format", tests, NULL, NULL);
    blocklist_guard_free(guard);
    return failed;
}
