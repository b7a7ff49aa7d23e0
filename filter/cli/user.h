/* What the verbs of `saring user` share. */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/cli/cli.h"
#include "filter/cli/desk.h"
#include "filter/cli/options.h"

struct err;

#define USER_NAME "user"

struct user_command {
    struct cli_desk desk;
    const char *organisation, *kind, *key, *reason, *sector, *signature, *new_password_file;
    struct cli_words ties;
    bool is_reset, is_revoked;
    struct buf out; /* what lists print */
};

/* A verb: its words, of which the first is its name, to an exit code. */
typedef int user_verb(struct user_command *command, const struct cli_words *words, struct err *err);

user_verb user_add, user_list, user_orgs, user_disable, user_move, user_tie, user_sector,
    user_declare, user_mail;                                   /* user_people.c */
user_verb user_password, user_totp, user_recovery, user_check; /* user_factor.c */
user_verb user_keys, user_key, user_certificate, user_certify; /* user_keys.c */

/* Reads a key's line from a .pub file. */
MUST_CHECK bool user_read_key(const char *path, struct buf *line, struct err *err);

/* How a change ended: fine, or no, which is a row of the log with the verb. */
int user_done(struct user_command *command, const char *verb, bool done, const struct err *err);
