#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/casebook/case.h"
#include "filter/casebook/people.h"
#include "filter/casebook/sql.h"

struct casebook_session {
    char name[CASEBOOK_NAME_MOST + 1], organisation[4 * CASEBOOK_NAME_MOST + 1];
    enum casebook_role role;
    struct hash casebook; /* the identity of the casebook that this is a session of */
    int64_t factor_ms;
    bool can_sign;
    unsigned char secret[SSHSIG_SECRET_BYTES];
};

/* What is verified for a name that nobody has, so that it takes as long as a wrong password. */
static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$c2FyaW5nLXNhcmluZy0xNg$"
                             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

struct stored {
    struct buf password, sealed, organisation;
    bool is_there;
};

static bool read_stored(struct casebook *casebook, struct str name, struct stored *stored,
                        struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(casebook, err,
                                           "SELECT password, sealed, organisations.name FROM people"
                                           " JOIN organisations ON folded = organisation"
                                           " WHERE people.name = ?1 AND disabled_ms IS NULL",
                                           "t", name);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    stored->is_there = step == SQL_ROW;
    if (stored->is_there) {
        buf_put_str(&stored->password, casebook_sql_text(statement, 0));
        buf_put_str(&stored->sealed, casebook_sql_blob(statement, 1));
        buf_put_str(&stored->organisation, casebook_sql_text(statement, 2));
    } else {
        buf_put_string(&stored->password, nobody);
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

static struct casebook_session *make(const struct casebook *casebook,
                                     const struct casebook_member *member, struct str organisation,
                                     struct err *err)
{
    struct casebook_session *session = sodium_malloc(sizeof *session);
    if (session == NULL) {
        err_set(err, "there is no protected memory for a session");
        return NULL;
    }
    memset(session, 0, sizeof *session);
    if (member->name.len >= sizeof session->name ||
        organisation.len >= sizeof session->organisation) {
        err_set(err, "a person's name is too long in the casebook");
        casebook_session_free(session);
        return NULL;
    }
    memcpy(session->name, member->name.at, member->name.len);
    memcpy(session->organisation, organisation.at, organisation.len);
    session->role = member->role;
    session->casebook = casebook->identity;
    session->factor_ms = CLOCK_NEVER;
    return session;
}

static struct casebook_session *make_with_key(struct casebook *casebook,
                                              const struct casebook_member *member,
                                              const struct stored *stored, struct str password,
                                              struct err *err)
{
    struct casebook_session *session = make(casebook, member, buf_str(&stored->organisation), err);
    if (session == NULL || stored->sealed.len == 0) {
        return session;
    }
    if (!casebook_unseal(buf_str(&stored->sealed), password, &member->key, session->secret, err)) {
        casebook_session_free(session);
        return NULL;
    }
    session->can_sign = true;
    return session;
}

static void forget(struct stored *stored)
{
    buf_fini(&stored->password);
    buf_fini(&stored->sealed);
    buf_fini(&stored->organisation);
}

enum casebook_login casebook_login(struct casebook *casebook, struct str name, struct str password,
                                   struct casebook_session **session, struct err *err)
{
    struct stored stored = {.is_there = false};
    struct casebook_member member;
    struct arena *arena = arena_new(64 << 10);
    bool found;
    enum casebook_login answer = LOGIN_FAILED;
    *session = NULL;
    if (password.len > CASEBOOK_PASSWORD_MOST) {
        password.len = 0; /* longer ones were never taken; hashing one would cost for nothing */
    }
    if (read_stored(casebook, name, &stored, err)) {
        bool fits = casebook_password_fits(buf_str(&stored.password), password);
        answer = LOGIN_WRONG;
        if (fits && stored.is_there) {
            answer = LOGIN_FAILED;
            if (casebook_member_find(casebook, arena, name, &member, &found, err)) {
                *session = make_with_key(casebook, &member, &stored, password, err);
                answer = *session != NULL ? LOGIN_FITS : LOGIN_FAILED;
            }
        }
    }
    forget(&stored);
    arena_free(arena);
    return answer;
}

bool casebook_session_of(struct casebook *casebook, struct str name,
                         struct casebook_session **session, bool *is_sealed, struct err *err)
{
    struct stored stored = {.is_there = false};
    struct casebook_member member;
    struct arena *arena = arena_new(64 << 10);
    bool found;
    *session = NULL;
    bool done = read_stored(casebook, name, &stored, err);
    *is_sealed = stored.sealed.len > 0;
    if (done && stored.is_there) {
        done = casebook_member_find(casebook, arena, name, &member, &found, err);
        *session = done ? make(casebook, &member, buf_str(&stored.organisation), err) : NULL;
        done = *session != NULL;
    }
    forget(&stored);
    arena_free(arena);
    return done;
}

/* Whether this person gave a second factor at a terminal a while ago: then it counts, as of then.
 */
static bool read_ticket(struct casebook *casebook, struct casebook_session *session,
                        struct err *err)
{
    int64_t now, given;
    if (!casebook_time(casebook, &now, err) ||
        !casebook_sql_number(casebook, CLOCK_NEVER, &given, err,
                             "SELECT terminal_ms FROM factors WHERE person = ?1", "t",
                             casebook_session_name(session))) {
        return false;
    }
    if (given != CLOCK_NEVER && given <= now && now - given < CASEBOOK_FACTOR_MS) {
        session->factor_ms = given;
    }
    return true;
}

struct casebook_session *casebook_people_login(struct casebook *casebook, struct str name,
                                               struct str password, struct err *err)
{
    struct casebook_session *session = NULL;
    switch (casebook_login(casebook, name, password, &session, err)) {
    case LOGIN_FITS:
        break;
    case LOGIN_WRONG:
        err_set(err, "name or password is wrong");
        return NULL;
    case LOGIN_FAILED:
        return NULL;
    }
    if (!read_ticket(casebook, session, err)) {
        casebook_session_free(session);
        return NULL;
    }
    return session;
}

/* A code was taken at a terminal: that counts for a while, for sessions to come too. */
static enum casebook_factor note_given(struct casebook *casebook, struct casebook_session *session,
                                       enum casebook_factor answer, struct err *err)
{
    int64_t now;
    if (answer != FACTOR_FITS) {
        return answer;
    }
    if (!casebook_time(casebook, &now, err) ||
        !casebook_sql_run(casebook, err, "UPDATE factors SET terminal_ms = ?2 WHERE person = ?1",
                          "ti", casebook_session_name(session), now)) {
        return FACTOR_FAILED;
    }
    session->factor_ms = now;
    return FACTOR_FITS;
}

enum casebook_factor casebook_session_take_factor(struct casebook *casebook,
                                                  struct casebook_session *session, struct str code,
                                                  struct err *err)
{
    enum casebook_factor answer =
        casebook_factor_take(casebook, casebook_session_name(session), code, err);
    return note_given(casebook, session, answer, err);
}

enum casebook_factor casebook_session_confirm_factor(struct casebook *casebook,
                                                     struct casebook_session *session,
                                                     struct str code,
                                                     struct casebook_recovery *recovery,
                                                     struct err *err)
{
    enum casebook_factor answer =
        casebook_factor_confirm(casebook, casebook_session_name(session), code, recovery, err);
    return note_given(casebook, session, answer, err);
}

enum casebook_outcome casebook_session_check(struct casebook *casebook,
                                             const struct casebook_session *session, int64_t now_ms,
                                             bool is_demo, enum casebook_factor_need need,
                                             struct err *err)
{
    bool in_use;
    int64_t ignored;
    if (!casebook_factor_state(casebook, casebook_session_name(session), &in_use, &ignored, err)) {
        return CASEBOOK_FAILED;
    }
    if (!in_use) {
        if (need == NEED_ANY || is_demo) {
            return CASEBOOK_DONE;
        }
        err_set(err, "%s has no second factor, which this takes in a season: saring user totp",
                session->name);
        return CASEBOOK_REFUSED;
    }
    int64_t most_ms = need == NEED_FRESH ? CASEBOOK_FRESH_MS : CASEBOOK_FACTOR_MS;
    if (session->factor_ms != CLOCK_NEVER && now_ms - session->factor_ms <= most_ms) {
        return CASEBOOK_DONE;
    }
    err_set(err, "the second factor of %s %s: give a code of now (--code)", session->name,
            session->factor_ms == CLOCK_NEVER ? "is missing"
            : need == NEED_FRESH              ? "is older than 10 minutes"
                                              : "is older than 8 hours");
    return CASEBOOK_REFUSED;
}

void casebook_session_free(struct casebook_session *session)
{
    sodium_free(session);
}

struct str casebook_session_name(const struct casebook_session *session)
{
    return str_of(session->name);
}

struct str casebook_session_organisation(const struct casebook_session *session)
{
    return str_of(session->organisation);
}

enum casebook_role casebook_session_role(const struct casebook_session *session)
{
    return session->role;
}

int64_t casebook_session_factor_ms(const struct casebook_session *session)
{
    return session->factor_ms;
}

void casebook_session_set_factor(struct casebook_session *session, int64_t factor_ms)
{
    session->factor_ms = factor_ms;
}

bool casebook_session_can_sign(const struct casebook_session *session)
{
    return session->can_sign;
}

const unsigned char *casebook_session_secret(const struct casebook_session *session)
{
    return session->can_sign ? session->secret : NULL;
}

bool casebook_session_is_of(const struct casebook_session *session, const struct casebook *casebook)
{
    return memcmp(&session->casebook, &casebook->identity, sizeof session->casebook) == 0;
}
