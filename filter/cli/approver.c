/* saring approver: an independent approver's own pages, on their own machine. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"
#include "filter/console/approver.h"

#define NAME "approver"

struct approver_command {
    const char *server, *key, *ca, *rules;
    int64_t port;
};

static void print_help(void)
{
    puts("saring approver --server URL [--key FILE] [--port N] [--ca FILE] [--rules DIR]\n"
         "\n"
         "Halaman penyetuju di komputer Anda sendiri: menampilkan yang diusulkan dari byte\n"
         "yang akan ditandatangani, menolak kalau tidak cocok dengan kasusnya, lalu\n"
         "menandatangani di sini. Server tidak dipercaya, kunci tidak pernah keluar.\n"
         "Pages on your own machine: what is proposed is shown from the very bytes that\n"
         "are signed, refused if they do not fit the case, and signed here. The server is\n"
         "not trusted; the key never leaves.\n"
         "\n"
         "  --server URL   alamat konsol tim, https:// / the team's console\n"
         "  --key FILE     kunci SSH ed25519 (~/.ssh/id_ed25519); FILE.pub: yang ada di\n"
         "                 ssh-agent / one in ssh-agent\n"
         "  --ca FILE      sertifikat server yang dipercaya / certificates to trust\n"
         "  --rules FOLDER daftar lindung sendiri, di samping yang bawaan / a protected\n"
         "                 list of your own, beside the one that is built in\n"
         "  --port N       bawaan: yang bebas / any free one\n"
         "\n"
         "  saring approver --server https://saring.tim.example --key ~/.ssh/kunci-saya");
}

static int wait_for_end(void)
{
    sigset_t end;
    int got;
    sigemptyset(&end);
    sigaddset(&end, SIGINT);
    sigaddset(&end, SIGTERM);
    sigaddset(&end, SIGHUP);
    return sigwait(&end, &got);
}

static int run(void *context, const struct cli_words *words, struct err *err)
{
    struct approver_command *command = context;
    char address[APPROVER_ADDRESS], home[512] = "";
    sigset_t all;
    if (words->count != 0 || command->server == NULL || command->port > 65535) {
        err_set(err, "saring approver --server https://HOST [--key FILE] [--port 0…65535]");
        return cli_cannot(NAME, err);
    }
    if (command->key == NULL && getenv("HOME") != NULL) {
        snprintf(home, sizeof home, "%s/.ssh/id_ed25519", getenv("HOME"));
        command->key = home;
    }
    const struct approver_options options = {
        .server = command->server,
        .ca = command->ca,
        .key = command->key != NULL ? command->key : "",
        .rules = command->rules,
        .port = (unsigned)command->port,
    };
    /* Threads that serve inherit it: signals come to this one alone. */
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    struct approver *approver = approver_start(&options, address, err);
    if (approver == NULL) {
        return cli_cannot(NAME, err);
    }
    printf("buka / open: %s\n", address);
    fflush(stdout);
    wait_for_end();
    approver_stop(approver);
    return CLI_FINE;
}

int cmd_approver(int argc, char **argv)
{
    struct approver_command command = {.server = NULL};
    const struct cli_option options[] = {
        {"server", CLI_TEXT, &command.server}, {"key", CLI_TEXT, &command.key},
        {"ca", CLI_TEXT, &command.ca},         {"rules", CLI_TEXT, &command.rules},
        {"port", CLI_NUMBER, &command.port},   {NULL, CLI_FLAG, NULL},
    };
    const struct cli_task task = {
        .name = NAME,
        .print_help = print_help,
        .options = options,
        .run = run,
        .context = &command,
    };
    return cli_task_run(&task, argc, argv);
}
