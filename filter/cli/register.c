/* saring register: the public pages as static files, for any web server. */
#include <stdio.h>

#include "filter/base/err.h"
#include "filter/casebook/register.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"
#include "filter/console/site.h"

#define NAME "register"

struct register_command {
    struct cli_desk desk;
    const char *out, *origin;
};

static void print_help(void)
{
    puts("saring register --out FOLDER [--origin https://...]\n"
         "Register publik jadi halaman dan data statis: keputusan, alasan, bukti, angka,\n"
         "cara berkeberatan. Tanpa nama orang, tanpa isi kiriman. saring run menulisnya\n"
         "sendiri ke STATE/public (saring.yml: public). / The public register as static\n"
         "pages and data: decisions, reasons, evidence, figures, how to appeal. No names\n"
         "of people, no posts. saring run writes it to STATE/public by itself.\n"
         "\n"
         "  --origin   alamatnya, untuk umpan Atom / where it is served, for the feed\n"
         "  --state DIR  -c saring.yml\n"
         "\n"
         "  saring register --out /var/www/register --origin https://register.example");
}

static int run(void *context, const struct cli_words *words, struct err *err)
{
    struct register_command *command = context;
    struct site_report report;
    size_t added;
    if (words->count > 0 || command->out == NULL) {
        err_set(err, "--out FOLDER [--origin https://...]; --help");
        return cli_cannot(NAME, err);
    }
    const struct site_options options = {
        .folder = command->out, .origin = command->origin, .clock = command->desk.clock};
    if (!cli_desk_open_write(&command->desk, err) ||
        !casebook_register_sync(command->desk.casebook, &added, err) ||
        !site_write(command->desk.casebook, &options, &report, err)) {
        return cli_cannot(NAME, err);
    }
    fprintf(stderr,
            "%s: %zu keputusan/decisions, %zu baris/rows, %zu berkas berubah/files changed\n",
            command->out, report.records, report.rows, report.written);
    return CLI_FINE;
}

int cmd_register(int argc, char **argv)
{
    struct register_command command = {.desk = cli_desk_new()};
    const struct cli_option options[] = {
        CLI_DESK_OPTIONS(&command.desk),
        {"out", CLI_TEXT, &command.out},
        {"origin", CLI_TEXT, &command.origin},
        {NULL, CLI_FLAG, NULL},
    };
    const struct cli_task task = {
        .name = NAME,
        .print_help = print_help,
        .options = options,
        .run = run,
        .context = &command,
    };
    int status = cli_task_run(&task, argc, argv);
    cli_desk_close(&command.desk);
    return status;
}
