#include "filter/blocklist/renderers.h"

#include <stdbool.h>

void blocklist_squid_domain_put(struct buf *out, const struct blocklist_item *item,
                                const struct blocklist_item *before)
{
    (void)before;
    if (item->scope == BLOCKLIST_DOMAIN) {
        buf_put_char(out, '.');
    }
    buf_put_str(out, item->host);
    buf_put_char(out, '\n');
}

/* Every byte for itself: POSIX extended regular expressions (regex(7)). */
static void put_literal(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || strchr("-_/:%~&=,;!'@", c) != NULL;
        if (c == '^') { /* in brackets it would mean "none of" */
            buf_put_string(out, "\\^");
        } else if (is_plain) {
            buf_put_char(out, c);
        } else {
            buf_put(out, (char[]){'[', c, ']'}, 3);
        }
    }
}

/*
 * Anchored at the start, and at the end but for a prefix. Both schemes, for they are one page to
 * everybody; the port exactly; of a URL the query exactly, of a prefix all that follows a whole
 * path segment.
 */
void blocklist_squid_url_put(struct buf *out, const struct blocklist_item *item,
                             const struct blocklist_item *before)
{
    (void)before;
    struct str target = item->target;
    const char *host_end = item->host.at + item->host.len;
    struct str rest = {.at = host_end, .len = (size_t)(target.at + target.len - host_end)};
    buf_put_string(out, "^https?://");
    put_literal(out, item->host);
    if (str_starts(rest, STR(":"))) {
        put_literal(out, rest);
    } else {
        buf_put_string(out, "(:80|:443)?");
        put_literal(out, rest);
    }
    if (item->scope == BLOCKLIST_URL) {
        buf_put_char(out, '$');
    } else if (!str_ends(rest, STR("/"))) {
        buf_put_string(out, "([/?].*)?$");
    }
    buf_put_char(out, '\n');
}
