/*
 * The people of a casebook: who they are, for which organisation they act, and which key speaks
 * for them. An administrator manages accounts and has no rights on cases.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/casebook/casebook.h"

struct err;

/* What a person is there for. X(constant, name) */
#define CASEBOOK_ROLES(X)                                                                          \
    X(ROLE_TEAM, "team")               /* reviews: REVIEW's R */                                   \
    X(ROLE_INDEPENDENT, "independent") /* approves: A */                                           \
    X(ROLE_APPEALS, "appeals")         /* sits on the appeal panel: J */                           \
    X(ROLE_AUDITOR, "auditor")         /* reads everything, changes nothing */                     \
    X(ROLE_ADMIN, "admin")             /* manages accounts */

enum casebook_role {
#define X(constant, name) constant,
    CASEBOOK_ROLES(X)
#undef X
};

const char *casebook_role_name(enum casebook_role role);
MUST_CHECK bool casebook_role_parse(struct str name, enum casebook_role *role);

enum {
    CASEBOOK_NAME_MOST = 64,      /* bytes of a person's or organisation's name */
    CASEBOOK_PASSWORD_LEAST = 12, /* characters */
    CASEBOOK_PASSWORD_MOST = 256, /* bytes */
};

/* A person to add. Text is borrowed during the call. */
struct casebook_newcomer {
    struct str name; /* a short word to sign in with: lower-case ASCII letters, digits, . _ - */
    struct str organisation; /* as shown; made if it is new */
    enum casebook_role role;
    struct str key; /* the line of an OpenSSH .pub file; "" if there is none */
    struct str password;
};

/*
 * Adds a person, and a row to the log. Independent approvers and the appeal panel bring their own
 * public key, whose other half is never on this server; a team member without one gets one, sealed
 * by the password. Refused: a name or key that somebody has already, an organisation that acts in
 * another of the roles team, independent and appeals.
 */
MUST_CHECK bool casebook_people_add(struct casebook *casebook,
                                    const struct casebook_newcomer *newcomer, struct err *err);

/*
 * Lets a person act for another organisation, and in another role if need be, from now on. For 90
 * days after that they approve nothing. `key` is theirs from then on, "" keeps the one they have;
 * one that the password seals stays behind when they leave the team. Sessions end.
 */
MUST_CHECK bool casebook_people_move(struct casebook *casebook, struct str name,
                                     struct str organisation, enum casebook_role role,
                                     struct str key, struct str reason, struct err *err);

/*
 * A new password for one that is known; the key that it seals is sealed anew and stays the same.
 * Browsers that were signed in are signed out; a second factor stays as it is.
 */
MUST_CHECK bool casebook_people_password(struct casebook *casebook, struct str name,
                                         struct str old_password, struct str new_password,
                                         struct err *err);

/*
 * A new password for one that was forgotten, by the operator. A second factor stays as it is: a
 * reset never goes past it. What the old password sealed is lost: a team member gets a new key,
 * which counts in a season only when certified (keys.h).
 */
MUST_CHECK bool casebook_people_reset(struct casebook *casebook, struct str name,
                                      struct str new_password, struct str reason, struct err *err);

/*
 * Conflicts of interest that a person declares of themselves, shown beside what they approve.
 * Replaces the statement before; all of them are rows of the log.
 */
MUST_CHECK bool casebook_people_declare(struct casebook *casebook, struct str name,
                                        struct str statement, struct err *err);

/* Where notices go: an e-mail address, "" for none. Never in the log, shown to operators alone. */
MUST_CHECK bool casebook_people_contact(struct casebook *casebook, struct str name,
                                        struct str address, struct err *err);

/* A row of what an operator at the terminal was refused; `action` is their verb. */
MUST_CHECK bool casebook_people_refused(struct casebook *casebook, const char *action,
                                        const char *why, struct err *err);

/* Takes a person's rights away, from the next move on, sessions included. There is no way back. */
MUST_CHECK bool casebook_people_disable(struct casebook *casebook, struct str name,
                                        struct str reason, struct err *err);

/*
 * Records that two organisations answer to one another or to the same hands (ties of ties count):
 * people of the one may not approve what people of the other proposed. Names that no person acts
 * for, as a governor's, may be tied too. There is no way back.
 */
MUST_CHECK bool casebook_people_tie(struct casebook *casebook, struct str one, struct str other,
                                    struct str reason, struct err *err);

/* A person as anyone may see them. Text stands during the call. */
struct casebook_person {
    struct str name, organisation;
    enum casebook_role role;
    struct str key;         /* "ssh-ed25519 AAAA…"; "" if they sign nothing */
    struct str fingerprint; /* "SHA256:…" of it */
    bool is_sealed;         /* the secret key lies here, sealed by the password */
    bool is_disabled;
    bool has_factor; /* a second factor is in use */
    int64_t created_ms;
    int64_t moved_ms;     /* when they came to this organisation from another; CLOCK_NEVER: never */
    struct str conflicts; /* as declared; "" if nothing was */
    struct str contact;   /* where notices go; "" if nowhere */
};

/* Calls `each` for everyone, in order of name. */
MUST_CHECK bool casebook_people_list(struct casebook *casebook,
                                     void (*each)(void *context,
                                                  const struct casebook_person *person),
                                     void *context, struct err *err);

/*
 * Who is at the keyboard: proof that a password fitted, needed for every move. Holds the unsealed
 * secret key, if there is one, in memory that is never swapped or dumped. It stands until freed,
 * also after the casebook is closed; the rights behind it are looked up anew at every move.
 */
struct casebook_session;

/*
 * NULL if there is no such person, the password is wrong or the person is disabled; the message
 * and the time it takes do not tell which.
 */
MUST_CHECK struct casebook_session *casebook_people_login(struct casebook *casebook,
                                                          struct str name, struct str password,
                                                          struct err *err);
void casebook_session_free(struct casebook_session *session); /* NULL is fine */

/* The person's name, organisation and role; text stands as long as the session. */
struct str casebook_session_name(const struct casebook_session *session);
struct str casebook_session_organisation(const struct casebook_session *session);
enum casebook_role casebook_session_role(const struct casebook_session *session);

/* Whether the session can sign by itself: a team member whose key is sealed by the password. */
bool casebook_session_can_sign(const struct casebook_session *session);

/*
 * When a second factor was given in this session (factor.h); CLOCK_NEVER: it was not. A person
 * who has one makes no move without it, and approves only within CASEBOOK_FRESH_MS of it.
 */
int64_t casebook_session_factor_ms(const struct casebook_session *session);
