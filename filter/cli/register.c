/* saring register: the public pages as static files, and whether such a folder is what was signed.
 */
#include <stdio.h>

#include "filter/base/err.h"
#include "filter/casebook/mask.h"
#include "filter/casebook/register.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"
#include "filter/cli/terminal.h"
#include "filter/console/site.h"
#include "filter/console/site_verify.h"
#include "filter/pipeline/config.h"
#include "filter/rule/set.h"

#define NAME "register"

#define STALE_MS ((int64_t)48 * 3600 * 1000)

struct register_command {
    struct cli_desk desk;
    const char *out, *origin, *key, *witness, *reason;
};

static void print_help(void)
{
    puts("saring register --out FOLDER [--origin https://...]\n"
         "saring register verify FOLDER [--key saring.pub] [--witness HEAD] [--json]\n"
         "saring register mask CASE --user NAME --reason TEXT\n"
         "Register publik jadi halaman dan data statis, manifesnya bertanda tangan; saring\n"
         "run menulisnya ke STATE/public. verify memeriksa unduhannya, tanpa jaringan.\n"
         "The public register as static pages and data, with a signed manifest; saring\n"
         "run writes it by itself. verify checks a download, offline: the signature, each\n"
         "file, the chain, and a head that somebody kept.\n"
         "\n"
         "  --origin   alamatnya, untuk umpan Atom / where it is served, for the feed\n"
         "  --key      kunci yang Anda kenal; tanpanya yang di folder / the key that you\n"
         "             know; without it the folder's own, which proves no origin\n"
         "  --witness  head.json atau manifest.json lama, atau jejaknya / an old one, or a\n"
         "             hash: a register that was cut or written anew is refused\n"
         "  mask       penyetuju atau panel: pemilik yang keliru didaftar tidak disebut\n"
         "             lagi / approvers, panel: a wrongly listed owner is named no more\n"
         "  --state DIR  -c saring.yml\n"
         "\n"
         "  saring register verify unduhan --key list.pub --witness head-kemarin.json\n"
         "  ssh-keygen -Y verify -n saring -I saring -f a -s manifest.sig <manifest.json");
}

/* For the page about rules; what does not load is said by saring rules check. */
static struct rule_set *load_rules(const struct register_command *command)
{
    struct err err = ERR_NONE;
    const struct rule_set_options options = {.folders = command->desk.folders,
                                             .clock = command->desk.clock};
    return rule_set_load(&options, &err);
}

static int write_pages(struct register_command *command, struct err *err)
{
    struct site_report report;
    struct config config;
    size_t added;
    if (!cli_desk_open_write(&command->desk, err) ||
        !config_load(command->desk.config, command->desk.arena, &config, err)) {
        return cli_cannot(NAME, err);
    }
    struct rule_set *rules = load_rules(command);
    const struct site_options options = {.config = &config,
                                         .folder = command->out,
                                         .state = command->desk.state.bytes,
                                         .origin = command->origin,
                                         .rules = rules,
                                         .clock = command->desk.clock};
    bool done = casebook_register_sync(command->desk.casebook, &added, err) &&
                site_write(command->desk.casebook, &options, &report, err);
    rule_set_unref(rules);
    if (!done) {
        return cli_cannot(NAME, err);
    }
    fprintf(stderr,
            "%s: %zu keputusan/decisions, %zu baris/rows, %zu berkas berubah/files changed\n",
            command->out, report.records, report.rows, report.written);
    return CLI_FINE;
}

static void put_warnings(const struct site_verified *verified, int64_t now_ms)
{
    if (verified->is_demo) {
        fputs("PERAGAAN: kuncinya buangan / DEMONSTRATION: its key is thrown away\n", stderr);
    }
    if (!verified->is_pinned) {
        fputs("kuncinya dari folder itu sendiri: --key untuk asalnya / the key is the folder's "
              "own: --key proves whose it is\n",
              stderr);
    }
    if (now_ms - verified->made_ms > STALE_MS) {
        fputs("lebih tua dari dua hari / older than two days\n", stderr);
    }
}

static int verify(struct register_command *command, const char *folder, struct err *err)
{
    char hex[HASH_HEX], made[CLOCK_TEXT];
    struct buf out = BUF_EMPTY;
    struct site_verified verified;
    const struct site_verify_options options = {
        .folder = folder, .key = command->key, .witness = command->witness};
    switch (site_verify(&options, &verified, err)) {
    case SITE_BROKEN:
        return cli_no(NAME, err);
    case SITE_UNREADABLE:
        return cli_cannot(NAME, err);
    case SITE_INTACT:
        break;
    }
    hash_format(&verified.head.hash, hex);
    clock_format(verified.made_ms, made);
    if (command->desk.is_json) {
        buf_printf(&out,
                   "{\"intact\":true,\"files\":%zu,\"rows\":%zu,\"masked\":%zu,"
                   "\"signatures\":%zu,\"head\":\"%s\",\"made\":\"%s\",\"key\":\"%s\","
                   "\"pinned\":%s,\"demo\":%s}\n",
                   verified.files, verified.rows, verified.masked, verified.signatures, hex, made,
                   verified.key, verified.is_pinned ? "true" : "false",
                   verified.is_demo ? "true" : "false");
    } else {
        buf_printf(&out,
                   "utuh / intact: %zu berkas/files, %zu baris/rows, %zu tanda tangan/signatures\n"
                   "kepala/head %lld %s\ndibuat/made %s, kunci/key %s\n",
                   verified.files, verified.rows, verified.signatures, (long long)verified.head.seq,
                   hex, made, verified.key);
        put_warnings(&verified, clock_now_ms(&command->desk.clock));
    }
    bool done = cli_print(&out, err);
    buf_fini(&out);
    return done ? CLI_FINE : cli_cannot(NAME, err);
}

static int mask(struct register_command *command, const char *word, struct err *err)
{
    int64_t id;
    size_t added;
    if (command->reason == NULL) {
        err_set(err, "--reason belum ada / why? --reason TEXT");
        return cli_cannot(NAME, err);
    }
    if (!cli_case_id(word, &id, err) || !cli_desk_open_write(&command->desk, err)) {
        return cli_cannot(NAME, err);
    }
    if (!cli_desk_login(&command->desk, err)) {
        return command->desk.user == NULL ? cli_cannot(NAME, err) : cli_no(NAME, err);
    }
    enum casebook_outcome outcome = casebook_mask(command->desk.casebook, command->desk.session, id,
                                                  str_of(command->reason), err);
    if (outcome != CASEBOOK_DONE) {
        return cli_outcome(NAME, outcome, err);
    }
    if (!casebook_register_sync(command->desk.casebook, &added, err)) {
        return cli_cannot(NAME, err);
    }
    printf("#%lld: disamarkan / masked\n", (long long)id);
    return CLI_FINE;
}

static int run(void *context, const struct cli_words *words, struct err *err)
{
    struct register_command *command = context;
    if (words->count == 2 && str_is(str_of(words->at[0]), "mask") && command->out == NULL) {
        return mask(command, words->at[1], err);
    }
    if (words->count == 2 && str_is(str_of(words->at[0]), "verify") && command->out == NULL) {
        return verify(command, words->at[1], err);
    }
    if (words->count > 0 || command->out == NULL) {
        err_set(err, "--out FOLDER [--origin https://...], verify FOLDER, mask CASE; --help");
        return cli_cannot(NAME, err);
    }
    return write_pages(command, err);
}

int cmd_register(int argc, char **argv)
{
    struct register_command command = {.desk = cli_desk_new()};
    const struct cli_option options[] = {
        CLI_DESK_OPTIONS(&command.desk),
        {"out", CLI_TEXT, &command.out},
        {"origin", CLI_TEXT, &command.origin},
        {"key", CLI_TEXT, &command.key},
        {"witness", CLI_TEXT, &command.witness},
        {"reason", CLI_TEXT, &command.reason},
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
