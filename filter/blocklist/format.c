#include "filter/blocklist/format.h"

#include <utf8proc.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/blocklist/name.h"
#include "filter/blocklist/renderers.h"
#include "filter/text/utf8.h"

enum {
    URL = 1 << BLOCKLIST_URL,
    URL_PREFIX = 1 << BLOCKLIST_URL_PREFIX,
    HOST = 1 << BLOCKLIST_HOST,
    DOMAIN = 1 << BLOCKLIST_DOMAIN,
};

static const struct blocklist_format formats[] = {
    {.name = "rpz",
     .file = "saring.rpz",
     .comment = "; ",
     .scopes = HOST | DOMAIN,
     .is_sub_named = true,
     .is_in_zone = true,
     .open = blocklist_rpz_open,
     .put = blocklist_rpz_put},
    /* hosts(5) has no sub-names: of a DOMAIN only the name itself is blocked. */
    {.name = "hosts",
     .file = "saring.hosts",
     .comment = "# ",
     .scopes = HOST | DOMAIN,
     .narrowed = DOMAIN,
     .keeps_covered = true,
     .put = blocklist_hosts_put},
    {.name = "squid",
     .file = "saring.dstdomain",
     .comment = "# ",
     .scopes = HOST | DOMAIN,
     .put = blocklist_squid_domain_put},
    {.name = "squid",
     .file = "saring.url_regex",
     .suffix = ".url_regex",
     .comment = "# ",
     .scopes = URL | URL_PREFIX,
     .put = blocklist_squid_url_put},
    {.name = "csv",
     .file = "saring.csv",
     .comment = "# ",
     .scopes = URL | URL_PREFIX | HOST | DOMAIN,
     .keeps_covered = true,
     .open = blocklist_csv_open,
     .put = blocklist_csv_put},
};

const struct blocklist_format *blocklist_formats(size_t *count)
{
    *count = sizeof formats / sizeof *formats;
    return formats;
}

/* One line of any text: control, invisible and line-breaking characters become '?'. */
static void put_line(struct buf *out, struct str text)
{
    if (!utf8_is_valid(text)) {
        buf_put_char(out, '?');
        return;
    }
    for (size_t at = 0, len; at < text.len; at += len) {
        utf8proc_int32_t c;
        len = (size_t)utf8proc_iterate((const utf8proc_uint8_t *)text.at + at,
                                       (utf8proc_ssize_t)(text.len - at), &c);
        switch (utf8proc_category(c)) {
        case UTF8PROC_CATEGORY_CC:
        case UTF8PROC_CATEGORY_CF:
        case UTF8PROC_CATEGORY_CO:
        case UTF8PROC_CATEGORY_CN:
        case UTF8PROC_CATEGORY_ZL:
        case UTF8PROC_CATEGORY_ZP:
            buf_put_char(out, '?');
            break;
        default: /* every other category is visible text */
            buf_put(out, text.at + at, len);
            break;
        }
    }
}

static void put_pair(const struct blocklist_format *format, struct buf *out, const char *name,
                     struct str value)
{
    buf_put_string(out, format->comment);
    buf_put_string(out, name);
    buf_put_string(out, ": ");
    put_line(out, value);
    buf_put_char(out, '\n');
}

static void put_opening(const struct blocklist_format *format,
                        const struct blocklist_opening *opening, struct buf *out)
{
    char text[CLOCK_TEXT], hex[HASH_HEX];
    struct buf serial = BUF_EMPTY;
    buf_printf(out,
               "%ssaring %s: situs penipuan yang terbukti memanen data, uang atau sandi / fraud "
               "sites seen to harvest data, money or secrets\n",
               format->comment, format->name);
    if (opening->season.len == 0) {
        buf_printf(out,
                   "%sPERAGAAN, jangan dipakai: tanpa musim, kunci sekali pakai / DEMONSTRATION, "
                   "not for use: no season, throw-away demo key\n",
                   format->comment);
    } else {
        put_pair(format, out, "musim / season", opening->season);
    }
    if (opening->empty.len > 0) {
        put_pair(format, out, "dikosongkan / emptied", opening->empty);
    }
    buf_printf(&serial, "%lu", (unsigned long)opening->serial);
    put_pair(format, out, "serial", buf_str(&serial));
    put_pair(format, out, "dibuat / made", str_of(clock_format(opening->made_ms, text)));
    put_pair(format, out, "berlaku sampai / valid until",
             str_of(clock_format(opening->valid_until_ms, text)));
    put_pair(format, out, "keberatan / appeal", opening->appeal);
    put_pair(format, out, "kepala log / log head", str_of(hash_format(&opening->head, hex)));
    put_pair(format, out, "kunci / key", opening->fingerprint);
    buf_fini(&serial);
}

void blocklist_put_comment(const struct blocklist_format *format, struct buf *out, struct str text)
{
    while (text.len > 0) {
        const char *end = memchr(text.at, '\n', text.len);
        size_t len = end != NULL ? (size_t)(end - text.at) : text.len;
        buf_put_string(out, format->comment);
        put_line(out, str_part(text, 0, len));
        buf_put_char(out, '\n');
        text = str_part(text, end != NULL ? len + 1 : len, text.len);
    }
}

/* Why the format can't hold the item; NULL if it can. */
static const char *find_obstacle(const struct blocklist_format *format,
                                 const struct blocklist_opening *opening,
                                 const struct blocklist_item *item)
{
    if ((format->scopes & (1U << item->scope)) == 0) {
        return "the format cannot express this scope";
    }
    size_t most = BLOCKLIST_NAME_BYTES;
    size_t len = item->host.len;
    if (format->is_sub_named && item->scope == BLOCKLIST_DOMAIN) {
        len += 2;
    }
    if (format->is_in_zone) {
        len += 1 + opening->zone.len;
    }
    if (len > most && format->is_in_zone) {
        return "the name and the zone's name have more than 253 octets";
    }
    return NULL;
}

void blocklist_render(const struct blocklist_format *format,
                      const struct blocklist_opening *opening, const struct blocklist_item *items,
                      size_t item_count, struct buf *out, struct blocklist_counts *counts,
                      blocklist_report *report, void *context)
{
    const struct blocklist_item *before = NULL;
    *counts = (struct blocklist_counts){.written = 0};
    put_opening(format, opening, out);
    if (format->open != NULL) {
        format->open(out, opening);
    }
    for (size_t i = 0; i < item_count; i++) {
        const struct blocklist_item *item = &items[i];
        const char *obstacle = find_obstacle(format, opening, item);
        if (obstacle != NULL) {
            counts->skipped++;
            if (report != NULL) {
                report(context, format, item, obstacle);
            }
            continue;
        }
        if (item->is_covered && !format->keeps_covered) {
            counts->covered++;
            continue;
        }
        if ((format->narrowed & (1U << item->scope)) != 0) {
            counts->narrowed++;
            if (report != NULL) {
                report(context, format, item, "only the name itself is blocked, not what is below");
            }
        }
        format->put(out, item, before);
        counts->written++;
        before = item;
    }
}
