/* saring backup: a copy of the casebook without the content of cases, and the way back. */
#include <stdio.h>

#include "filter/base/err.h"
#include "filter/base/state_dir.h"
#include "filter/casebook/backup.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"

#define NAME "backup"

static void print_help(void)
{
    puts("saring backup FOLDER [--state DIR]\n"
         "saring backup restore FOLDER [--state DIR]\n"
         "\n"
         "Salinan buku kasus tanpa isi kasus: log, orang, kunci, keputusan, keperluan\n"
         "register; tanpa kiriman, tautan, rekaman halaman, alasan. Boleh saat saring run\n"
         "berjalan. Rantai log diperiksa di salinannya. A copy of the casebook without the\n"
         "content of cases, also while saring run runs; its chain is verified.\n"
         "\n"
         "  FOLDER   dibuat; di dalamnya juga rahasia pemasangan ini, jadi simpan seperti\n"
         "           kunci / is made; it holds this installation's secrets, so keep it\n"
         "           like a key\n"
         "  restore  ke folder state yang belum punya buku kasus; kasus yang belum selesai\n"
         "           kembali tanpa isinya dan lepas oleh tenggatnya / into a state folder\n"
         "           without a casebook; open cases come back without their content and\n"
         "           are released by their deadlines\n"
         "\n"
         "  saring backup /media/cadangan/2026-11-25");
}

static int done(bool is_done, const struct err *err)
{
    return is_done ? CLI_FINE : cli_cannot(NAME, err);
}

static int run(void *context, const struct cli_words *words, struct err *err)
{
    struct cli_desk *desk = context;
    bool restores = words->count == 2 && str_is(str_of(words->at[0]), "restore");
    if (!restores && words->count != 1) {
        err_set(err, "saring backup FOLDER | restore FOLDER");
        return cli_cannot(NAME, err);
    }
    if (!cli_desk_find(desk, err)) {
        return cli_cannot(NAME, err);
    }
    if (!restores) {
        return done(casebook_backup(desk->state.bytes, words->at[0], &desk->clock, err), err);
    }
    return done(state_dir_make(desk->state.bytes, err) &&
                    casebook_restore_backup(words->at[1], desk->state.bytes, &desk->clock, err),
                err);
}

int cmd_backup(int argc, char **argv)
{
    struct cli_desk desk = cli_desk_new();
    const struct cli_option options[] = {
        {"config", CLI_TEXT, &desk.config},
        {"c", CLI_TEXT, &desk.config},
        {"state", CLI_TEXT, &desk.state_option},
        {NULL, CLI_FLAG, NULL},
    };
    const struct cli_task task = {
        .name = NAME,
        .print_help = print_help,
        .options = options,
        .run = run,
        .context = &desk,
    };
    int status = cli_task_run(&task, argc, argv);
    cli_desk_close(&desk);
    return status;
}
