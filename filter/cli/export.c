/* saring export: the lists of now, for resolvers and proxies, made from the log and the clock. */
#include <stdio.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/blocklist/name.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"
#include "filter/cli/export_files.h"
#include "filter/cli/export_list.h"
#include "filter/cli/terminal.h"
#include "filter/text/url.h"

#define NAME "export"

struct export_command {
    struct cli_desk desk;
    const char *out, *explain, *appeal, *zone;
    struct export_list list;
};

static void print_help(void)
{
    puts("saring export FORMAT [--out FILE|DIR] [--explain NAME]\n"
         "Membuat daftar dari entri yang berlaku / makes a list of the entries in force.\n"
         "\n"
         "  DNS     rpz (BIND, Unbound, Knot, PowerDNS), unbound, dnsmasq, hosts, routeros\n"
         "  proxy   squid, squidguard, e2guardian, nginx, haproxy\n"
         "  lain / else   adblock, suricata, stix, misp, csv, text\n"
         "  all     semuanya, dan entri bertanda tangan / all, and the signed entries\n"
         "\n"
         "  --out FILE     daftar, FILE.sig, FILE.manifest.json(.sig); tanpanya ke stdout\n"
         "                 the list with signatures beside it; without it to stdout\n"
         "  --out DIR      nama baku: saring.rpz … manifest.json / the usual file names\n"
         "  --explain NAME apakah NAME kena, dan mengapa / whether NAME is listed, and why\n"
         "  --zone NAME    zona RPZ / the policy zone (saring.rpz)\n"
         "  --appeal TEXT  ke mana orang berkeberatan / where people object\n"
         "  --state DIR  --rules DIR  -c saring.yml  --json\n"
         "\n"
         "HOST hanya nama itu; DOMAIN nama itu dan semua di bawahnya / HOST is that name\n"
         "alone, DOMAIN that name and all below it. Keluar 1: daftar dikosongkan atau ada\n"
         "yang ditahan / exits 1 if the list was emptied or an entry was held back.\n"
         "\n"
         "  saring export rpz --out /etc/bind/saring.rpz && rndc reload saring.rpz");
}

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

static void put_explanation(const struct export_command *command, const struct blocklist_item *item,
                            struct buf *out)
{
    char start[CLOCK_TEXT], end[CLOCK_TEXT], hex[HASH_HEX];
    if (command->desk.is_json) {
        buf_printf(out, "{\"case\":%lld,\"end\":\"%s\",\"entry\":\"%s\",\"scope\":\"%s\"",
                   (long long)item->case_id, clock_format(item->end_ms, end),
                   hash_format(&item->id, hex), blocklist_scope_name(item->scope));
        buf_put_json_field(out, "target", item->target);
        buf_put_json_field(out, "reason", item->reason);
        buf_put_string(out, "}\n");
        return;
    }
    buf_printf(out, "%s ", blocklist_scope_name(item->scope));
    cli_put_defanged(out, item->target, 0);
    buf_printf(out, "\n  kasus/case %lld, %s – %s\n  ", (long long)item->case_id,
               clock_format(item->start_ms, start), clock_format(item->end_ms, end));
    cli_put_text(out, item->reason, 2);
    buf_put_char(out, '\n');
}

static int explain(struct export_command *command, struct err *err)
{
    struct buf canonical = BUF_EMPTY, out = BUF_EMPTY;
    struct url url;
    struct str text = str_of(command->explain);
    size_t found = 0;
    if (!url_canonical(text, &canonical, &url, err)) {
        buf_fini(&canonical);
        return cli_cannot(NAME, err);
    }
    for (size_t i = 0; i < command->list.count; i++) {
        if (touches(&command->list.items[i], url.host, url.whole)) {
            put_explanation(command, &command->list.items[i], &out);
            found++;
        }
    }
    struct err why = ERR_NONE;
    if (found == 0 &&
        !blocklist_guard_check_typed(command->desk.guard, BLOCKLIST_HOST, url.host, &why)) {
        fprintf(stderr, "tidak terdaftar, dan tidak akan pernah / not listed, and never will be\n");
        cli_no(NAME, &why);
    } else if (found == 0) {
        fprintf(stderr, "tidak terdaftar / not listed\n");
    }
    bool done = cli_print(&out, err);
    buf_fini(&canonical);
    buf_fini(&out);
    return !done ? cli_cannot(NAME, err) : found > 0 ? CLI_FINE : CLI_NO;
}

static bool check_zone(struct export_command *command, struct err *err)
{
    struct str zone;
    const char *text = command->zone != NULL ? command->zone : BLOCKLIST_ZONE;
    struct err why = ERR_NONE;
    if (!url_host(str_of(text), &command->list.zone, &zone, &why) ||
        !blocklist_name_check(zone, &why)) {
        return err_set(err, "--zone '%.100s' %s", text, why.message);
    }
    return zone.len <= BLOCKLIST_ZONE_BYTES ||
           err_set(err, "--zone has %zu octets; at most %d leave room for names", zone.len,
                   BLOCKLIST_ZONE_BYTES);
}

static int write_list(struct export_command *command, const char *format, struct err *err)
{
    if (!export_list_seal(&command->list, command->appeal, err) ||
        !(command->out != NULL ? export_files_write(&command->list, format, command->out, err)
                               : export_files_print(&command->list, format, err))) {
        return cli_cannot(NAME, err);
    }
    return command->list.empty.len > 0 || command->list.left_out > 0 ? CLI_NO : CLI_FINE;
}

static int run(void *context, const struct cli_words *words, struct err *err)
{
    struct export_command *command = context;
    bool only_explains = command->explain != NULL;
    if (words->count > 1 || (words->count == 0 && !only_explains)) {
        err_set(err, "satu format / one format; --help menyebutnya / names them");
        return cli_cannot(NAME, err);
    }
    const char *format = words->count > 0 ? words->at[0] : "csv";
    if (!export_files_check(format, command->out == NULL && !only_explains, err) ||
        !check_zone(command, err) || !export_list_select(&command->list, err)) {
        return cli_cannot(NAME, err);
    }
    return only_explains ? explain(command, err) : write_list(command, format, err);
}

int cmd_export(int argc, char **argv)
{
    struct export_command command = {.desk = cli_desk_new()};
    const struct cli_option options[] = {
        CLI_DESK_OPTIONS(&command.desk),         {"out", CLI_TEXT, &command.out},
        {"explain", CLI_TEXT, &command.explain}, {"zone", CLI_TEXT, &command.zone},
        {"appeal", CLI_TEXT, &command.appeal},   {NULL, CLI_FLAG, NULL},
    };
    command.list = (struct export_list){.desk = &command.desk, .seal = {.lock = -1}};
    const struct cli_task task = {
        .name = NAME,
        .print_help = print_help,
        .options = options,
        .run = run,
        .context = &command,
    };
    int status = cli_task_run(&task, argc, argv);
    export_list_fini(&command.list);
    cli_desk_close(&command.desk);
    return status;
}
