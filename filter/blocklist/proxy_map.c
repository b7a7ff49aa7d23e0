/* Maps of nginx and HAProxy, from what a request asks for to the number of the case. */
#include "filter/blocklist/renderers.h"

/* ".name" is the name and all below it where the map says `hostnames`. */
void blocklist_nginx_put(struct buf *out, const struct blocklist_item *item,
                         const struct blocklist_item *before)
{
    (void)before;
    if (item->scope == BLOCKLIST_DOMAIN) {
        buf_put_char(out, '.');
    }
    buf_put_str(out, item->host);
    buf_put_char(out, ' ');
    buf_put_int(out, item->case_id);
    buf_put_string(out, ";\n");
}

/* Plain keys would match in either case; of a URL the path has its own. */
void blocklist_nginx_url_put(struct buf *out, const struct blocklist_item *item,
                             const struct blocklist_item *before)
{
    (void)before;
    buf_put_string(out, "\"~");
    blocklist_put_regex(out, item, "", blocklist_put_literal);
    buf_put_string(out, "\" ");
    buf_put_int(out, item->case_id);
    buf_put_string(out, ";\n");
}

static void put_value(struct buf *out, const struct blocklist_item *item)
{
    buf_put_char(out, ' ');
    buf_put_int(out, item->case_id);
    buf_put_char(out, '\n');
}

void blocklist_haproxy_domain_put(struct buf *out, const struct blocklist_item *item,
                                  const struct blocklist_item *before)
{
    (void)before;
    buf_put_char(out, '.');
    buf_put_str(out, item->host);
    put_value(out, item);
}

void blocklist_haproxy_host_put(struct buf *out, const struct blocklist_item *item,
                                const struct blocklist_item *before)
{
    (void)before;
    buf_put_str(out, item->host);
    put_value(out, item);
}

void blocklist_haproxy_url_put(struct buf *out, const struct blocklist_item *item,
                               const struct blocklist_item *before)
{
    (void)before;
    blocklist_put_regex(out, item, "", blocklist_put_literal);
    put_value(out, item);
}
