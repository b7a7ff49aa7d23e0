/* saring user: passwords, the second factor, recovery codes. */
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/qr.h"
#include "filter/casebook/factor.h"
#include "filter/cli/terminal.h"
#include "filter/cli/user.h"

/* The new password: from --new-password-file, or asked twice. */
static bool read_new(const struct user_command *command, struct buf *password, struct err *err)
{
    struct cli_desk desk = command->desk;
    desk.password_file = command->new_password_file;
    desk.password_fd = CLI_NO_FD;
    return cli_desk_password(&desk, true, password, err);
}

static int reset_password(struct user_command *command, struct str name, struct err *err)
{
    struct buf fresh = BUF_EMPTY;
    int status;
    if (command->reason == NULL) {
        err_set(err, "saring user password NAME --reset --reason TEXT");
        return cli_cannot(USER_NAME, err);
    }
    if (!cli_desk_open_write(&command->desk, err) || !read_new(command, &fresh, err)) {
        status = cli_cannot(USER_NAME, err);
    } else {
        status = user_done(command, "password",
                           casebook_people_reset(command->desk.casebook, name, buf_str(&fresh),
                                                 str_of(command->reason), err),
                           err);
    }
    cli_forget(&fresh);
    return status;
}

int user_password(struct user_command *command, const struct cli_words *words, struct err *err)
{
    struct buf old = BUF_EMPTY, fresh = BUF_EMPTY;
    struct str name = str_of(words->at[1]);
    int status;
    command->desk.user = words->at[1];
    if (command->is_reset) {
        return reset_password(command, name, err);
    }
    if (!cli_desk_open_write(&command->desk, err) || !cli_desk_login(&command->desk, err) ||
        !cli_desk_password(&command->desk, false, &old, err) || !read_new(command, &fresh, err)) {
        status = cli_cannot(USER_NAME, err);
    } else {
        status = user_done(command, words->at[0],
                           casebook_people_password(command->desk.casebook, name, buf_str(&old),
                                                    buf_str(&fresh), err),
                           err);
    }
    cli_forget(&old);
    cli_forget(&fresh);
    return status;
}

static bool print_recovery(const struct casebook_recovery *recovery, struct err *err)
{
    struct buf out = BUF_EMPTY;
    buf_put_string(&out,
                   "kode pemulihan, masing-masing sekali pakai; simpan di luar komputer ini /\n"
                   "recovery codes, each works once; keep them off this machine:\n");
    for (size_t i = 0; i < CASEBOOK_RECOVERY_CODES; i++) {
        buf_printf(&out, "  %s\n", recovery->code[i]);
    }
    bool done = cli_print(&out, err);
    cli_forget(&out);
    return done;
}

static int confirm(struct user_command *command, struct str code, struct err *err)
{
    struct casebook_recovery recovery;
    int status = CLI_NO;
    switch (casebook_session_confirm_factor(command->desk.casebook, command->desk.session, code,
                                            &recovery, err)) {
    case FACTOR_FITS:
        status = print_recovery(&recovery, err) ? CLI_FINE : CLI_CANNOT;
        break;
    case FACTOR_WRONG:
        err_set(err, "kode salah: periksa jam ponsel / wrong code: check the phone's clock");
        break;
    case FACTOR_NONE:
        err_set(err, "belum ditawarkan / nothing was offered yet: saring user totp NAME");
        break;
    case FACTOR_FAILED:
        status = CLI_CANNOT;
        break;
    }
    sodium_memzero(&recovery, sizeof recovery);
    return status == CLI_FINE     ? CLI_FINE
           : status == CLI_CANNOT ? cli_cannot(USER_NAME, err)
                                  : cli_no(USER_NAME, err);
}

static int offer(struct user_command *command, struct str name, struct err *err)
{
    struct buf uri = BUF_EMPTY, out = BUF_EMPTY, code = BUF_EMPTY;
    int status = CLI_FINE;
    bool asks = cli_is_terminal(stdout) && isatty(STDERR_FILENO) != 0;
    if (!casebook_factor_offer(command->desk.casebook, name, &uri, err)) {
        status = cli_no(USER_NAME, err);
    } else if (!asks || qr_text(buf_str(&uri), &out, err)) {
        buf_put_str(&out, buf_str(&uri));
        buf_put_char(&out, '\n');
        status = cli_print(&out, err) ? CLI_FINE : cli_cannot(USER_NAME, err);
        if (status == CLI_FINE && asks) {
            status = cli_ask("Kode pertama / first code: ", &code, err)
                         ? confirm(command, buf_str(&code), err)
                         : cli_cannot(USER_NAME, err);
        }
    } else {
        status = cli_cannot(USER_NAME, err);
    }
    cli_forget(&uri);
    cli_forget(&out);
    buf_fini(&code);
    return status;
}

int user_totp(struct user_command *command, const struct cli_words *words, struct err *err)
{
    struct str name = str_of(words->at[1]);
    command->desk.user = words->at[1];
    if (command->is_reset && command->reason == NULL) {
        err_set(err, "saring user totp NAME --reset --reason TEXT");
        return cli_cannot(USER_NAME, err);
    }
    if (!cli_desk_open_write(&command->desk, err)) {
        return cli_cannot(USER_NAME, err);
    }
    if (command->is_reset) {
        return user_done(
            command, words->at[0],
            casebook_factor_reset(command->desk.casebook, name, str_of(command->reason), err), err);
    }
    if (!cli_desk_login_first(&command->desk, err)) {
        return cli_cannot(USER_NAME, err);
    }
    return command->desk.code != NULL ? confirm(command, str_of(command->desk.code), err)
                                      : offer(command, name, err);
}

int user_recovery(struct user_command *command, const struct cli_words *words, struct err *err)
{
    struct casebook_recovery recovery;
    command->desk.user = words->at[1];
    if (!cli_desk_open_write(&command->desk, err) || !cli_desk_login(&command->desk, err)) {
        return cli_cannot(USER_NAME, err);
    }
    bool done =
        casebook_factor_recovery(command->desk.casebook, str_of(words->at[1]), &recovery, err);
    int status = !done                            ? cli_no(USER_NAME, err)
                 : print_recovery(&recovery, err) ? CLI_FINE
                                                  : cli_cannot(USER_NAME, err);
    sodium_memzero(&recovery, sizeof recovery);
    return status;
}

/* Whether the password fits, and how the second factor stands: none, missing, given, fresh. */
int user_check(struct user_command *command, const struct cli_words *words, struct err *err)
{
    bool in_use;
    int64_t left;
    command->desk.user = words->at[1];
    if (!cli_desk_open_write(&command->desk, err) ||
        !(command->desk.code != NULL ? cli_desk_login(&command->desk, err)
                                     : cli_desk_login_first(&command->desk, err))) {
        return cli_no(USER_NAME, err);
    }
    if (!casebook_factor_state(command->desk.casebook, str_of(words->at[1]), &in_use, &left, err)) {
        return cli_cannot(USER_NAME, err);
    }
    int64_t given = casebook_session_factor_ms(command->desk.session);
    bool is_fresh =
        given != CLOCK_NEVER && clock_now_ms(&command->desk.clock) - given <= CASEBOOK_FRESH_MS;
    puts(!in_use ? "none" : given == CLOCK_NEVER ? "missing" : is_fresh ? "fresh" : "given");
    return CLI_FINE;
}
