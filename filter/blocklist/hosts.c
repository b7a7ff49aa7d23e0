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
