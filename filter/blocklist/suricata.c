#include <string.h>

#include "filter/blocklist/renderers.h"

/* Rules of one's own start at a million; the first hundred are those of the datasets. */
enum { SID_DATASET = 1690000000, SID_CASES = 1690000100, SIDS_PER_CASE = 4, SEEN = 3 };

/* Where a name is seen. */
static const struct {
    const char *protocol, *buffer;
} seen[SEEN] = {{"dns", "dns.query"}, {"tls", "tls.sni"}, {"http", "http.host"}};

void blocklist_suricata_put(struct buf *out, const struct blocklist_item *item,
                            const struct blocklist_item *before)
{
    if (before != NULL && str_equal(before->host, item->host)) {
        return;
    }
    blocklist_put_base64(out, item->host);
    buf_put_char(out, '\n');
}

void blocklist_suricata_rules_open(struct buf *out, const struct blocklist_opening *opening)
{
    (void)opening;
    unsigned sid = SID_DATASET;
    for (unsigned i = 0; i < SEEN; i++) {
        buf_printf(out,
                   "alert %s any any -> any any (msg:\"SARING\"; %s; to_lowercase; "
                   "dataset:isset,saring,type string,load saring.suricata.lst; sid:%u; rev:1;)\n",
                   seen[i].protocol, seen[i].buffer, sid++);
    }
    /* A name of fewer labels has no such part and matches nothing; one of as many is the part. */
    for (unsigned labels = 2; labels <= BLOCKLIST_SURICATA_LABELS; labels++) {
        for (unsigned i = 0; i < SEEN; i++) {
            buf_printf(out,
                       "alert %s any any -> any any (msg:\"SARING\"; %s; to_lowercase; "
                       "pcrexform:\"((?:[^.]+[.]){%u}[^.]+)$\"; dataset:isset,saring-domains,type "
                       "string,load saring.suricata.domains.lst; sid:%u; rev:1;)\n",
                       seen[i].protocol, seen[i].buffer, labels - 1, sid++);
        }
    }
}

/* Every byte but letters and digits between bars, in hexadecimal. */
static void put_content(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
            buf_put_char(out, c);
        } else {
            buf_put_char(out, '|');
            buf_put_hex(out, &c, 1);
            buf_put_char(out, '|');
        }
    }
}

static void put_end(struct buf *out, const struct blocklist_item *item, unsigned number)
{
    int64_t sid = SID_CASES + item->case_id * SIDS_PER_CASE + number;
    buf_put_string(out, " metadata: saring_case ");
    buf_put_int(out, item->case_id);
    buf_put_string(out, "; sid:");
    buf_put_int(out, sid);
    buf_put_string(out, "; rev:1;)\n");
}

/* A name and what lies below it. */
static void put_domain(struct buf *out, const struct blocklist_item *item)
{
    for (unsigned i = 0; i < SEEN; i++) {
        buf_printf(out,
                   "alert %s any any -> any any (msg:\"SARING kasus %lld\"; %s; to_lowercase; "
                   "dotprefix; content:\"|2e|",
                   seen[i].protocol, (long long)item->case_id, seen[i].buffer);
        put_content(out, item->host);
        buf_put_string(out, "\"; endswith;");
        put_end(out, item, i);
    }
}

/* The port exactly, the path as it was sent; of a prefix whole path segments. */
static void put_url(struct buf *out, const struct blocklist_item *item)
{
    struct str rest = blocklist_after_host(item), port = STR("80");
    const char *slash = memchr(rest.at, '/', rest.len);
    size_t at = slash != NULL ? (size_t)(slash - rest.at) : rest.len;
    if (at > 1) {
        port = str_part(rest, 1, at);
    }
    struct str path = str_part(rest, at, rest.len);
    buf_printf(out,
               "alert http any any -> any %.*s (msg:\"SARING kasus %lld\"; "
               "flow:to_server,established; http.host; content:\"",
               STR_FORMAT(port), (long long)item->case_id);
    put_content(out, item->host);
    buf_put_string(out, "\"; startswith; endswith; http.uri.raw; content:\"");
    put_content(out, path);
    buf_put_string(out, "\"; startswith;");
    if (item->scope == BLOCKLIST_URL) {
        buf_put_string(out, " endswith;");
    } else if (!str_ends(path, STR("/"))) {
        buf_put_string(out, " pcre:\"/^");
        blocklist_put_hexed(out, path);
        buf_put_string(out, "(?:[\\x2f?]|$)/\";");
    }
    put_end(out, item, 0);
}

void blocklist_suricata_rules_put(struct buf *out, const struct blocklist_item *item,
                                  const struct blocklist_item *before)
{
    (void)before;
    if (item->scope == BLOCKLIST_DOMAIN) {
        put_domain(out, item);
    } else {
        put_url(out, item);
    }
}
