/* Formats of a name a line. */
#include "filter/blocklist/renderers.h"

void blocklist_hosts_put(struct buf *out, const struct blocklist_item *item,
                         const struct blocklist_item *before)
{
    /* HOST and DOMAIN of one name are one line here. */
    if (before != NULL && str_equal(before->host, item->host)) {
        return;
    }
    static const char *const nowhere[] = {"0.0.0.0 ", ":: "};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        buf_put_string(out, nowhere[i]);
        buf_put_str(out, item->host);
        buf_put_char(out, '\n');
    }
}

void blocklist_name_put(struct buf *out, const struct blocklist_item *item,
                        const struct blocklist_item *before)
{
    (void)before;
    buf_put_str(out, item->host);
    buf_put_char(out, '\n');
}

void blocklist_dnsmasq_put(struct buf *out, const struct blocklist_item *item,
                           const struct blocklist_item *before)
{
    (void)before;
    buf_put_string(out, "server=/");
    buf_put_str(out, item->host);
    buf_put_string(out, "/\n");
}

void blocklist_unbound_open(struct buf *out, const struct blocklist_opening *opening)
{
    (void)opening;
    buf_put_string(out, "server:\n");
}

void blocklist_unbound_put(struct buf *out, const struct blocklist_item *item,
                           const struct blocklist_item *before)
{
    (void)before;
    buf_put_string(out, "local-zone: \"");
    buf_put_str(out, item->host);
    if (item->scope == BLOCKLIST_DOMAIN) {
        buf_put_string(out, ".\" always_nxdomain\n");
        return;
    }
    buf_put_string(out, ".\" transparent\n");
    static const char *const nowhere[] = {". 60 IN A 0.0.0.0\"\n", ". 60 IN AAAA ::\"\n"};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        buf_put_string(out, "local-data: \"");
        buf_put_str(out, item->host);
        buf_put_string(out, nowhere[i]);
    }
}

void blocklist_text_put(struct buf *out, const struct blocklist_item *item,
                        const struct blocklist_item *before)
{
    (void)before;
    buf_put_string(out, blocklist_scope_name(item->scope));
    buf_put_char(out, ' ');
    buf_put_str(out, item->target);
    buf_put_char(out, '\n');
}
