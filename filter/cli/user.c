/* saring user: who may sign in and how, for whom they act, and which keys speak for them. */
#include "filter/cli/user.h"

#include <stdio.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/sshsig.h"
#include "filter/casebook/people.h"
#include "filter/cli/commands.h"

static void print_help(void)
{
    puts("saring user add NAME --org ORG --kind KIND [--key F.pub] [--ties ORG]…\n"
         "            [--sector SEKTOR] · list · orgs · keys\n"
         "  move NAME --org ORG --kind KIND [--key F.pub] · disable NAME\n"
         "  tie ORG ORG · sector ORG SEKTOR · mail NAME ALAMAT · declare NAME TEXT\n"
         "  password NAME [--reset] · totp NAME [--code 123456 | --reset]\n"
         "  recovery NAME · check NAME   keduanya / both: [--code 123456]\n"
         "  key NAME --key F.pub | --revoke   kunci baru, atau dicuri / new, or stolen\n"
         "  certificate NAME · certify NAME --signature F.sig | --user REKAN\n"
         "\n"
         "KIND: team independent appeals auditor admin. SEKTOR: civil university press\n"
         "  election, atau yang tidak boleh menyetujui apa pun / or what may approve\n"
         "  nothing: executive police military party\n"
         "\n"
         "  --key F.pub     kunci SSH ed25519; wajib bagi independent dan appeals, dan\n"
         "                  pasangannya tidak pernah di server ini. Anggota tim tanpa\n"
         "                  itu diberi yang bersegel kata sandi / its other half never\n"
         "                  is here; the team can do with one that the password seals\n"
         "  --ties ORG      tidak saling menyetujui / neither approves for the other\n"
         "  --reason TEXT   untuk setiap perubahan / with every change\n"
         "  --password-file F, --new-password-file F   tanpanya ditanyakan / else asked\n"
         "  --state DIR  --json\n"
         "\n"
         "  saring user add rina --org Mafindo --kind independent --key saya.pub");
}

bool user_read_key(const char *path, struct buf *line, struct err *err)
{
    struct sshsig_key key;
    if (!file_read(path, SSHSIG_MAX_BYTES, line, err)) {
        return false;
    }
    return sshsig_key_parse(buf_str(line), &key, err) || err_in_file(err, path);
}

int user_done(struct user_command *command, const char *verb, bool done, const struct err *err)
{
    struct err failure = ERR_NONE;
    if (done) {
        return CLI_FINE;
    }
    if (!casebook_people_refused(command->desk.casebook, verb, err->message, &failure)) {
        return cli_cannot(USER_NAME, &failure);
    }
    return cli_no(USER_NAME, err);
}

static const struct {
    const char *name, *usage;
    size_t words; /* the verb's name included */
    user_verb *run;
} verbs[] = {
    {"add", "add NAME --org ORG --kind team|independent|appeals|auditor|admin", 2, user_add},
    {"list", "list", 1, user_list},
    {"orgs", "orgs", 1, user_orgs},
    {"disable", "disable NAME --reason TEXT", 2, user_disable},
    {"move", "move NAME --org ORG --kind KIND --reason TEXT", 2, user_move},
    {"tie", "tie ORG ORG --reason TEXT", 3, user_tie},
    {"sector", "sector ORG SEKTOR --reason TEXT", 3, user_sector},
    {"declare", "declare NAME TEXT", 3, user_declare},
    {"mail", "mail NAME ALAMAT", 3, user_mail},
    {"password", "password NAME [--reset --reason TEXT]", 2, user_password},
    {"totp", "totp NAME [--code 123456] [--reset --reason TEXT]", 2, user_totp},
    {"recovery", "recovery NAME [--code 123456]", 2, user_recovery},
    {"check", "check NAME [--code 123456]", 2, user_check},
    {"keys", "keys", 1, user_keys},
    {"key", "key NAME --key FILE.pub --reason TEXT | --revoke --reason TEXT", 2, user_key},
    {"certificate", "certificate NAME", 2, user_certificate},
    {"certify", "certify NAME --signature FILE.sig | --user REKAN", 2, user_certify},
};

static int run(void *context, const struct cli_words *words, struct err *err)
{
    struct user_command *command = context;
    for (size_t i = 0; words->count > 0 && i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(words->at[0], verbs[i].name) != 0) {
            continue;
        }
        if (words->count != verbs[i].words) {
            err_set(err, "saring user %s", verbs[i].usage);
            return cli_cannot(USER_NAME, err);
        }
        return verbs[i].run(command, words, err);
    }
    err_set(err, "add, list, orgs, disable, move, tie, sector, declare, mail, password, totp, "
                 "recovery, check, keys, key, certificate, certify; --help");
    return cli_cannot(USER_NAME, err);
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
        {"sector", CLI_TEXT, &command.sector},
        {"reason", CLI_TEXT, &command.reason},
        {"signature", CLI_TEXT, &command.signature},
        {"new-password-file", CLI_TEXT, &command.new_password_file},
        {"reset", CLI_FLAG, &command.is_reset},
        {"revoke", CLI_FLAG, &command.is_revoked},
        {NULL, CLI_FLAG, NULL},
    };
    const struct cli_task task = {
        .name = USER_NAME,
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
