/*
 * Whatever an entry, a season and an appeal are called, every output holds nothing but data: read
 * back line by line, each line is a comment, what the format opens with, or the entry's own name.
 * An entry is also read back from its own JSON, and from the input as JSON.
 */
#include <assert.h>
#include <jansson.h>
#include <regex.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "filter/blocklist/format.h"
#include "filter/blocklist/list.h"
#include "filter/blocklist/name.h"
#include "tests/fuzz/fuzz.h"

enum { NOW_S = 1795521600 };

static const struct blocklist_guard *load_guard(void)
{
    static struct blocklist_guard *guard;
    struct err err = ERR_NONE;
    if (guard == NULL) {
        guard = blocklist_guard_load((const char *const[]){"rules", NULL}, &err);
        assert(guard != NULL);
    }
    return guard;
}

/* Up to the next NUL of the input. */
static struct str take(struct str *left)
{
    const char *end = left->len > 0 ? memchr(left->at, '\0', left->len) : NULL;
    size_t len = end != NULL ? (size_t)(end - left->at) : left->len;
    struct str text = str_part(*left, 0, len);
    *left = str_part(*left, end != NULL ? len + 1 : len, left->len);
    return text;
}

static bool is_name_of(struct str name, const struct blocklist_item *item)
{
    struct err err = ERR_NONE;
    return blocklist_name_check(name, &err) && str_equal(name, item->host);
}

static struct str cut(struct str line, struct str start, struct str end)
{
    assert(str_starts(line, start) && str_ends(line, end) && line.len >= start.len + end.len);
    return str_part(line, start.len, line.len - end.len);
}

static void check_rpz(struct str line, unsigned number, const struct blocklist_item *item)
{
    static const char *const opens[] = {"$TTL 60", "@ IN SOA localhost. hostmaster.localhost. ",
                                        "@ IN NS localhost."};
    if (number < 3) {
        assert(str_starts(line, str_of(opens[number])));
        return;
    }
    struct str name = cut(line, number == 4 ? STR("*.") : STR(""), STR(" CNAME ."));
    assert(number < 5 && is_name_of(name, item));
    assert(line.len - strlen(" CNAME .") + 1 + strlen(BLOCKLIST_ZONE) <= 253);
    assert(number == 3 || item->scope == BLOCKLIST_DOMAIN);
}

static void check_hosts(struct str line, unsigned number, const struct blocklist_item *item)
{
    assert(number < 2);
    assert(is_name_of(cut(line, number == 0 ? STR("0.0.0.0 ") : STR(":: "), STR("")), item));
}

static void check_names(struct str line, unsigned number, const struct blocklist_item *item)
{
    bool is_domain = item->scope == BLOCKLIST_DOMAIN;
    assert(number == 0 && is_name_of(cut(line, is_domain ? STR(".") : STR(""), STR("")), item));
}

static void check_name(struct str line, unsigned number, const struct blocklist_item *item)
{
    assert(number == 0 && is_name_of(line, item));
}

static void check_dnsmasq(struct str line, unsigned number, const struct blocklist_item *item)
{
    assert(number == 0 && item->scope == BLOCKLIST_DOMAIN);
    assert(is_name_of(cut(line, STR("server=/"), STR("/")), item));
}

static void check_unbound(struct str line, unsigned number, const struct blocklist_item *item)
{
    bool is_domain = item != NULL && item->scope == BLOCKLIST_DOMAIN;
    if (number == 0) {
        assert(str_is(line, "server:"));
    } else if (number == 1) {
        struct str end = is_domain ? STR(".\" always_nxdomain") : STR(".\" transparent");
        assert(is_name_of(cut(line, STR("local-zone: \""), end), item));
    } else {
        struct str end = number == 2 ? STR(". 60 IN A 0.0.0.0\"") : STR(". 60 IN AAAA ::\"");
        assert(number < 4 && !is_domain);
        assert(is_name_of(cut(line, STR("local-data: \""), end), item));
    }
}

/* One expression of visible characters, which matches the target and begins where it begins. */
static void check_regex(struct str line, const struct blocklist_item *item, const char *target)
{
    char pattern[4 * 8192 + 64];
    regex_t regex;
    assert(line.len < sizeof pattern && line.at[0] == '^' && line.at[line.len - 1] != '\\');
    for (size_t i = 0; i < line.len; i++) {
        assert(line.at[i] > ' ' && line.at[i] < 0x7f && line.at[i] != '"');
    }
    memcpy(pattern, line.at, line.len);
    pattern[line.len] = '\0';
    if (line.len > 1000) {
        return; /* glibc takes minutes for long ones, and says nothing new about them */
    }
    assert(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) == 0);
    assert(regexec(&regex, target, 0, NULL, 0) == 0);
    regfree(&regex);
    (void)item;
}

static void check_urls(struct str line, unsigned number, const struct blocklist_item *item)
{
    struct buf target = BUF_EMPTY;
    assert(number == 0);
    buf_put_string(&target, item->scope == BLOCKLIST_HOST ? "http://" : "");
    buf_put_str(&target, item->target);
    buf_put_string(&target, item->scope == BLOCKLIST_HOST ? "/x" : "");
    check_regex(line, item, target.bytes);
    buf_fini(&target);
}

/* Maps see no scheme, and name the case. */
static void check_map_regex(struct str line, const struct blocklist_item *item)
{
    struct buf target = BUF_EMPTY;
    buf_put_str(&target, item->target);
    check_regex(line, item, strstr(target.bytes, "//") + 2);
    buf_fini(&target);
}

static void check_nginx(struct str line, unsigned number, const struct blocklist_item *item)
{
    check_names(cut(line, STR(""), STR(" 1;")), number, item);
}

static void check_nginx_urls(struct str line, unsigned number, const struct blocklist_item *item)
{
    assert(number == 0);
    check_map_regex(cut(line, STR("\"~"), STR("\" 1;")), item);
}

static void check_haproxy(struct str line, unsigned number, const struct blocklist_item *item)
{
    check_names(cut(line, STR(""), STR(" 1")), number, item);
}

static void check_haproxy_urls(struct str line, unsigned number, const struct blocklist_item *item)
{
    assert(number == 0);
    check_map_regex(cut(line, STR(""), STR(" 1")), item);
}

static void check_adblock(struct str line, unsigned number, const struct blocklist_item *item)
{
    switch (item != NULL ? item->scope : BLOCKLIST_URL) {
    case BLOCKLIST_DOMAIN:
        assert(number == 0 && is_name_of(cut(line, STR("||"), STR("^")), item));
        break;
    case BLOCKLIST_HOST:
        assert(number < 2);
        assert(is_name_of(cut(line, number == 0 ? STR("|http://") : STR("|https://"), STR("^")),
                          item));
        break;
    case BLOCKLIST_URL:
    case BLOCKLIST_URL_PREFIX:
        line = cut(line, STR("/^https?:\\x2f\\x2f"), STR("/$match-case"));
        if (str_ends(line, STR("([/?].*)?$"))) {
            line.len -= strlen("([/?].*)?$");
        }
        assert(number == 0 && memchr(line.at, '/', line.len) == NULL);
        break;
    }
}

static void check_routeros(struct str line, unsigned number, const struct blocklist_item *item)
{
    static const char *const opens[] = {"/ip dns static remove [find comment~\"^saring \"]",
                                        "/system scheduler remove [find name=\"saring-berakhir\"]",
                                        ":if ([:timestamp] >= ",
                                        "/system scheduler add name=saring-berakhir interval=1m ",
                                        "/ip dns cache flush",
                                        "/ip dns static"};
    if (number < 6) {
        assert(str_starts(line, str_of(opens[number])));
        return;
    }
    struct str start = item->scope == BLOCKLIST_DOMAIN
                           ? STR("add type=NXDOMAIN ttl=1m match-subdomain=yes name=\"")
                           : STR("add type=NXDOMAIN ttl=1m match-subdomain=no name=\"");
    assert(number == 6 && is_name_of(cut(line, start, STR("\" comment=\"saring 1\"")), item));
}

static void check_dataset(struct str line, unsigned number, const struct blocklist_item *item)
{
    (void)number;
    char value[8192 + 64];
    size_t len;
    assert(sodium_base642bin((unsigned char *)value, sizeof value, line.at, line.len, NULL, &len,
                             NULL, sodium_base64_VARIANT_ORIGINAL) == 0);
    struct str decoded = {.at = value, .len = len};
    assert(str_starts(decoded, STR("# ")) || is_name_of(decoded, item));
}

/* Undoes `content`: hexadecimal between bars, the rest letters and digits. */
static struct str read_content(struct str line, struct buf *out)
{
    static const char mark[] = "content:\"";
    const char *at = memmem(line.at, line.len, mark, strlen(mark));
    assert(at != NULL);
    for (at += strlen(mark); *at != '"';) {
        if (*at == '|') {
            unsigned byte;
            assert(sscanf(at, "|%2x|", &byte) == 1 && at[3] == '|');
            buf_put_char(out, (char)byte);
            at += 4;
        } else {
            assert((*at | 0x20) >= 'a' ? (*at | 0x20) <= 'z' : *at >= '0' && *at <= '9');
            buf_put_char(out, *at++);
        }
    }
    return buf_str(out);
}

static void check_rules(struct str line, unsigned number, const struct blocklist_item *item)
{
    unsigned quotes = 0;
    assert(str_starts(line, STR("alert ")) && str_ends(line, STR(" rev:1;)")));
    for (size_t i = 0; i < line.len; i++) {
        assert(line.at[i] >= ' ' && line.at[i] < 0x7f);
        quotes += line.at[i] == '"';
    }
    enum { ASKING = 18 }; /* the datasets: of names once, of domains for each number of labels */
    assert(quotes % 2 == 0);
    if (number < ASKING) {
        assert(memmem(line.at, line.len, "(msg:\"SARING\";", 14) != NULL);
        return;
    }
    struct buf out = BUF_EMPTY;
    struct str content = read_content(line, &out);
    bool is_domain = item->scope == BLOCKLIST_DOMAIN;
    assert(number < ASKING + (is_domain ? 3 : 1));
    assert(!is_domain || content.at[0] == '.');
    assert(is_name_of(is_domain ? str_part(content, 1, content.len) : content, item));
    buf_fini(&out);
}

static void check_text(struct str line, unsigned number, const struct blocklist_item *item)
{
    struct buf wanted = BUF_EMPTY;
    buf_printf(&wanted, "%s %.*s", blocklist_scope_name(item->scope), STR_FORMAT(item->target));
    assert(number == 0 && str_equal(buf_str(&wanted), line));
    buf_fini(&wanted);
}

/* Eight quoted cells, none of which a spreadsheet computes. */
static void check_csv(struct str line, unsigned number, const struct blocklist_item *item)
{
    (void)item;
    size_t at = 0;
    assert(number < 2);
    for (unsigned cell = 0; cell < 8; cell++) {
        assert(at + 1 < line.len && line.at[at] == '"');
        assert(strchr("=+-@\t\r", line.at[at + 1]) == NULL || line.at[at + 1] == '\0');
        at++;
        while (line.at[at] != '"' || (at + 1 < line.len && line.at[at + 1] == '"')) {
            at += line.at[at] == '"' ? 2 : 1;
            assert(at < line.len);
        }
        at++;
        assert(cell == 7 ? at == line.len : line.at[at] == ',');
        at++;
    }
}

static const char *text_in(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* Undoes the quotes of STIX's patterns: the first string of it. */
static void check_pattern(const char *pattern, const struct blocklist_item *item)
{
    struct buf out = BUF_EMPTY;
    const char *at = strchr(pattern, '\'') + 1;
    for (; *at != '\''; at++) {
        at += *at == '\\' ? 1 : 0;
        assert(*at != '\0');
        buf_put_char(&out, *at);
    }
    bool is_last = strcmp(at, "']") == 0;
    if (item->scope == BLOCKLIST_URL_PREFIX) {
        check_urls(buf_str(&out), 0, item);
    } else {
        assert(str_equal(buf_str(&out), item->target));
    }
    assert(is_last == (item->scope != BLOCKLIST_DOMAIN));
    buf_fini(&out);
}

/* One document, in which the entry has its own place and no other. */
static void check_json(const struct blocklist_format *format, struct str file,
                       const struct blocklist_item *item, size_t count)
{
    json_t *read = json_loadb(file.at, file.len, JSON_REJECT_DUPLICATES, NULL);
    assert(read != NULL);
    const json_t *objects = json_object_get(read, "objects");
    const json_t *attributes = json_object_get(json_object_get(read, "Event"), "Attribute");
    if (strcmp(format->name, "stix") == 0) {
        assert(json_array_size(objects) == 2 + count);
        if (count > 0) {
            check_pattern(text_in(json_array_get(objects, 2), "pattern"), item);
        }
    } else if (attributes != NULL) {
        bool is_there = count > 0 && item->scope != BLOCKLIST_URL_PREFIX;
        assert(json_array_size(attributes) == is_there);
        assert(!is_there || str_is(item->target, text_in(json_array_get(attributes, 0), "value")));
    } else {
        assert(json_object_size(read) == 1);
    }
    json_decref(read);
}

static void check_file(const struct blocklist_format *format, struct str file,
                       const struct blocklist_item *item, size_t count)
{
    static const struct {
        const char *file;
        void (*check)(struct str line, unsigned number, const struct blocklist_item *item);
    } checks[] = {{"saring.rpz", check_rpz},
                  {"saring.hosts", check_hosts},
                  {"saring.dnsmasq", check_dnsmasq},
                  {"saring.dnsmasq.hosts", check_hosts},
                  {"saring.unbound.conf", check_unbound},
                  {"saring.dstdomain", check_names},
                  {"saring.url_regex", check_urls},
                  {"saring.squidguard.domains", check_name},
                  {"saring.squidguard.expressions", check_urls},
                  {"saring.e2guardian.sitelist", check_name},
                  {"saring.e2guardian.regexpurllist", check_urls},
                  {"saring.adblock.txt", check_adblock},
                  {"saring.rsc", check_routeros},
                  {"saring.nginx.map", check_nginx},
                  {"saring.nginx.urls", check_nginx_urls},
                  {"saring.haproxy.domains", check_haproxy},
                  {"saring.haproxy.hosts", check_haproxy},
                  {"saring.haproxy.urls", check_haproxy_urls},
                  {"saring.suricata.lst", check_dataset},
                  {"saring.suricata.domains.lst", check_dataset},
                  {"saring.suricata.rules", check_rules},
                  {"saring.csv", check_csv},
                  {"saring.txt", check_text}};
    unsigned number = 0;
    assert(file.len > 0 && file.at[file.len - 1] == '\n');
    if (format->comment == NULL) {
        check_json(format, file, item, count);
        return;
    }
    if (format->first != NULL) {
        assert(str_starts(file, str_of(format->first)));
        file = str_part(file, strlen(format->first) + 1, file.len);
    }
    while (file.len > 0) {
        size_t len = (size_t)((const char *)memchr(file.at, '\n', file.len) - file.at);
        struct str line = str_part(file, 0, len);
        file = str_part(file, len + 1, file.len);
        assert(memchr(line.at, '\r', line.len) == NULL && memchr(line.at, 0, line.len) == NULL);
        if (!format->encodes_lines && str_starts(line, str_of(format->comment))) {
            continue;
        }
        size_t i = 0;
        while (strcmp(checks[i].file, format->file) != 0) {
            i++;
            assert(i < sizeof checks / sizeof *checks);
        }
        checks[i].check(line, number++, item);
    }
}

static void check_formats(const struct blocklist_entry *entry, struct str season, struct str appeal)
{
    struct blocklist_list *list = blocklist_list_new(load_guard(), NULL, (int64_t)NOW_S * 1000);
    struct blocklist_opening opening = {.serial = NOW_S,
                                        .made_ms = (int64_t)NOW_S * 1000,
                                        .valid_until_ms = (int64_t)NOW_S * 1000,
                                        .season = season,
                                        .appeal = appeal,
                                        .empty = appeal,
                                        .zone = STR(BLOCKLIST_ZONE)};
    struct err err = ERR_NONE;
    size_t count, format_count;
    bool listed = blocklist_list_add(list, entry, &err);
    assert(listed || err_is_set(&err));
    const struct blocklist_item *items = blocklist_list_sort(list, &count);
    const struct blocklist_format *formats = blocklist_formats(&format_count);
    assert(count == listed);
    for (size_t i = 0; i < format_count; i++) {
        struct blocklist_counts counts;
        struct buf out = BUF_EMPTY;
        blocklist_render(&formats[i], &opening, items, count, &out, &counts, NULL, NULL);
        assert(counts.written + counts.covered + counts.skipped ==
               (formats[i].put != NULL ? count : 0));
        assert(counts.covered == 0 || strcmp(formats[i].name, "suricata") == 0);
        check_file(&formats[i], buf_str(&out), items, count);
        buf_fini(&out);
    }
    blocklist_list_free(list);
}

static void check_again(const struct blocklist_entry *entry)
{
    struct err err = ERR_NONE;
    struct blocklist_entry *again = blocklist_entry_read(blocklist_entry_json(entry), &err);
    assert(again != NULL);
    assert(str_equal(blocklist_entry_json(entry), blocklist_entry_json(again)));
    blocklist_entry_free(again);
}

/* The first byte chooses scope and harvest; then target, reason, season and appeal, NUL between. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hash evidence = {.bytes = {1}};
    struct str left = {.at = (const char *)data, .len = size};
    struct err err = ERR_NONE;
    struct blocklist_entry *stranger = blocklist_entry_read(left, &err);
    if (stranger != NULL) {
        assert(str_equal(blocklist_entry_json(stranger), left));
        blocklist_entry_free(stranger);
    }
    if (size == 0) {
        return 0;
    }
    left = str_part(left, 1, left.len);
    struct str target = take(&left), reason = take(&left), season = take(&left);
    struct str appeal = take(&left);
    struct blocklist_draft draft = {
        .class = RULE_FRAUD,
        .case_id = 1,
        .scope = (enum blocklist_scope)(data[0] & 3),
        .target = target,
        .start_ms = (int64_t)NOW_S * 1000,
        .end_ms = (int64_t)NOW_S * 1000 + 1 + data[0] * 1000,
        .harvest = data[0] >> 2 & 15,
        .observed_ms = (int64_t)NOW_S * 1000 - 1000,
        .evidence = &evidence,
        .evidence_count = 1,
        .reason = reason,
    };
    err = ERR_NONE;
    struct blocklist_entry *entry = blocklist_entry_new(&draft, &err);
    if (entry == NULL) {
        assert(err_is_set(&err));
        return 0;
    }
    check_again(entry);
    check_formats(entry, season, appeal);
    blocklist_entry_free(entry);
    return 0;
}
