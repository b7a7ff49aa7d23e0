#include "filter/cli/desk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/log.h"
#include "filter/base/state_dir.h"
#include "filter/casebook/audit.h"
#include "filter/casebook/factor.h"
#include "filter/cli/cli.h"
#include "filter/cli/terminal.h"
#include "filter/pipeline/config.h"

enum { ARENA_MOST = 64 << 20, SECRET_MOST = 1024 };

struct cli_desk cli_desk_new(void)
{
    return (struct cli_desk){.password_fd = CLI_NO_FD, .clock = clock_system()};
}

void cli_desk_close(struct cli_desk *desk)
{
    struct err err = ERR_NONE;
    if (desk->is_writing && !casebook_head_publish(desk->casebook, &err)) {
        log_line(LOG_WARN, "audit_head", LOG_TEXT("file", err.file),
                 LOG_TEXT("error", err.message));
    }
    casebook_session_free(desk->session);
    casebook_close(desk->casebook);
    blocklist_guard_free(desk->guard);
    casebook_addressees_free(desk->addressees);
    buf_fini(&desk->state);
    arena_free(desk->arena);
}

bool cli_desk_find(struct cli_desk *desk, struct err *err)
{
    struct config config;
    desk->arena = arena_new(ARENA_MOST);
    if (!config_load(desk->config, desk->arena, &config, err)) {
        return false;
    }
    desk->public_origin = config.public_origin;
    desk->folders = desk->rules.count > 0 ? desk->rules.at : config.rules;
    desk->resolver = config.lists_resolver;
    return state_dir(desk->state_option != NULL ? desk->state_option : config.state, &desk->state,
                     err);
}

bool cli_desk_open_write(struct cli_desk *desk, struct err *err)
{
    struct buf path = BUF_EMPTY;
    if (!cli_desk_find(desk, err) || !state_dir_make(desk->state.bytes, err)) {
        return false;
    }
    casebook_path(desk->state.bytes, &path);
    desk->casebook = casebook_open(path.bytes, &desk->clock, err);
    desk->is_writing = desk->casebook != NULL;
    buf_fini(&path);
    return desk->casebook != NULL;
}

bool cli_desk_open_read(struct cli_desk *desk, struct err *err)
{
    struct buf path = BUF_EMPTY;
    if (!cli_desk_find(desk, err)) {
        return false;
    }
    casebook_path(desk->state.bytes, &path);
    if (access(path.bytes, F_OK) != 0 && errno == ENOENT) {
        err_set(err, "belum ada buku kasus di sini / there is no casebook yet; saring run makes "
                     "one, --state says where it is");
        err_in_file(err, path.bytes);
    } else {
        desk->casebook = casebook_open_read(path.bytes, &desk->clock, err);
    }
    buf_fini(&path);
    return desk->casebook != NULL;
}

bool cli_desk_guard(struct cli_desk *desk, struct err *err)
{
    desk->guard = blocklist_guard_load(desk->folders, err);
    return desk->guard != NULL;
}

static void say(const char *command, const struct err *err)
{
    char text[800];
    struct buf line = BUF_EMPTY;
    cli_put_line(&line, str_of(err_format(err, text, sizeof text)));
    fprintf(stderr, "saring %s: %s\n", command, line.len > 0 ? line.bytes : "");
    buf_fini(&line);
}

bool cli_desk_protect(struct cli_desk *desk, struct err *err)
{
    size_t voided = 0;
    struct err why = ERR_NONE;
    desk->addressees = casebook_addressees_load(desk->folders, &why);
    if (desk->addressees == NULL) {
        say("recipients", &why); /* nothing can be referred, but an entry must be removable */
    }
    if (!cli_desk_guard(desk, err) ||
        !casebook_protect(desk->casebook, desk->guard, &voided, err)) {
        return false;
    }
    casebook_address(desk->casebook, desk->addressees);
    if (voided > 0) {
        fprintf(stderr,
                "saring: %zu entri kini dilindungi dan dicabut / entries are protected now "
                "and were removed\n",
                voided);
    }
    return true;
}

/* A secret from a descriptor: up to its end, without the newline behind it. */
static bool read_secret(int fd, struct buf *secret, struct err *err)
{
    char bytes[256];
    ssize_t got;
    while ((got = read(fd, bytes, sizeof bytes)) > 0) {
        buf_put(secret, bytes, (size_t)got);
        if (secret->len > SECRET_MOST) {
            return err_set(err, "kata sandi lebih dari / the password has more than %d bytes",
                           SECRET_MOST);
        }
    }
    if (got < 0) {
        return err_set(err, "the password cannot be read: %s", strerror(errno));
    }
    while (secret->len > 0 && strchr("\r\n", secret->bytes[secret->len - 1]) != NULL) {
        secret->len--;
    }
    return true;
}

static bool ask_password(const struct cli_desk *desk, bool is_new, struct buf *password,
                         struct err *err)
{
    struct buf question = BUF_EMPTY, again = BUF_EMPTY;
    buf_printf(&question, "Kata sandi %s / password: ", desk->user);
    bool done = cli_ask_secret(question.bytes, password, err);
    if (done && is_new) {
        done = cli_ask_secret("Sekali lagi / again: ", &again, err) &&
               (str_equal(buf_str(password), buf_str(&again)) ||
                err_set(err, "kedua kata sandi berbeda / the two passwords differ"));
    }
    buf_fini(&question);
    cli_forget(&again);
    return done;
}

bool cli_desk_password(const struct cli_desk *desk, bool is_new, struct buf *password,
                       struct err *err)
{
    if (desk->password_fd != CLI_NO_FD) {
        return read_secret((int)desk->password_fd, password, err);
    }
    if (desk->password_file == NULL) {
        return ask_password(desk, is_new, password, err);
    }
    struct buf bytes = BUF_EMPTY;
    bool done = file_read(desk->password_file, SECRET_MOST, &bytes, err);
    if (done) {
        buf_put_str(password, buf_str(&bytes));
        while (password->len > 0 && strchr("\r\n", password->bytes[password->len - 1]) != NULL) {
            password->len--;
        }
    }
    cli_forget(&bytes);
    return done;
}

bool cli_desk_login_first(struct cli_desk *desk, struct err *err)
{
    struct buf password = BUF_EMPTY;
    if (desk->user == NULL) {
        return err_set(err, "siapa Anda? / who are you? --user NAME");
    }
    if (cli_desk_password(desk, false, &password, err)) {
        desk->session =
            casebook_people_login(desk->casebook, str_of(desk->user), buf_str(&password), err);
    }
    cli_forget(&password);
    return desk->session != NULL;
}

/* Asked for once in a while, as sudo asks; a casebook open for reading alone can't use one up. */
static bool take_code(struct cli_desk *desk, struct err *err)
{
    bool in_use;
    int64_t left;
    struct buf code = BUF_EMPTY;
    if (!casebook_factor_state(desk->casebook, casebook_session_name(desk->session), &in_use, &left,
                               err)) {
        return false;
    }
    bool is_there = casebook_session_factor_ms(desk->session) != CLOCK_NEVER;
    if (!in_use || !desk->is_writing || (is_there && desk->code == NULL)) {
        return true;
    }
    bool done = true;
    if (desk->code != NULL) {
        buf_put_string(&code, desk->code);
    } else {
        done = isatty(STDERR_FILENO) != 0
                   ? cli_ask("Kode faktor kedua / second factor: ", &code, err)
                   : err_set(err, "akun ini punya faktor kedua / this account has a second factor: "
                                  "--code 123456");
    }
    if (done) {
        switch (casebook_session_take_factor(desk->casebook, desk->session, buf_str(&code), err)) {
        case FACTOR_FITS:
            break;
        case FACTOR_WRONG:
        case FACTOR_NONE:
            done = err_set(err, "kode salah atau sudah dipakai / this code is wrong, or was used "
                                "before");
            break;
        case FACTOR_FAILED:
            done = false;
            break;
        }
    }
    cli_forget(&code);
    return done;
}

bool cli_desk_login(struct cli_desk *desk, struct err *err)
{
    return cli_desk_login_first(desk, err) && take_code(desk, err);
}

int cli_cannot(const char *command, const struct err *err)
{
    say(command, err);
    return CLI_CANNOT;
}

int cli_no(const char *command, const struct err *err)
{
    say(command, err);
    return CLI_NO;
}

int cli_task_run(const struct cli_task *task, int argc, char **argv)
{
    struct cli_words words;
    struct err err = ERR_NONE;
    if (cli_options_help(argc, argv)) {
        task->print_help();
        return CLI_FINE;
    }
    return cli_options_read(task->options, argc, argv, &words, &err)
               ? task->run(task->context, &words, &err)
               : cli_cannot(task->name, &err);
}

int cli_outcome(const char *command, enum casebook_outcome outcome, const struct err *err)
{
    switch (outcome) {
    case CASEBOOK_DONE:
        return CLI_FINE;
    case CASEBOOK_REFUSED:
        fprintf(stderr, "ditolak / refused: ");
        return cli_no(command, err);
    case CASEBOOK_STALE:
        fprintf(stderr, "kasus sudah berubah, lihat lagi / the case moved on, look again: ");
        return cli_no(command, err);
    case CASEBOOK_FAILED:
        return cli_cannot(command, err);
    }
    return CLI_CANNOT;
}

bool cli_case_id(const char *word, int64_t *id, struct err *err)
{
    int64_t number = 0;
    const char *at = word != NULL && word[0] == '#' ? word + 1 : word;
    if (at == NULL || *at == '\0') {
        return err_set(err, "nomor kasus belum disebut / which case? give its number");
    }
    for (; *at >= '0' && *at <= '9' && number < INT64_MAX / 100; at++) {
        number = number * 10 + (*at - '0');
    }
    if (*at != '\0' || number == 0) {
        return err_set(err, "'%.60s' bukan nomor kasus / is no case's number", word);
    }
    *id = number;
    return true;
}
