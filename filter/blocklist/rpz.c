#include "filter/blocklist/renderers.h"

/*
 * A removed name must be free again within five minutes, cached answers included: short times.
 * EXPIRE is what is left of the list's validity, after which a secondary drops the policy.
 */
enum { TTL = 60, REFRESH = 60, RETRY = 30 };

void blocklist_rpz_open(struct buf *out, const struct blocklist_opening *opening)
{
    int64_t left = (opening->valid_until_ms - opening->made_ms) / 1000;
    buf_printf(out,
               "$TTL %d\n"
               "@ IN SOA localhost. hostmaster.localhost. %lu %d %d %lld %d\n"
               "@ IN NS localhost.\n",
               TTL, (unsigned long)opening->serial, REFRESH, RETRY,
               (long long)(left > 1 ? left : 1), TTL);
}

void blocklist_rpz_put(struct buf *out, const struct blocklist_item *item,
                       const struct blocklist_item *before)
{
    (void)before;
    buf_put_str(out, item->host);
    buf_put_string(out, " CNAME .\n");
    if (item->scope == BLOCKLIST_DOMAIN) {
        buf_put_string(out, "*.");
        buf_put_str(out, item->host);
        buf_put_string(out, " CNAME .\n");
    }
}
