/* saring user: who may sign in, for whom they act, and which organisations are tied. */
#include <stdio.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/sshsig.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"
#include "filter/cli/terminal.h"

#define NAME "user"

struct user_command {
    struct cli_desk desk;
    const char *organisation, *kind, *key, *reason;
    struct cli_words ties;
    struct buf out; /* what list prints */
};

static void print_help(void)
{
    puts("saring user add NAME --org ORG --kind KIND [--key FILE.pub] [--ties ORG]…\n"
         "saring user list | disable NAME --reason TEXT | tie ORG ORG --reason TEXT\n"
         "\n"
         "KIND: team (penelaah / reviewer), independent (penyetuju / approver),\n"
         "      appeals (panel keberatan), auditor, admin (akun saja / accounts only)\n"
         "\n"
         "  --key FILE.pub   kunci SSH ed25519; wajib bagi independent dan appeals, dan\n"
         "                   pasangannya tidak pernah ada di server ini. Tanpanya anggota\n"
         "                   tim diberi kunci bersegel kata sandi / its other half never\n"
         "                   is here; a team member without one gets one that the password\n"
         "                   seals.\n"
         "  --ties ORG       organisasi ini tunduk pada ORG, atau sebaliknya: yang satu\n"
         "                   tidak boleh menyetujui usulan yang lain / neither approves\n"
         "                   for the other\n"
         "  --password-file FILE, --password-fd N   tanpanya ditanyakan / else asked\n"
         "  --state DIR  --json\n"
         "\n"
         "  ssh-keygen -t ed25519 -f kunci-saya\n"
         "  saring user add rina --org Mafindo --kind independent --key kunci-saya.pub");
}

static bool read_key(const char *path, struct buf *line, struct err *err)
{
    struct sshsig_key key;
    if (!file_read(path, SSHSIG_MAX_BYTES, line, err)) {
        return false;
    }
    return sshsig_key_parse(buf_str(line), &key, err) || err_in_file(err, path);
}

static bool tie_all(struct user_command *command, struct err *err)
{
    struct str reason = command->reason != NULL
                            ? str_of(command->reason)
                            : STR("dinyatakan saat akun dibuat / stated when the account was made");
    for (size_t i = 0; i < command->ties.count; i++) {
        if (!casebook_people_tie(command->desk.casebook, str_of(command->organisation),
                                 str_of(command->ties.at[i]), reason, err)) {
            return false;
        }
    }
    return true;
}

static int add(struct user_command *command, const struct cli_words *words, struct err *err)
{
    struct casebook_newcomer newcomer = {.organisation = str_of(command->organisation)};
    if (words->count != 2 || command->organisation == NULL || command->kind == NULL) {
        err_set(err,
                "saring user add NAME --org ORG --kind team|independent|appeals|auditor|admin");
        return cli_cannot(NAME, err);
    }
    if (!casebook_role_parse(str_of(command->kind), &newcomer.role)) {
        err_set(err, "--kind '%.40s': team, independent, appeals, auditor, admin", command->kind);
        return cli_cannot(NAME, err);
    }
    struct buf key = BUF_EMPTY, password = BUF_EMPTY;
    newcomer.name = str_of(words->at[1]);
    command->desk.user = words->at[1];
    int status = CLI_FINE;
    if ((command->key != NULL && !read_key(command->key, &key, err)) ||
        !cli_desk_open_write(&command->desk, err) ||
        !cli_desk_password(&command->desk, true, &password, err)) {
        status = cli_cannot(NAME, err);
    } else {
        newcomer.key = str_trim(buf_str(&key));
        newcomer.password = buf_str(&password);
        /* Ties first: nobody acts for an organisation before what it is tied to is known. */
        status =
            tie_all(command, err) && casebook_people_add(command->desk.casebook, &newcomer, err)
                ? CLI_FINE
                : cli_no(NAME, err);
    }
    buf_fini(&key);
    cli_forget(&password);
    return status;
}

static void put_person(void *context, const struct casebook_person *person)
{
    struct user_command *command = context;
    struct buf *out = &command->out;
    char created[CLOCK_TEXT];
    clock_format(person->created_ms, created);
    if (command->desk.is_json) {
        buf_put_char(out, '{');
        buf_put_json_field(out, "name", person->name);
        buf_put_json_field(out, "organisation", person->organisation);
        buf_put_json_field(out, "kind", str_of(casebook_role_name(person->role)));
        buf_put_json_field(out, "key", person->key);
        buf_put_json_field(out, "fingerprint", person->fingerprint);
        buf_put_json_field(out, "created", str_of(created));
        buf_printf(out, ",\"sealed\":%s,\"disabled\":%s}\n", person->is_sealed ? "true" : "false",
                   person->is_disabled ? "true" : "false");
        return;
    }
    cli_put_cell(out, person->name, 16);
    buf_put_char(out, ' ');
    cli_put_cell(out, person->organisation, 24);
    buf_put_char(out, ' ');
    cli_put_cell(out, str_of(casebook_role_name(person->role)), 12);
    buf_printf(out, " %.10s %s%s%.*s\n", created, person->is_disabled ? "NONAKTIF/disabled " : "",
               person->is_sealed ? "segel/sealed " : "", STR_FORMAT(person->fingerprint));
}

static int list(struct user_command *command, struct err *err)
{
    bool done = cli_desk_open_read(&command->desk, err) &&
                casebook_people_list(command->desk.casebook, put_person, command, err) &&
                cli_print(&command->out, err);
    return done ? CLI_FINE : cli_cannot(NAME, err);
}

static int disable(struct user_command *command, const struct cli_words *words, struct err *err)
{
    if (words->count != 2 || command->reason == NULL) {
        err_set(err, "saring user disable NAME --reason TEXT");
        return cli_cannot(NAME, err);
    }
    if (!cli_desk_open_write(&command->desk, err)) {
        return cli_cannot(NAME, err);
    }
    return casebook_people_disable(command->desk.casebook, str_of(words->at[1]),
                                   str_of(command->reason), err)
               ? CLI_FINE
               : cli_no(NAME, err);
}

static int tie(struct user_command *command, const struct cli_words *words, struct err *err)
{
    if (words->count != 3 || command->reason == NULL) {
        err_set(err, "saring user tie ORG ORG --reason TEXT");
        return cli_cannot(NAME, err);
    }
    if (!cli_desk_open_write(&command->desk, err)) {
        return cli_cannot(NAME, err);
    }
    return casebook_people_tie(command->desk.casebook, str_of(words->at[1]), str_of(words->at[2]),
                               str_of(command->reason), err)
               ? CLI_FINE
               : cli_no(NAME, err);
}

static int run(void *context, const struct cli_words *words, struct err *err)
{
    struct user_command *command = context;
    struct str verb = words->count > 0 ? str_of(words->at[0]) : STR("");
    if (str_is(verb, "add")) {
        return add(command, words, err);
    }
    if (str_is(verb, "list") && words->count == 1) {
        return list(command, err);
    }
    if (str_is(verb, "disable")) {
        return disable(command, words, err);
    }
    if (str_is(verb, "tie")) {
        return tie(command, words, err);
    }
    err_set(err, "add, list, disable, tie; --help");
    return cli_cannot(NAME, err);
}

int cmd_user(int argc, char **argv)
{
    struct user_command command = {.desk = cli_desk_new()};
    const struct cli_option options[] = {
        CLI_DESK_OPTIONS(&command.desk),
        {"org", CLI_TEXT, &command.organisation},
        {"kind", CLI_TEXT, &command.kind},
        {"key", CLI_TEXT, &command.key},
        {"ties", CLI_LIST, &command.ties},
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
    buf_fini(&command.out);
    cli_desk_close(&command.desk);
    return status;
}
