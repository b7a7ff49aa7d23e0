#include "filter/cli/export_explain.h"

#include <stdio.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/blocklist/name.h"
#include "filter/casebook/casebook.h"
#include "filter/cli/cli.h"
#include "filter/cli/terminal.h"
#include "filter/text/url.h"

#define NAME "export"

enum { MOST = 32 }; /* entries that cover one name */

struct explanation {
    const struct export_list *list;
    const struct blocklist_item *items[MOST];
    size_t count;
    struct buf out;
};

static bool touches(const struct blocklist_item *item, struct str host, struct str url)
{
    switch (item->scope) {
    case BLOCKLIST_HOST:
        return str_equal(item->host, host);
    case BLOCKLIST_DOMAIN:
        return blocklist_name_covers(item->host, host);
    case BLOCKLIST_URL:
        return str_equal(item->target, url);
    case BLOCKLIST_URL_PREFIX:
        return str_starts(url, item->target) &&
               (str_ends(item->target, STR("/")) || url.len == item->target.len ||
                strchr("/?", url.at[item->target.len]) != NULL);
    }
    return false;
}

/* Who signed: an organisation, and a key's fingerprint for the person; names stay in the casebook.
 */
static void put_hand(struct buf *out, bool is_json, const char *name, struct str organisation,
                     const struct sshsig_key *key)
{
    char fingerprint[SSHSIG_FINGERPRINT];
    sshsig_key_fingerprint(key, fingerprint);
    if (is_json) {
        buf_printf(out, ",\"%s\":{", name);
        buf_put_json_field(out, "organisation", organisation);
        buf_put_json_field(out, "key", str_of(fingerprint));
        buf_put_char(out, '}');
        return;
    }
    buf_printf(out, "  %s: ", name);
    cli_put_line(out, organisation);
    buf_printf(out, " (%s)\n", fingerprint);
}

static void put_hashes(struct buf *out, const struct blocklist_draft *parts, const char *lead,
                       const char *between, const char *quote)
{
    char hex[HASH_HEX];
    buf_put_string(out, lead);
    for (size_t i = 0; i < parts->evidence_count; i++) {
        buf_printf(out, "%s%s%s%s", i > 0 ? between : "", quote,
                   hash_format(&parts->evidence[i], hex), quote);
    }
}

static void put_harvest(struct buf *out, unsigned harvest, const char *between, const char *quote)
{
    static const struct {
        unsigned bit;
        const char *name;
    } all[] = {
#define X(constant, bit, name) {bit, name},
        BLOCKLIST_HARVESTS(X)
#undef X
    };
    const char *comma = "";
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if ((harvest & all[i].bit) != 0) {
            buf_printf(out, "%s%s%s%s", comma, quote, all[i].name, quote);
            comma = between;
        }
    }
}

static void put_json(struct buf *out, const struct blocklist_item *item,
                     const struct casebook_entry *one)
{
    char start[CLOCK_TEXT], end[CLOCK_TEXT], hex[HASH_HEX];
    const struct blocklist_draft *parts = blocklist_entry_parts(one->entry);
    buf_printf(out,
               "{\"case\":%lld,\"class\":\"%s\",\"start\":\"%s\",\"end\":\"%s\",\"entry\":\"%s\","
               "\"scope\":\"%s\"",
               (long long)item->case_id, rule_class_name(parts->class),
               clock_format(item->start_ms, start), clock_format(item->end_ms, end),
               hash_format(&item->id, hex), blocklist_scope_name(item->scope));
    buf_put_json_field(out, "target", item->target);
    buf_put_json_field(out, "reason", item->reason);
    put_hashes(out, parts, ",\"evidence\":[", ",", "\"");
    buf_put_string(out, "],\"harvest\":[");
    put_harvest(out, item->harvest, ",", "\"");
    buf_put_char(out, ']');
    put_hand(out, true, "proposed", one->reviewer_org, one->reviewer_key);
    put_hand(out, true, "approved", one->approver_org, one->approver_key);
    buf_printf(out, ",\"row\":%lld,\"demo\":%s}\n", (long long)one->seq,
               one->is_demo ? "true" : "false");
}

static void put_text(struct buf *out, const struct blocklist_item *item,
                     const struct casebook_entry *one)
{
    char start[CLOCK_TEXT], end[CLOCK_TEXT], hex[HASH_HEX];
    const struct blocklist_draft *parts = blocklist_entry_parts(one->entry);
    buf_printf(out, "%s ", blocklist_scope_name(item->scope));
    cli_put_defanged(out, item->target, 0);
    buf_printf(out, "\n  kasus/case %lld, %s: ", (long long)item->case_id,
               rule_class_name(parts->class));
    put_harvest(out, item->harvest, ", ", "");
    buf_printf(out, "\n  berlaku/in force %s – %s\n  ", clock_format(item->start_ms, start),
               clock_format(item->end_ms, end));
    cli_put_text(out, item->reason, 2);
    put_hashes(out, parts, "\n  bukti/evidence SHA-256 ", "\n                         ", "");
    buf_put_char(out, '\n');
    put_hand(out, false, "diusulkan/proposed", one->reviewer_org, one->reviewer_key);
    put_hand(out, false, "disetujui/approved", one->approver_org, one->approver_key);
    buf_printf(out, "  entri/entry %s, log %lld\n", hash_format(&item->id, hex),
               (long long)one->seq);
}

static void explain_entry(void *context, const struct casebook_entry *one)
{
    struct explanation *all = context;
    struct hash id = blocklist_entry_id(one->entry);
    for (size_t i = 0; i < all->count; i++) {
        if (memcmp(&all->items[i]->id, &id, sizeof id) == 0) {
            (all->list->desk->is_json ? put_json : put_text)(&all->out, all->items[i], one);
        }
    }
}

static void find(struct explanation *all, const struct url *url)
{
    const struct export_list *list = all->list;
    for (size_t i = 0; i < list->count && all->count < MOST; i++) {
        if (touches(&list->items[i], url->host, url->whole)) {
            all->items[all->count++] = &list->items[i];
        }
    }
}

static int say_not_listed(const struct export_list *list, struct str host)
{
    struct err why = ERR_NONE;
    if (blocklist_guard_check_typed(list->desk->guard, BLOCKLIST_HOST, host, &why)) {
        fprintf(stderr, "tidak terdaftar / not listed\n");
        return CLI_NO;
    }
    fprintf(stderr, "tidak terdaftar, dan tidak akan pernah / not listed, and never will be\n");
    return cli_no(NAME, &why);
}

int export_explain(const struct export_list *list, const char *text, struct err *err)
{
    struct explanation all = {.list = list};
    struct buf canonical = BUF_EMPTY;
    struct url url;
    int status = CLI_FINE;
    if (!url_canonical(str_of(text), &canonical, &url, err)) {
        status = cli_cannot(NAME, err);
    } else {
        find(&all, &url);
        if (all.count == 0) {
            status = say_not_listed(list, url.host);
        } else if (!casebook_entries(list->desk->casebook, explain_entry, &all, err) ||
                   !cli_print(&all.out, err)) {
            status = cli_cannot(NAME, err);
        }
    }
    buf_fini(&canonical);
    buf_fini(&all.out);
    return status;
}
