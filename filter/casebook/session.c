#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/people.h"
#include "filter/casebook/sql.h"

struct casebook_session {
    char name[CASEBOOK_NAME_MOST + 1], organisation[4 * CASEBOOK_NAME_MOST + 1];
    enum casebook_role role;
    struct hash casebook; /* the identity of the casebook that this is a session of */
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

static struct casebook_session *make(struct casebook *casebook,
                                     const struct casebook_member *member,
                                     const struct stored *stored, struct str password,
                                     struct err *err)
{
    struct casebook_session *session = sodium_malloc(sizeof *session);
    if (session == NULL) {
        err_set(err, "there is no protected memory for a session");
        return NULL;
    }
    memset(session, 0, sizeof *session);
    if (member->name.len >= sizeof session->name ||
        stored->organisation.len >= sizeof session->organisation) {
        err_set(err, "a person's name is too long in the casebook");
        casebook_session_free(session);
        return NULL;
    }
    memcpy(session->name, member->name.at, member->name.len);
    memcpy(session->organisation, stored->organisation.bytes, stored->organisation.len);
    session->role = member->role;
    session->casebook = casebook->identity;
    session->can_sign = stored->sealed.len > 0;
    if (session->can_sign &&
        !casebook_unseal(buf_str(&stored->sealed), password, &member->key, session->secret, err)) {
        casebook_session_free(session);
        return NULL;
    }
    return session;
}

struct casebook_session *casebook_people_login(struct casebook *casebook, struct str name,
                                               struct str password, struct err *err)
{
    struct stored stored = {.is_there = false};
    struct casebook_session *session = NULL;
    struct casebook_member member;
    struct arena *arena = arena_new(64 << 10);
    bool found;
    if (password.len > CASEBOOK_PASSWORD_MOST) {
        password.len = 0; /* longer ones were never taken; hashing one would cost for nothing */
    }
    if (read_stored(casebook, name, &stored, err)) {
        bool fits = casebook_password_fits(buf_str(&stored.password), password);
        if (fits && stored.is_there &&
            casebook_member_find(casebook, arena, name, &member, &found, err) && found) {
            session = make(casebook, &member, &stored, password, err);
        } else {
            err_set(err, "name or password is wrong"); /* unless reading failed: that stays */
        }
    }
    buf_fini(&stored.password);
    buf_fini(&stored.sealed);
    buf_fini(&stored.organisation);
    arena_free(arena);
    return session;
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
