#include "filter/blocklist/renderers.h"

/*
 * A removed name must be free again within five minutes, cached answers included: short times.
 * EXPIRE is what is left of the list's validity, after which a secondary drops the policy; it asks
 * several times before (BIND raises EXPIRE to REFRESH and RETRY together, RFC 1035 knows no such
 * rule).
 */
enum { TTL = 60, REFRESH = 60, RETRY = 30 };

static int64_t clamp(int64_t seconds, int64_t most)
{
    return seconds < 1 ? 1 : seconds > most ? most : seconds;
}

void blocklist_rpz_open(struct buf *out, const struct blocklist_opening *opening)
{
    int64_t left = (opening->valid_until_ms - opening->made_ms) / 1000;
    buf_printf(out,
               "$TTL %d\n"
               "@ IN SOA localhost. hostmaster.localhost. %lu %lld %lld %lld %d\n"
               "@ IN NS localhost.\n",
               TTL, (unsigned long)opening->serial, (long long)clamp(left / 4, REFRESH),
               (long long)clamp(left / 8, RETRY), (long long)clamp(left, INT32_MAX), TTL);
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
