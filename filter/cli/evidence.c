/* saring evidence: pages of a case's site, captured as they are, as WARC. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/casebook/captures.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"
#include "filter/cli/terminal.h"
#include "filter/pipeline/capture.h"
#include "filter/pipeline/config.h"

#define NAME "evidence"

struct evidence_command {
    struct cli_desk desk;
    const char *out;
    struct buf text;
};

static void print_help(void)
{
    puts("saring evidence add KASUS URL --user NAMA   rekam satu halaman / capture a page\n"
         "saring evidence list KASUS                  yang ada / what there is\n"
         "saring evidence get SHA256 [--out BERKAS]   berkas WARC / the WARC file\n"
         "\n"
         "Halaman diambil apa adanya (GET saja), dengan setiap pengalihannya, oleh proses\n"
         "yang terkurung; hanya dari situs kasus itu. Formulir tak pernah dikirim: bila\n"
         "harus dicoba, dengan tangan dan data rekaan. / The page is fetched as it is (GET\n"
         "alone), each redirect too, by a process that is shut in; of the case's site\n"
         "only. No form is ever sent: where one must be tried, by hand and with made-up\n"
         "data. Rekaman hilang bersama isi kasus / captures go with the case's content.\n"
         "\n"
         "  --password-file FILE  --password-fd N  --state DIR  --rules DIR  -c saring.yml\n"
         "  --json\n"
         "\n"
         "  saring evidence add 12 https://situs-tiruan.example/ --user rani\n"
         "  saring review propose 12 --user rani --evidence SHA256 ...");
}

static void put_capture(void *context, const struct casebook_capture *capture)
{
    struct evidence_command *command = context;
    struct buf *out = &command->text;
    char hex[HASH_HEX], time[CLOCK_TEXT];
    hash_format(&capture->sha256, hex);
    clock_format(capture->time_ms, time);
    if (command->desk.is_json) {
        buf_printf(out,
                   "{\"case\":%lld,\"sha256\":\"%s\",\"time\":\"%s\",\"status\":%ld,"
                   "\"bytes\":%zu",
                   (long long)capture->case_id, hex, time, capture->status, capture->size);
        buf_put_json_field(out, "by", capture->person);
        buf_put_json_field(out, "url", capture->url);
        buf_put_string(out, "}\n");
        return;
    }
    buf_printf(out, "%s  %.19sZ  HTTP %3ld  %8zu byte  ", hex, time, capture->status,
               capture->size);
    cli_put_cell(out, capture->person, 12);
    buf_put_string(out, "\n  ");
    cli_put_defanged(out, capture->url, 2);
    buf_put_char(out, '\n');
}

static bool fetch(struct evidence_command *command, const char *url, struct buf *warc, long *status,
                  struct err *err)
{
    struct config config;
    if (!config_load(command->desk.config, command->desk.arena, &config, err)) {
        return false;
    }
    const struct capture_options options = {
        .contact = config.contact, .proxy = config.proxy, .stop = -1};
    return capture_fetch(url, &options, warc, status, err);
}

static int add(struct evidence_command *command, const struct cli_words *words, struct err *err)
{
    struct cli_desk *desk = &command->desk;
    struct buf canonical = BUF_EMPTY, warc = BUF_EMPTY;
    struct casebook_capture capture;
    int64_t id;
    long http;
    int status = CLI_CANNOT;
    if (words->count != 3 || !cli_case_id(words->at[1], &id, err)) {
        err_set(err, "add KASUS URL --user NAMA; --help");
        return cli_cannot(NAME, err);
    }
    struct str url = str_of(words->at[2]);
    if (!cli_desk_open_write(desk, err) || !cli_desk_protect(desk, err) ||
        !cli_desk_login(desk, err)) {
        return cli_cannot(NAME, err);
    }
    if (!casebook_capture_may(desk->casebook, desk->session, id, url, &canonical, err)) {
        status = cli_no(NAME, err);
    } else if (!fetch(command, canonical.bytes, &warc, &http, err) ||
               !casebook_capture_add(desk->casebook, desk->session, id, url, http, buf_str(&warc),
                                     &capture, err)) {
        status = cli_cannot(NAME, err);
    } else {
        put_capture(command, &capture);
        status = cli_print(&command->text, err) ? CLI_FINE : cli_cannot(NAME, err);
    }
    buf_fini(&canonical);
    buf_fini(&warc);
    return status;
}

static int list(struct evidence_command *command, const struct cli_words *words, struct err *err)
{
    int64_t id;
    if (words->count != 2 || !cli_case_id(words->at[1], &id, err)) {
        err_set(err, "list KASUS; --help");
        return cli_cannot(NAME, err);
    }
    bool done = cli_desk_open_read(&command->desk, err) &&
                casebook_captures(command->desk.casebook, id, put_capture, command, err) &&
                cli_print(&command->text, err);
    return done ? CLI_FINE : cli_cannot(NAME, err);
}

static int get(struct evidence_command *command, const struct cli_words *words, struct err *err)
{
    struct hash sha256;
    struct buf warc = BUF_EMPTY;
    bool found = false;
    if (words->count != 2 || !hash_parse(str_of(words->at[1]), &sha256)) {
        err_set(err, "get SHA256 [--out BERKAS]: 64 digit heksadesimal / hexadecimal digits");
        return cli_cannot(NAME, err);
    }
    if (command->out == NULL && cli_is_terminal(stdout)) {
        err_set(err, "--out BERKAS: WARC bukan untuk layar / is nothing for a terminal");
        return cli_cannot(NAME, err);
    }
    bool done = cli_desk_open_read(&command->desk, err) &&
                casebook_capture_read(command->desk.casebook, &sha256, &warc, &found, err);
    if (done && !found) {
        err_set(err, "tidak ada, atau sudah dihapus / there is none, or it is purged");
        buf_fini(&warc);
        return cli_no(NAME, err);
    }
    done = done && (command->out != NULL ? file_write(command->out, buf_str(&warc), 0600, err)
                                         : cli_print(&warc, err));
    buf_fini(&warc);
    return done ? CLI_FINE : cli_cannot(NAME, err);
}

static int run(void *context, const struct cli_words *words, struct err *err)
{
    struct evidence_command *command = context;
    const char *verb = words->count > 0 ? words->at[0] : "";
    int (*act)(struct evidence_command *, const struct cli_words *, struct err *) =
        strcmp(verb, "add") == 0    ? add
        : strcmp(verb, "list") == 0 ? list
        : strcmp(verb, "get") == 0  ? get
                                    : NULL;
    if (act == NULL) {
        err_set(err, "add, list, get; --help");
        return cli_cannot(NAME, err);
    }
    return act(command, words, err);
}

int cmd_evidence(int argc, char **argv)
{
    struct evidence_command command = {.desk = cli_desk_new()};
    const struct cli_option options[] = {
        CLI_DESK_OPTIONS(&command.desk),
        {"out", CLI_TEXT, &command.out},
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
    buf_fini(&command.text);
    cli_desk_close(&command.desk);
    return status;
}
