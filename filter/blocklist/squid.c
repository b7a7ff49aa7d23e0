/* Squid, and the two content filters beside it. */
#include "filter/blocklist/renderers.h"

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

/* Both schemes, for they are one page to everybody. */
void blocklist_squid_url_put(struct buf *out, const struct blocklist_item *item,
                             const struct blocklist_item *before)
{
    (void)before;
    blocklist_put_regex(out, item, "https?://", blocklist_put_literal);
    buf_put_char(out, '\n');
}

/* What both see has no scheme at times: of a tunnel (CONNECT) host and port alone. */
void blocklist_content_filter_put(struct buf *out, const struct blocklist_item *item,
                                  const struct blocklist_item *before)
{
    (void)before;
    blocklist_put_regex(out, item, "(https?://)?", blocklist_put_literal);
    buf_put_char(out, '\n');
}
