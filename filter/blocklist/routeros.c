#include "filter/blocklist/renderers.h"

/* A moment as RouterOS 7 compares it with [:timestamp], which is UTC whatever the router's zone. */
static void put_moment(struct buf *out, int64_t time_ms)
{
    int64_t s = time_ms / 1000, week = (int64_t)7 * 86400;
    buf_printf(out, "%lldw%lldd%02lld:%02lld:%02lld", (long long)(s / week),
               (long long)(s % week / 86400), (long long)(s % 86400 / 3600),
               (long long)(s % 3600 / 60), (long long)(s % 60));
}

/*
 * Takes back what an older list brought, and ends there if this one is stale. The schedule that
 * takes this one back comes before the first name, so that an import that breaks off ends too; it
 * looks at the clock every minute, and so also after a restart.
 */
void blocklist_routeros_open(struct buf *out, const struct blocklist_opening *opening)
{
    buf_put_string(out, "/ip dns static remove [find comment~\"^saring \"]\n"
                        "/system scheduler remove [find name=\"saring-berakhir\"]\n"
                        ":if ([:timestamp] >= ");
    put_moment(out, opening->valid_until_ms);
    buf_put_string(out, ") do={ :error \"saring: daftar kedaluwarsa / list has lapsed\" }\n"
                        "/system scheduler add name=saring-berakhir interval=1m policy=read,write "
                        "on-event=\":if ([:timestamp] >= ");
    put_moment(out, opening->valid_until_ms);
    buf_put_string(out, ") do={ /ip dns static remove [find comment~\\\"^saring \\\"]; /ip dns "
                        "cache flush; /system scheduler remove [find "
                        "name=\\\"saring-berakhir\\\"] }\"\n"
                        "/ip dns cache flush\n/ip dns static\n");
}

void blocklist_routeros_put(struct buf *out, const struct blocklist_item *item,
                            const struct blocklist_item *before)
{
    (void)before;
    buf_put_string(out, "add type=NXDOMAIN ttl=1m match-subdomain=");
    buf_put_string(out, item->scope == BLOCKLIST_DOMAIN ? "yes" : "no");
    buf_put_string(out, " name=\"");
    buf_put_str(out, item->host);
    buf_put_string(out, "\" comment=\"saring ");
    buf_put_int(out, item->case_id);
    buf_put_string(out, "\"\n");
}
