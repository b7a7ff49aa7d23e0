#include "filter/blocklist/renderers.h"

/* How soon a reader asks again: it has no other end date (a whole number of hours at least 1). */
void blocklist_adblock_open(struct buf *out, const struct blocklist_opening *opening)
{
    (void)opening;
    buf_put_string(out, "! Title: saring\n! Expires: 1 hours\n");
}

/*
 * "||" and "^" are a name and all below it; "|" and "^" the name alone, with any port and path.
 * Everything else as an expression, for patterns have no way to write their own signs, and they
 * match in either case.
 */
void blocklist_adblock_put(struct buf *out, const struct blocklist_item *item,
                           const struct blocklist_item *before)
{
    (void)before;
    switch (item->scope) {
    case BLOCKLIST_DOMAIN:
        buf_put_string(out, "||");
        buf_put_str(out, item->host);
        buf_put_string(out, "^\n");
        break;
    case BLOCKLIST_HOST:
        buf_put_string(out, "|http://");
        buf_put_str(out, item->host);
        buf_put_string(out, "^\n|https://");
        buf_put_str(out, item->host);
        buf_put_string(out, "^\n");
        break;
    case BLOCKLIST_URL:
    case BLOCKLIST_URL_PREFIX:
        buf_put_char(out, '/');
        blocklist_put_regex(out, item, "https?:\\x2f\\x2f", blocklist_put_hexed);
        buf_put_string(out, "/$match-case\n");
        break;
    }
}
