/* saring user: the keys that speak for people, replaced, certified, revoked. */
#include <stdio.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/sshsig.h"
#include "filter/casebook/keys.h"
#include "filter/cli/terminal.h"
#include "filter/cli/user.h"

static void put_key(void *context, const struct casebook_key *key)
{
    struct user_command *command = context;
    struct buf *out = &command->out;
    char since[CLOCK_TEXT], until[CLOCK_TEXT];
    bool is_over = key->until_ms != CLOCK_NEVER;
    clock_format(key->since_ms, since);
    if (command->desk.is_json) {
        buf_put_char(out, '{');
        buf_put_json_field(out, "person", key->person);
        buf_put_json_field(out, "organisation", key->organisation);
        buf_put_json_field(out, "kind", str_of(casebook_role_name(key->role)));
        buf_put_json_field(out, "key", key->line);
        buf_put_json_field(out, "fingerprint", key->fingerprint);
        buf_put_json_field(out, "since", str_of(since));
        if (is_over) {
            buf_put_json_field(out, "until", str_of(clock_format(key->until_ms, until)));
        }
        if (key->reason.len > 0) {
            buf_put_json_field(out, "reason", key->reason);
        }
        if (key->certificate.len > 0) {
            buf_put_json_field(out, "certificate", key->certificate);
            buf_put_json_field(out, "signer", key->signer);
            buf_put_json_field(out, "signature", key->signature);
        }
        buf_printf(out, ",\"revoked\":%s}\n", key->is_revoked ? "true" : "false");
        return;
    }
    cli_put_cell(out, key->person, 16);
    buf_printf(out, " %.10s %-10.10s %-9s %s%.*s\n", since,
               is_over ? clock_format(key->until_ms, until) : "",
               key->is_revoked ? "DICABUT"
               : is_over       ? "diganti"
                               : "",
               key->season.len > 0 ? "tersertifikasi/certified " : "",
               STR_FORMAT(key->fingerprint));
}

int user_keys(struct user_command *command, const struct cli_words *words, struct err *err)
{
    (void)words;
    bool done = cli_desk_open_read(&command->desk, err) &&
                casebook_keys(command->desk.casebook, put_key, command, err) &&
                cli_print(&command->out, err);
    return done ? CLI_FINE : cli_cannot(USER_NAME, err);
}

static int revoke(struct user_command *command, struct str name, struct str line, struct err *err)
{
    size_t released = 0;
    if (!casebook_key_revoke(command->desk.casebook, name, line, str_of(command->reason), &released,
                             err)) {
        return cli_no(USER_NAME, err);
    }
    printf("dicabut / revoked; %zu kasus dilepas / cases released\n", released);
    return CLI_FINE;
}

int user_key(struct user_command *command, const struct cli_words *words, struct err *err)
{
    struct str name = str_of(words->at[1]);
    struct buf line = BUF_EMPTY;
    int status = CLI_CANNOT;
    if (command->reason == NULL || (command->key == NULL && !command->is_revoked)) {
        err_set(err, "saring user key NAME --key FILE.pub --reason TEXT | --revoke --reason TEXT");
        return cli_cannot(USER_NAME, err);
    }
    if ((command->key != NULL && !user_read_key(command->key, &line, err)) ||
        !cli_desk_open_write(&command->desk, err)) {
        status = cli_cannot(USER_NAME, err);
    } else if (command->is_revoked) {
        status = revoke(command, name, str_trim(buf_str(&line)), err);
    } else {
        status =
            user_done(command, words->at[0],
                      casebook_key_replace(command->desk.casebook, name, str_trim(buf_str(&line)),
                                           str_of(command->reason), err),
                      err);
    }
    buf_fini(&line);
    return status;
}

int user_certificate(struct user_command *command, const struct cli_words *words, struct err *err)
{
    if (!cli_desk_open_read(&command->desk, err)) {
        return cli_cannot(USER_NAME, err);
    }
    if (!casebook_key_certificate(command->desk.casebook, str_of(words->at[1]), &command->out,
                                  err)) {
        return cli_no(USER_NAME, err);
    }
    return cli_print(&command->out, err) ? CLI_FINE : cli_cannot(USER_NAME, err);
}

int user_certify(struct user_command *command, const struct cli_words *words, struct err *err)
{
    struct str name = str_of(words->at[1]);
    struct buf signature = BUF_EMPTY;
    int status = CLI_CANNOT;
    if ((command->signature == NULL) == (command->desk.user == NULL)) {
        err_set(err, "saring user certify NAME --signature FILE.sig | --user REKAN");
        return cli_cannot(USER_NAME, err);
    }
    if (!cli_desk_open_write(&command->desk, err)) {
        return cli_cannot(USER_NAME, err);
    }
    if (command->desk.user != NULL) {
        return cli_desk_login(&command->desk, err)
                   ? user_done(command, words->at[0],
                               casebook_key_certify_by(command->desk.casebook,
                                                       command->desk.session, name, err),
                               err)
                   : cli_cannot(USER_NAME, err);
    }
    if (!file_read(command->signature, SSHSIG_MAX_BYTES, &signature, err)) {
        status = cli_cannot(USER_NAME, err);
    } else {
        status = user_done(
            command, words->at[0],
            casebook_key_certify(command->desk.casebook, name, buf_str(&signature), err), err);
    }
    buf_fini(&signature);
    return status;
}
