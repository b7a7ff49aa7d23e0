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

enum { NAMES = HOST | DOMAIN, URLS = URL | URL_PREFIX, ALL = NAMES | URLS };

/*
 * A router of the smallest kind keeps its static names in a few MiB of memory. What is beyond is
 * reported, and no part of it written.
 */
enum { ROUTEROS_MOST = 5000 };

static const struct blocklist_format formats[] = {
    {.name = "rpz",
     .file = "saring.rpz",
     .comment = "; ",
     .scopes = NAMES,
     .is_sub_named = true,
     .is_in_zone = true,
     .open = blocklist_rpz_open,
     .put = blocklist_rpz_put},
    /* hosts(5) has no sub-names: of a DOMAIN only the name itself is blocked. */
    {.name = "hosts",
     .file = "saring.hosts",
     .comment = "# ",
     .scopes = NAMES,
     .narrowed = DOMAIN,
     .keeps_covered = true,
     .put = blocklist_hosts_put},
    /* dnsmasq: names and all below them for servers-file, single names for addn-hosts. */
    {.name = "dnsmasq",
     .file = "saring.dnsmasq",
     .comment = "# ",
     .scopes = DOMAIN,
     .put = blocklist_dnsmasq_put},
    {.name = "dnsmasq",
     .file = "saring.dnsmasq.hosts",
     .suffix = ".hosts",
     .comment = "# ",
     .scopes = HOST,
     .put = blocklist_hosts_put},
    {.name = "unbound",
     .file = "saring.unbound.conf",
     .comment = "# ",
     .scopes = NAMES,
     .open = blocklist_unbound_open,
     .put = blocklist_unbound_put},
    {.name = "squid",
     .file = "saring.dstdomain",
     .comment = "# ",
     .scopes = NAMES,
     .put = blocklist_squid_domain_put},
    {.name = "squid",
     .file = "saring.url_regex",
     .suffix = ".url_regex",
     .comment = "# ",
     .scopes = URLS,
     .put = blocklist_squid_url_put},
    /*
     * squidGuard and e2guardian read a name as that and all below it: a HOST by regex. Both put
     * URLs in lower case before they look at them, and so can't tell two paths apart.
     */
    {.name = "squidguard",
     .file = "saring.squidguard.domains",
     .comment = "# ",
     .scopes = DOMAIN,
     .put = blocklist_name_put},
    {.name = "squidguard",
     .file = "saring.squidguard.expressions",
     .suffix = ".expressions",
     .comment = "# ",
     .scopes = HOST,
     .put = blocklist_content_filter_put},
    {.name = "e2guardian",
     .file = "saring.e2guardian.sitelist",
     .comment = "# ",
     .scopes = DOMAIN,
     .put = blocklist_name_put},
    {.name = "e2guardian",
     .file = "saring.e2guardian.regexpurllist",
     .suffix = ".regexpurllist",
     .comment = "# ",
     .scopes = HOST,
     .put = blocklist_content_filter_put},
    {.name = "adblock",
     .file = "saring.adblock.txt",
     .first = "[Adblock Plus 2.0]",
     .comment = "! ",
     .scopes = ALL,
     .open = blocklist_adblock_open,
     .put = blocklist_adblock_put},
    {.name = "routeros",
     .file = "saring.rsc",
     .comment = "# ",
     .scopes = NAMES,
     .most_written = ROUTEROS_MOST,
     .open = blocklist_routeros_open,
     .put = blocklist_routeros_put},
    {.name = "nginx",
     .file = "saring.nginx.map",
     .comment = "# ",
     .scopes = NAMES,
     .put = blocklist_nginx_put},
    {.name = "nginx",
     .file = "saring.nginx.urls",
     .suffix = ".urls",
     .comment = "# ",
     .scopes = URLS,
     .put = blocklist_nginx_url_put},
    {.name = "haproxy",
     .file = "saring.haproxy.domains",
     .comment = "# ",
     .scopes = DOMAIN,
     .put = blocklist_haproxy_domain_put},
    {.name = "haproxy",
     .file = "saring.haproxy.hosts",
     .suffix = ".hosts",
     .comment = "# ",
     .scopes = HOST,
     .put = blocklist_haproxy_host_put},
    {.name = "haproxy",
     .file = "saring.haproxy.urls",
     .suffix = ".urls",
     .comment = "# ",
     .scopes = URLS,
     .put = blocklist_haproxy_url_put},
    /*
     * Datasets hold whole values: a rule cuts the last labels out of what was asked for and looks
     * for them among the domains, one rule for each number of labels. What has more gets rules.
     */
    {.name = "suricata",
     .file = "saring.suricata.lst",
     .comment = "# ",
     .encodes_lines = true,
     .scopes = HOST,
     .put = blocklist_suricata_put},
    {.name = "suricata",
     .file = "saring.suricata.domains.lst",
     .suffix = ".domains",
     .comment = "# ",
     .encodes_lines = true,
     .scopes = DOMAIN,
     .most_labels = BLOCKLIST_SURICATA_LABELS,
     .put = blocklist_suricata_put},
    {.name = "suricata",
     .file = "saring.suricata.rules",
     .suffix = ".rules",
     .comment = "# ",
     .scopes = DOMAIN | URLS,
     .least_labels = BLOCKLIST_SURICATA_LABELS + 1,
     .most_case = BLOCKLIST_SURICATA_CASES,
     .open = blocklist_suricata_rules_open,
     .put = blocklist_suricata_rules_put},
    {.name = "stix",
     .file = "saring.stix.json",
     .scopes = ALL,
     .ends_each = true,
     .keeps_covered = true,
     .keeps_twins = true,
     .open = blocklist_stix_open,
     .put = blocklist_stix_put,
     .close = blocklist_stix_close},
    {.name = "misp",
     .file = "misp/%s.json",
     .scopes = URL | NAMES,
     .keeps_covered = true,
     .open = blocklist_misp_open,
     .put = blocklist_misp_put,
     .close = blocklist_misp_close},
    {.name = "misp",
     .file = "misp/manifest.json",
     .suffix = ".manifest",
     .open = blocklist_misp_manifest_open},
    {.name = "csv",
     .file = "saring.csv",
     .comment = "# ",
     .scopes = ALL,
     .ends_each = true,
     .keeps_covered = true,
     .keeps_twins = true,
     .open = blocklist_csv_open,
     .put = blocklist_csv_put},
    {.name = "text",
     .file = "saring.txt",
     .comment = "# ",
     .scopes = ALL,
     .put = blocklist_text_put},
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

static void put_pair(struct buf *out, const char *name, struct str value)
{
    buf_put_string(out, name);
    buf_put_string(out, ": ");
    put_line(out, value);
    buf_put_char(out, '\n');
}

void blocklist_put_opening(const struct blocklist_opening *opening, const char *name,
                           struct buf *out)
{
    char text[CLOCK_TEXT], hex[HASH_HEX];
    buf_printf(out,
               "saring %s: situs penipuan yang terbukti memanen data, uang atau sandi / fraud "
               "sites seen to harvest data, money or secrets\n",
               name);
    if (opening->season.len == 0) {
        buf_put_string(out, "PERAGAAN, jangan dipakai: tanpa musim, kunci sekali pakai / "
                            "DEMONSTRATION, not for use: no season, throw-away demo key\n");
    } else {
        put_pair(out, "musim / season", opening->season);
    }
    if (opening->empty.len > 0) {
        put_pair(out, "dikosongkan / emptied", opening->empty);
    }
    buf_printf(out, "serial: %lu\n", (unsigned long)opening->serial);
    put_pair(out, "dibuat / made", str_of(clock_format(opening->made_ms, text)));
    put_pair(out, "berlaku sampai / valid until",
             str_of(clock_format(opening->valid_until_ms, text)));
    put_pair(out, "keberatan / appeal", opening->appeal);
    put_pair(out, "kepala log / log head", str_of(hash_format(&opening->head, hex)));
    put_pair(out, "kunci / key", opening->fingerprint);
}

/* A comment line, or the base64 of one where a file holds nothing but values. */
static void put_comment_line(const struct blocklist_format *format, struct buf *out,
                             struct str text)
{
    struct buf line = BUF_EMPTY;
    buf_put_string(&line, format->comment);
    put_line(&line, text);
    if (format->encodes_lines) {
        blocklist_put_base64(out, buf_str(&line));
    } else {
        buf_put_str(out, buf_str(&line));
    }
    buf_put_char(out, '\n');
    buf_fini(&line);
}

void blocklist_put_comment(const struct blocklist_format *format, struct buf *out, struct str text)
{
    while (format->comment != NULL && text.len > 0) {
        const char *end = memchr(text.at, '\n', text.len);
        size_t len = end != NULL ? (size_t)(end - text.at) : text.len;
        put_comment_line(format, out, str_part(text, 0, len));
        text = str_part(text, end != NULL ? len + 1 : len, text.len);
    }
}

void blocklist_format_file(const struct blocklist_format *format,
                           const struct blocklist_opening *opening, struct buf *out)
{
    const char *mark = strstr(format->file, "%s");
    if (mark == NULL) {
        buf_put_string(out, format->file);
        return;
    }
    buf_put(out, format->file, (size_t)(mark - format->file));
    blocklist_put_list_uuid(out, opening);
    buf_put_string(out, mark + 2);
}

/* Why the format can't hold the item; NULL if it can. */
static const char *find_obstacle(const struct blocklist_format *format,
                                 const struct blocklist_opening *opening,
                                 const struct blocklist_item *item, size_t written)
{
    if ((format->scopes & (1U << item->scope)) == 0) {
        return "the format cannot express this scope";
    }
    if (format->most_written > 0 && written >= format->most_written) {
        return "the format holds no more entries than were written already";
    }
    if (format->most_case > 0 && item->case_id > format->most_case) {
        return "the format has no number for a case so high";
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

static unsigned count_labels(struct str name)
{
    unsigned count = 1;
    for (size_t i = 0; i < name.len; i++) {
        count += name.at[i] == '.';
    }
    return count;
}

static bool is_left_to_another(const struct blocklist_format *format,
                               const struct blocklist_item *item)
{
    if (item->is_twin ? !format->keeps_twins : item->is_covered && !format->keeps_covered) {
        return true;
    }
    if (item->scope != BLOCKLIST_DOMAIN || (format->least_labels | format->most_labels) == 0) {
        return false;
    }
    unsigned labels = count_labels(item->host);
    return labels < format->least_labels ||
           (format->most_labels > 0 && labels > format->most_labels);
}

/* One file on its way. */
struct rendering {
    const struct blocklist_format *format;
    struct blocklist_opening opening;
    struct buf *out;
    struct blocklist_counts *counts;
    blocklist_report *report;
    void *context;
    const struct blocklist_item *before; /* the last one written */
};

static void begin(struct rendering *file, const struct blocklist_opening *opening)
{
    struct buf text = BUF_EMPTY;
    file->opening = *opening;
    if (!file->format->ends_each && opening->first_end_ms > 0 &&
        opening->first_end_ms < opening->valid_until_ms) {
        file->opening.valid_until_ms = opening->first_end_ms;
    }
    *file->counts = (struct blocklist_counts){.written = 0};
    if (file->format->first != NULL) {
        buf_printf(file->out, "%s\n", file->format->first);
    }
    blocklist_put_opening(&file->opening, file->format->name, &text);
    blocklist_put_comment(file->format, file->out, buf_str(&text));
    buf_fini(&text);
    if (file->format->open != NULL) {
        file->format->open(file->out, &file->opening);
    }
}

static void put_item(struct rendering *file, const struct blocklist_item *item)
{
    const struct blocklist_format *format = file->format;
    struct blocklist_counts *counts = file->counts;
    bool is_left = is_left_to_another(format, item);
    const char *obstacle =
        find_obstacle(format, &file->opening, item, is_left ? 0 : counts->written);
    if (obstacle != NULL) {
        counts->skipped++;
        if (file->report != NULL) {
            file->report(file->context, format, item, obstacle);
        }
        return;
    }
    if (is_left) {
        counts->covered++;
        return;
    }
    if ((format->narrowed & (1U << item->scope)) != 0) {
        counts->narrowed++;
        if (file->report != NULL) {
            file->report(file->context, format, item,
                         "only the name itself is blocked, not what is below");
        }
    }
    format->put(file->out, item, file->before);
    counts->written++;
    file->before = item;
}

static void end(struct rendering *file)
{
    if (file->format->close != NULL) {
        file->format->close(file->out, &file->opening);
    }
}

void blocklist_render(const struct blocklist_format *format,
                      const struct blocklist_opening *opening, const struct blocklist_item *items,
                      size_t item_count, struct buf *out, struct blocklist_counts *counts,
                      blocklist_report *report, void *context)
{
    struct rendering file = {
        .format = format, .out = out, .counts = counts, .report = report, .context = context};
    begin(&file, opening);
    for (size_t i = 0; format->put != NULL && i < item_count; i++) {
        put_item(&file, &items[i]);
    }
    end(&file);
}

bool blocklist_render_to(const struct blocklist_format *format,
                         const struct blocklist_opening *opening,
                         const struct blocklist_item *items, size_t item_count,
                         blocklist_drain *drain, void *drain_context,
                         struct blocklist_counts *counts, blocklist_report *report, void *context,
                         struct err *err)
{
    enum { PIECE = 256 * 1024 };
    struct buf out = BUF_EMPTY;
    struct rendering file = {
        .format = format, .out = &out, .counts = counts, .report = report, .context = context};
    bool done = true;
    begin(&file, opening);
    for (size_t i = 0; done && format->put != NULL && i < item_count; i++) {
        put_item(&file, &items[i]);
        if (out.len >= PIECE) {
            done = drain(drain_context, buf_str(&out), err);
            buf_clear(&out);
        }
    }
    if (done) {
        end(&file);
        done = drain(drain_context, buf_str(&out), err);
    }
    buf_fini(&out);
    return done;
}
