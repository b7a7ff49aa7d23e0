/*
 * Whatever an entry, a season and an appeal are called, every output holds nothing but data: read
 * back line by line, each line is a comment, what the format opens with, or the entry's own name.
 * An entry is also read back from its own JSON, and from the input as JSON.
 */
#include <assert.h>
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

static void check_urls(struct str line, unsigned number, const struct blocklist_item *item)
{
    (void)item;
    assert(number == 0 && str_starts(line, STR("^https?://")));
    for (size_t i = 0; i < line.len; i++) {
        assert(line.at[i] > ' ' && line.at[i] < 0x7f);
    }
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

static void check_file(const struct blocklist_format *format, struct str file,
                       const struct blocklist_item *item)
{
    static const struct {
        const char *file;
        void (*check)(struct str line, unsigned number, const struct blocklist_item *item);
    } checks[] = {{"saring.rpz", check_rpz},
                  {"saring.hosts", check_hosts},
                  {"saring.dstdomain", check_names},
                  {"saring.url_regex", check_urls},
                  {"saring.csv", check_csv}};
    unsigned number = 0;
    assert(file.len > 0 && file.at[file.len - 1] == '\n');
    while (file.len > 0) {
        size_t len = (size_t)((const char *)memchr(file.at, '\n', file.len) - file.at);
        struct str line = str_part(file, 0, len);
        file = str_part(file, len + 1, file.len);
        assert(memchr(line.at, '\r', line.len) == NULL && memchr(line.at, 0, line.len) == NULL);
        if (str_starts(line, str_of(format->comment))) {
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
        assert(counts.written + counts.skipped == count);
        check_file(&formats[i], buf_str(&out), items);
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
