/* What the commands of the casebook share: their options, the opened casebook, signing in. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/blocklist/guard.h"
#include "filter/casebook/addressees.h"
#include "filter/casebook/casebook.h"
#include "filter/casebook/move.h"
#include "filter/casebook/people.h"
#include "filter/cli/options.h"

struct err;

struct cli_desk {
    const char *config, *state_option, *user, *password_file, *code;
    int64_t password_fd; /* CLI_NO_FD: none given */
    struct cli_words rules;
    bool is_json;

    struct clock clock;
    struct arena *arena;
    struct buf state; /* the state folder */
    const char *const *folders;
    const char *public_origin; /* where the register is served; NULL: not said */
    const char *resolver;      /* lists.resolver: whom to ask for CNAMEs; NULL: nobody */
    struct casebook *casebook;
    bool is_writing; /* it is open for writing */
    struct blocklist_guard *guard;
    struct casebook_addressees *addressees;
    struct casebook_session *session;
};

#define CLI_NO_FD ((int64_t)-1)

/* Rows for a command's table of options. */
#define CLI_DESK_OPTIONS(desk)                                                                     \
    {"config", CLI_TEXT, &(desk)->config}, {"c", CLI_TEXT, &(desk)->config},                       \
        {"state", CLI_TEXT, &(desk)->state_option}, {"rules", CLI_LIST, &(desk)->rules},           \
        {"user", CLI_TEXT, &(desk)->user}, {"password-file", CLI_TEXT, &(desk)->password_file},    \
        {"password-fd", CLI_NUMBER, &(desk)->password_fd}, {"code", CLI_TEXT, &(desk)->code},      \
    {                                                                                              \
        "json", CLI_FLAG, &(desk)->is_json                                                         \
    }

struct cli_desk cli_desk_new(void);

/* Closes it all; what was written, witnesses can see from then on (audit.head). */
void cli_desk_close(struct cli_desk *desk);

/* Finds the state folder and the rules' folders from the options and the configuration. */
MUST_CHECK bool cli_desk_find(struct cli_desk *desk, struct err *err);

/* Opens the casebook there; _write makes it if there is none, _read is an error then. */
MUST_CHECK bool cli_desk_open_write(struct cli_desk *desk, struct err *err);
MUST_CHECK bool cli_desk_open_read(struct cli_desk *desk, struct err *err);

/*
 * Loads the protected list; _protect gives it, and the list of recipients, to a casebook that is
 * open for writing.
 */
MUST_CHECK bool cli_desk_guard(struct cli_desk *desk, struct err *err);
MUST_CHECK bool cli_desk_protect(struct cli_desk *desk, struct err *err);

/*
 * Appends the password: from --password-file, --password-fd, or asked on the terminal. `is_new`
 * asks twice. cli_forget it.
 */
MUST_CHECK bool cli_desk_password(const struct cli_desk *desk, bool is_new, struct buf *password,
                                  struct err *err);

/* The password, and the second factor if they have one and gave none lately: signs --user in. */
MUST_CHECK bool cli_desk_login(struct cli_desk *desk, struct err *err);

/* The same with the password alone, for enrolling the second factor. */
MUST_CHECK bool cli_desk_login_first(struct cli_desk *desk, struct err *err);

/* A command's work: how it reads its words and what it does with them. */
struct cli_task {
    const char *name;
    void (*print_help)(void);
    const struct cli_option *options;
    int (*run)(void *context, const struct cli_words *words, struct err *err);
    void *context;
};

/* Prints the help, or reads the options and runs; gives the exit code. */
int cli_task_run(const struct cli_task *task, int argc, char **argv);

/* Says on stderr what went wrong in `command`; returns CLI_CANNOT. */
int cli_cannot(const char *command, const struct err *err);

/* The same for a "no": returns CLI_NO. */
int cli_no(const char *command, const struct err *err);

/* Says how a move ended, if it was not done, and gives the exit code. */
int cli_outcome(const char *command, enum casebook_outcome outcome, const struct err *err);

/* A case's number, as people write it: "12" or "#12". */
MUST_CHECK bool cli_case_id(const char *word, int64_t *id, struct err *err);
