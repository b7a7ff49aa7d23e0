/* saring export: the lists of now, for resolvers and proxies, made from the log and the clock. */
#include <stdio.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/blocklist/name.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"
#include "filter/cli/export_explain.h"
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
    if (!export_files_sync(&command->list, err)) {
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
    return only_explains ? export_explain(&command->list, command->explain, err)
                         : write_list(command, format, err);
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
