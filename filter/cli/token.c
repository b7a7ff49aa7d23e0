/* saring token: what machines show to read the console. */
#include <stdio.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/casebook/machine.h"
#include "filter/casebook/people.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"
#include "filter/cli/terminal.h"

#define NAME "token"

struct token_command {
    struct cli_desk desk;
    struct cli_words scopes;
    const char *reason;
    int64_t days;
    struct buf out;
};

static void print_help(void)
{
    puts("saring token make NAMA --scope LINGKUP [--scope …] --days N --reason TEKS\n"
         "saring token list                    juga kapan terakhir dipakai / and last use\n"
         "saring token end NAMA --reason TEKS  mati seketika / void at once\n"
         "\n"
         "Token untuk mesin yang membaca konsol: papan pantau, Prometheus. Hanya tercetak\n"
         "sekali; di sini tinggal hash-nya. Kirim di kepala permintaan, jangan di alamat:\n"
         "A token lets a machine read the console. It is printed once, a hash of it is\n"
         "kept. It goes into the request's head, never into an address:\n"
         "  Authorization: Bearer saring_…\n"
         "\n"
         "  --scope   cases:read entries:read log:read figures:read rules:read\n"
         "            sources:read metrics. Tak ada yang memutuskan, meneken, menyetujui\n"
         "            atau mengusulkan / none decides, signs, approves or proposes\n"
         "  --days N  1 sampai 90, dan tak melewati akhir musim / nor the season's end\n"
         "  --state DIR  -c saring.yml  --json\n"
         "\n"
         "  saring token make papan --scope figures:read --days 30 --reason 'Layar jaga'");
}

static bool read_scopes(const struct token_command *command, unsigned *scopes, struct err *err)
{
    *scopes = 0;
    for (size_t i = 0; i < command->scopes.count; i++) {
        enum casebook_scope scope;
        if (!casebook_scope_parse(str_of(command->scopes.at[i]), &scope)) {
            return err_set(err,
                           "--scope %s: tidak ada / there is none; cases:read, entries:read, "
                           "log:read, figures:read, rules:read, sources:read, metrics",
                           command->scopes.at[i]);
        }
        *scopes |= 1u << scope;
    }
    return true;
}

static void put_scopes(struct token_command *command, unsigned scopes)
{
    const char *joint = "";
    for (unsigned i = SCOPE_NONE + 1; i < CASEBOOK_SCOPE_COUNT; i++) {
        if (casebook_scope_has(scopes, (enum casebook_scope)i)) {
            buf_printf(&command->out, command->desk.is_json ? "%s\"%s\"" : "%s%s", joint,
                       casebook_scope_name((enum casebook_scope)i));
            joint = command->desk.is_json ? "," : " ";
        }
    }
}

/* What was refused is a row of the log, as what was done is. */
static int refused(struct token_command *command, struct err *err)
{
    struct err failure = ERR_NONE;
    if (!casebook_people_refused(command->desk.casebook, NAME, err->message, &failure)) {
        return cli_cannot(NAME, &failure);
    }
    return cli_no(NAME, err);
}

static int make(struct token_command *command, const struct cli_words *words, struct err *err)
{
    struct cli_desk *desk = &command->desk;
    char token[CASEBOOK_MACHINE_TOKEN], until[CLOCK_TEXT];
    unsigned scopes;
    int64_t end_ms;
    if (words->count != 2 || command->scopes.count == 0 || command->days == 0 ||
        command->reason == NULL) {
        err_set(err, "make NAMA --scope LINGKUP --days N --reason TEKS; --help");
        return cli_cannot(NAME, err);
    }
    if (!read_scopes(command, &scopes, err) || !cli_desk_open_write(desk, err)) {
        return cli_cannot(NAME, err);
    }
    if (!casebook_machine_add(desk->casebook, str_of(words->at[1]), scopes, command->days,
                              str_of(command->reason), token, &end_ms, err)) {
        return refused(command, err);
    }
    clock_format(end_ms, until);
    if (desk->is_json) {
        buf_printf(&command->out, "{\"name\":\"%s\",\"end\":\"%s\",\"token\":\"%s\"}\n",
                   words->at[1], until, token);
    } else {
        fprintf(stderr,
                "saring: berlaku sampai %s; tidak akan tampil lagi / until then; it is shown "
                "this once\n",
                until);
        buf_printf(&command->out, "%s\n", token);
    }
    return cli_print(&command->out, err) ? CLI_FINE : cli_cannot(NAME, err);
}

static const char *state_of(const struct casebook_machine *one)
{
    if (one->ended_ms != CLOCK_NEVER) {
        return "diakhiri / ended";
    }
    return one->is_live ? "berlaku / live" : "lewat / over";
}

static void put_json_row(struct token_command *command, const struct casebook_machine *one)
{
    struct buf *out = &command->out;
    char text[CLOCK_TEXT];
    buf_put_char(out, '{');
    buf_put_json_field(out, "name", one->name);
    buf_put_string(out, ",\"scopes\":[");
    put_scopes(command, one->scopes);
    buf_printf(out, "],\"live\":%s", one->is_live ? "true" : "false");
    buf_put_json_field(out, "made", str_of(clock_format(one->made_ms, text)));
    buf_put_json_field(out, "end", str_of(clock_format(one->end_ms, text)));
    if (one->ended_ms != CLOCK_NEVER) {
        buf_put_json_field(out, "ended", str_of(clock_format(one->ended_ms, text)));
    }
    if (one->used_ms != CLOCK_NEVER) {
        buf_put_json_field(out, "used", str_of(clock_format_date(one->used_ms, text)));
    }
    buf_put_json_field(out, "reason", one->reason);
    buf_put_string(out, "}\n");
}

static void put_row(void *context, const struct casebook_machine *one)
{
    struct token_command *command = context;
    char end[CLOCK_TEXT], used[CLOCK_TEXT] = "-";
    if (command->desk.is_json) {
        put_json_row(command, one);
        return;
    }
    if (one->used_ms != CLOCK_NEVER) {
        clock_format_date(one->used_ms, used);
    }
    cli_put_cell(&command->out, one->name, 16);
    buf_printf(&command->out, "  %-16s  sampai / until %.10s  dipakai / used %-10s  ",
               state_of(one), clock_format(one->end_ms, end), used);
    put_scopes(command, one->scopes);
    buf_put_string(&command->out, "\n  ");
    cli_put_cell(&command->out, one->reason, 76);
    buf_put_char(&command->out, '\n');
}

static int list(struct token_command *command, struct err *err)
{
    bool done = cli_desk_open_read(&command->desk, err) &&
                casebook_machines(command->desk.casebook, put_row, command, err) &&
                cli_print(&command->out, err);
    return done ? CLI_FINE : cli_cannot(NAME, err);
}

static int end(struct token_command *command, const struct cli_words *words, struct err *err)
{
    if (words->count != 2 || command->reason == NULL) {
        err_set(err, "end NAMA --reason TEKS; --help");
        return cli_cannot(NAME, err);
    }
    if (!cli_desk_open_write(&command->desk, err)) {
        return cli_cannot(NAME, err);
    }
    return casebook_machine_end(command->desk.casebook, str_of(words->at[1]),
                                str_of(command->reason), err)
               ? CLI_FINE
               : refused(command, err);
}

static int run(void *context, const struct cli_words *words, struct err *err)
{
    struct token_command *command = context;
    const char *verb = words->count > 0 ? words->at[0] : "";
    if (strcmp(verb, "make") == 0) {
        return make(command, words, err);
    }
    if (strcmp(verb, "list") == 0 && words->count == 1) {
        return list(command, err);
    }
    if (strcmp(verb, "end") == 0) {
        return end(command, words, err);
    }
    err_set(err, "make, list, end; --help");
    return cli_cannot(NAME, err);
}

int cmd_token(int argc, char **argv)
{
    struct token_command command = {.desk = cli_desk_new()};
    const struct cli_option options[] = {
        CLI_DESK_OPTIONS(&command.desk),
        {"scope", CLI_LIST, &command.scopes},
        {"days", CLI_NUMBER, &command.days},
        {"reason", CLI_TEXT, &command.reason},
        {NULL, CLI_FLAG, NULL},
    };
    const struct cli_task task = {.name = NAME,
                                  .print_help = print_help,
                                  .options = options,
                                  .run = run,
                                  .context = &command};
    int status = cli_task_run(&task, argc, argv);
    buf_fini(&command.out);
    cli_desk_close(&command.desk);
    return status;
}
