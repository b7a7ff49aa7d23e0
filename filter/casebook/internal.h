/* What the files of this folder share. */
#pragma once

#include <jansson.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/hash.h"
#include "filter/base/sshsig.h"
#include "filter/base/str.h"
#include "filter/casebook/audit.h"
#include "filter/casebook/casebook.h"
#include "filter/casebook/factor.h"
#include "filter/casebook/move.h"
#include "filter/casebook/people.h"
#include "filter/casebook/proposal.h"
#include "filter/casebook/season.h"

struct err;

struct casebook_addressees; /* addressees.h */
struct casebook_near;       /* near.h: scratch space for finding near-copies */
struct text_stems;

struct casebook_statement {
    const char *sql; /* the literal's address is its name */
    sqlite3_stmt *statement;
};

struct casebook {
    sqlite3 *db;
    char *path;
    const struct clock *clock;
    bool is_read_only;
    struct hash_key secret; /* not of a reader */
    struct hash identity;   /* of this casebook, of the secret: sessions are for one casebook */
    const struct blocklist_guard *guard;
    const struct casebook_addressees *addressees; /* NULL: nothing can be referred */
    struct casebook_near *near;
    struct text_stems *stems; /* NULL until it is needed */
    struct casebook_statement *statements;
    size_t statement_count, statement_room;
    unsigned depth;        /* of transactions */
    int64_t published_seq; /* of the head last written to audit.head by this handle */
};

#define CASEBOOK_MINUTE ((int64_t)60 * 1000)
#define CASEBOOK_HOUR (60 * CASEBOOK_MINUTE)
#define CASEBOOK_DAY (24 * CASEBOOK_HOUR)

/* How far a clock may go back before nothing can be trusted: as far as NTP steps. */
#define CASEBOOK_BACK_MS (5 * CASEBOOK_MINUTE)

/* How long whoever came from another organisation approves nothing. */
#define CASEBOOK_MOVED_MS (90 * CASEBOOK_DAY)

/* Times in the database that there are none of: later than all others. */
#define CASEBOOK_NO_TIME INT64_MAX

/* schema.c: makes or migrates the tables; refuses a newer schema. */
MUST_CHECK bool casebook_schema(struct casebook *casebook, struct err *err);
MUST_CHECK bool casebook_schema_check(struct casebook *casebook, struct err *err);

/* store.c: closes the database and all statements; small values by name. */
void casebook_disconnect(struct casebook *casebook);
MUST_CHECK bool casebook_meta_get(struct casebook *casebook, const char *name, int64_t *value,
                                  struct err *err);
MUST_CHECK bool casebook_meta_set(struct casebook *casebook, const char *name, int64_t value,
                                  struct err *err);
/* Keyed hash of the parts: nothing outside can be found again by it without the secret. */
struct hash casebook_keyed(const struct casebook *casebook, const struct str *parts, size_t count);

/*
 * audit.c: appends a row within the transaction that is open; steals `detail`. The row's time is
 * now, or the row's before if the clock went back.
 */
MUST_CHECK bool casebook_log(struct casebook *casebook, struct str actor, const char *action,
                             int64_t case_id, json_t *detail, struct err *err);

/* The canonical bytes that a row's hash is of. */
void casebook_row_bytes(const struct casebook_row *row, const struct hash *before, struct buf *out);

/* A member of a detail: "" if there is none. */
struct str casebook_json_text(const json_t *object, const char *name);
json_t *casebook_json_str(struct str text);
json_t *casebook_json_hash(const struct hash *hash);

/* people.c: a person as the database knows them now; text in the arena. */
struct casebook_member {
    struct str name, organisation;
    enum casebook_role role;
    struct str key_line;
    bool has_key;
    struct sshsig_key key;
    int64_t created_ms; /* of the account, or when its second factor was reset */
    int64_t moved_ms;   /* to this organisation from another; CLOCK_NEVER */
    bool is_disabled;
};
MUST_CHECK bool casebook_member_find(struct casebook *casebook, struct arena *arena,
                                     struct str name, struct casebook_member *member, bool *found,
                                     struct err *err);
/* Whether two organisations are one, or tied, over any number of steps. */
MUST_CHECK bool casebook_tied(struct casebook *casebook, struct str one, struct str other,
                              bool *tied, struct err *err);
/* The same for spellings: an organisation's name as it is compared. */
MUST_CHECK bool casebook_fold_name(struct arena *arena, struct str name, struct str *folded,
                                   struct err *err);
/* Free text that people read: valid UTF-8, no control or invisible characters but newlines. */
MUST_CHECK bool casebook_check_words(struct str text, const char *what, size_t least, size_t most,
                                     struct err *err);

/* people.c: a person's name, as people sign in; puts an organisation where there is none. */
MUST_CHECK bool casebook_check_name(struct str name, struct err *err);
MUST_CHECK bool casebook_organisation_put(struct casebook *casebook, struct str name,
                                          struct str folded, const char *role, struct err *err);
bool casebook_acts_on_cases(enum casebook_role role);
/* keys.c: whether anybody has or had this key; keeps a new one of a person, the old one retired. */
MUST_CHECK bool casebook_key_is_taken(struct casebook *casebook, struct str key, struct err *err);
MUST_CHECK bool casebook_key_put(struct casebook *casebook, struct str name, struct str folded,
                                 enum casebook_role role, struct str key, int64_t now_ms,
                                 struct str reason, struct err *err);
/* keys.c: another key in the place of a person's, within a transaction. */
MUST_CHECK bool casebook_key_change(struct casebook *casebook, struct str name, struct str key,
                                    struct str reason, struct err *err);
/* keys.c: whether a key counts in the season that runs: in its file, or certified; not revoked. */
struct casebook_now;
MUST_CHECK bool casebook_key_counts(struct casebook *casebook, struct arena *arena,
                                    const struct casebook_now *now, struct str organisation,
                                    enum casebook_role role, struct str key, bool *counts,
                                    struct err *err);
MUST_CHECK bool casebook_season_file_load(struct casebook *casebook, struct arena *arena,
                                          const struct hash *id, struct casebook_season_file *file,
                                          struct err *err);
/* organisation.c: whether its sector, or that of one it is tied to, bars it from approving. */
MUST_CHECK bool casebook_organisation_barred(struct casebook *casebook, struct str folded,
                                             bool *is_barred, struct err *err);
/* organisation.c: whether it may act in this role ("independent"). */
MUST_CHECK bool casebook_organisation_may(struct casebook *casebook, struct str name,
                                          struct str folded, struct str role, struct err *err);

/* secret.c: passwords by Argon2id, and the secret key that one seals. */
MUST_CHECK bool casebook_password_hash(struct str password, struct buf *out, struct err *err);
bool casebook_password_fits(struct str hash, struct str password);
/* Whether a password may be one: its length, and nothing that is tried first. */
MUST_CHECK bool casebook_password_check(struct str name, struct str password, struct err *err);
/* Seals a secret key that is there, or (casebook_seal) a new one. */
MUST_CHECK bool casebook_seal_secret(struct str password,
                                     const unsigned char secret[SSHSIG_SECRET_BYTES],
                                     struct buf *sealed, struct err *err);
MUST_CHECK bool casebook_seal(struct str password, struct sshsig_key *key, struct buf *sealed,
                              struct err *err);
MUST_CHECK bool casebook_unseal(struct str sealed, struct str password,
                                const struct sshsig_key *key,
                                unsigned char secret[SSHSIG_SECRET_BYTES], struct err *err);

/* session.c: whether a password fits, with nothing said of what is wrong; the session if it does.
 */
enum casebook_login { LOGIN_FITS, LOGIN_WRONG, LOGIN_FAILED };
MUST_CHECK enum casebook_login casebook_login(struct casebook *casebook, struct str name,
                                              struct str password,
                                              struct casebook_session **session, struct err *err);
/* session.c: a session without a key, of whom a token stands for; NULL if they have no rights. */
MUST_CHECK bool casebook_session_of(struct casebook *casebook, struct str name,
                                    struct casebook_session **session, bool *is_sealed,
                                    struct err *err);
void casebook_session_set_factor(struct casebook_session *session, int64_t factor_ms);
/*
 * session.c: whether the session's second factor is good for a move. NEED_ANY: who has one gave it;
 * NEED_FRESH: within CASEBOOK_FRESH_MS, and in a season nobody is without one.
 */
enum casebook_factor_need { NEED_ANY, NEED_FRESH };
MUST_CHECK enum casebook_outcome casebook_session_check(struct casebook *casebook,
                                                        const struct casebook_session *session,
                                                        int64_t now_ms, bool is_demo,
                                                        enum casebook_factor_need need,
                                                        struct err *err);
/* web_store.c: ends all that a person's browsers are signed in with. */
MUST_CHECK bool casebook_sign_out(struct casebook *casebook, struct str name, struct err *err);

/* session.c: parts of a session. */
const unsigned char *casebook_session_secret(const struct casebook_session *session);
bool casebook_session_is_of(const struct casebook_session *session,
                            const struct casebook *casebook);

/* season.c: the season's id as cases bear it: "demo", or 64 hexadecimal digits. */
struct casebook_now {
    struct str season; /* text in the arena */
    bool is_demo, is_over;
    struct casebook_season running; /* unless is_demo */
};
MUST_CHECK bool casebook_now(struct casebook *casebook, struct arena *arena,
                             struct casebook_now *now, struct err *err);
/*
 * Whether the season's file names this key for this organisation (folded) and role. False if the
 * arena is full.
 */
MUST_CHECK bool casebook_season_names(struct arena *arena, const struct casebook_season_file *file,
                                      struct str organisation, enum casebook_role role,
                                      struct str key, bool *names, struct err *err);

/* proposal.c: what a proposal rests on, besides what its reviewer wrote. */
struct casebook_basis {
    int64_t case_id;
    enum rule_class class;
    struct str rule_id;
    struct hash revision;
    struct str reviewer, organisation; /* as folded */
    struct str season;                 /* as cases bear it */
    bool is_demo;
    struct hash season_id;
    int64_t season_end_ms;
    int64_t now_ms;
};

enum { CASEBOOK_PROPOSAL_BYTES = 64 * 1024 };

/*
 * Appends the signed bytes and the record that a draft gives. `*entry` is the caller's to free, of
 * KIND_ENTRY, else NULL.
 */
MUST_CHECK bool casebook_proposal_write(const struct casebook_draft *draft,
                                        const struct casebook_basis *basis, int64_t start_ms,
                                        struct buf *proposal, struct buf *record,
                                        struct blocklist_entry **entry, struct err *err);

/* Reads both, as from a stranger: they must be what casebook_proposal_write makes. */
MUST_CHECK bool casebook_proposal_check(struct str proposal, struct str record,
                                        const struct casebook_basis *basis,
                                        enum casebook_kind *kind, struct blocklist_entry **entry,
                                        struct err *err);

/* What a record says of the 24-hour lane, in the arena; `*found` is false if nothing. */
MUST_CHECK bool casebook_record_urgent(struct str record, struct arena *arena,
                                       struct casebook_urgent *urgent, bool *found,
                                       struct err *err);

/* Answers as canonical JSON; whether all questions are answered; whether all are with no. */
MUST_CHECK bool casebook_answers_write(const struct casebook_answers *answers, struct buf *out,
                                       struct err *err);
MUST_CHECK bool casebook_answers_check(const struct casebook_answers *answers, struct err *err);
/*
 * Whether they leave a proposal of that kind, to that recipient if it is a referral, allowed: all
 * are no; but what was hacked, of whomever it is, may be reported to its hosting provider.
 */
MUST_CHECK bool casebook_answers_allow(const struct casebook_answers *answers,
                                       enum casebook_kind kind, enum casebook_recipient recipient,
                                       struct err *err);
/* proposal.c: the same of answers that casebook_answers_write wrote, and a proposal's bytes. */
MUST_CHECK bool casebook_proposal_allowed(struct str answers, enum casebook_kind kind,
                                          struct str proposal, bool *is_allowed, struct err *err);

/* public.c: text that is published holds no handle, and of procedure and claim no address. */
MUST_CHECK bool casebook_check_public(struct str text, enum rule_class class, const char *what,
                                      struct err *err);

/* released.c: the row of a form of a rule, in a season; `releaser` is "" while it is a shadow. */
struct casebook_release {
    struct str season, rule_id, submitter, releaser;
    struct hash release, revision;
    int64_t submitted_ms, released_ms;
};
MUST_CHECK bool casebook_release_put(struct casebook *casebook, const struct casebook_release *row,
                                     struct err *err);
/* Whether it may open cases in that season ("demo": of the demonstration). */
MUST_CHECK bool casebook_release_holds(struct casebook *casebook, struct str season,
                                       const struct hash *release, bool *holds, struct err *err);

/* move.c: a row of what was refused to whom; of no case if there is none of that number. */
MUST_CHECK bool casebook_log_refusal(struct casebook *casebook, struct str who, const char *action,
                                     int64_t case_id, const char *why, struct err *err);

/* list_more.c: what casebook_show says besides. */
MUST_CHECK bool casebook_show_more(struct casebook *casebook, int64_t id, struct arena *arena,
                                   struct casebook_page *page, struct err *err);

/* void.c: as casebook_check_rules, of a set's program. */
struct rule_program;
MUST_CHECK bool casebook_check_program(struct casebook *casebook,
                                       const struct rule_program *program, size_t *voided,
                                       struct err *err);
