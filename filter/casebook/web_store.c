#include "filter/casebook/web_store.h"

#include <sodium.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/casebook/sql.h"

enum { SESSIONS_MOST = 10, DEVICES_MOST = 20 }; /* of one person */

static const char *const stages[] = {
    [STAGE_CODE] = "code", [STAGE_ENROL] = "enrol", [STAGE_IN] = "in"};

struct casebook_token casebook_token_new(void)
{
    struct casebook_token token;
    unsigned char bits[32];
    randombytes_buf(bits, sizeof bits);
    sodium_bin2base64(token.text, sizeof token.text, bits, sizeof bits,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bits, sizeof bits);
    return token;
}

struct hash casebook_token_mark(const struct casebook *casebook, const char *what, struct str token)
{
    struct str parts[] = {str_of(what), token};
    return casebook_keyed(casebook, parts, 2);
}

static bool tidy(struct casebook *casebook, struct str person, int64_t now_ms, struct err *err)
{
    return casebook_sql_run(casebook, err,
                            "DELETE FROM web_sessions WHERE seen_ms < ?1 OR made_ms < ?2", "ii",
                            now_ms - CASEBOOK_WEB_IDLE_MS, now_ms - CASEBOOK_WEB_WHOLE_MS) &&
           casebook_sql_run(casebook, err,
                            "DELETE FROM web_sessions WHERE person = ?1 AND mark NOT IN"
                            " (SELECT mark FROM web_sessions WHERE person = ?1"
                            " ORDER BY made_ms DESC LIMIT ?2)",
                            "ti", person, (int64_t)SESSIONS_MOST);
}

bool casebook_web_put(struct casebook *casebook, const struct casebook_web_row *row,
                      struct err *err)
{
    if (!casebook_sql_enter(casebook, err)) {
        return false;
    }
    struct str person = str_of(row->person);
    bool done =
        casebook_sql_run(casebook, err,
                         "INSERT INTO web_sessions VALUES (?1, ?2, ?3, ?4, ?5,"
                         " nullif(?6, ?7), ?8)",
                         "httiiiii", &row->mark, person, str_of(stages[row->stage]), row->made_ms,
                         row->seen_ms, row->factor_ms, CLOCK_NEVER, row->tries) &&
        tidy(casebook, person, row->seen_ms, err);
    return casebook_sql_leave(casebook, done, err);
}

static bool read_row(sqlite3_stmt *statement, struct casebook_web_row *row)
{
    struct str person = casebook_sql_text(statement, 0), stage = casebook_sql_text(statement, 1);
    if (person.len >= sizeof row->person) {
        return false;
    }
    memcpy(row->person, person.at, person.len);
    row->made_ms = casebook_sql_int(statement, 2);
    row->seen_ms = casebook_sql_int(statement, 3);
    row->factor_ms = sqlite3_column_type(statement, 4) == SQLITE_NULL
                         ? CLOCK_NEVER
                         : casebook_sql_int(statement, 4);
    row->tries = casebook_sql_int(statement, 5);
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
        if (str_is(stage, stages[i])) {
            row->stage = (enum casebook_stage)i;
            return true;
        }
    }
    return false;
}

bool casebook_web_get(struct casebook *casebook, const struct hash *mark,
                      struct casebook_web_row *row, bool *found, struct err *err)
{
    *row = (struct casebook_web_row){.mark = *mark};
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT person, stage, made_ms, seen_ms, factor_ms, tries FROM web_sessions"
                     " JOIN people ON name = person WHERE mark = ?1 AND disabled_ms IS NULL",
                     "h", mark);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    *found = step == SQL_ROW && read_row(statement, row);
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

bool casebook_web_of(struct casebook *casebook, struct str person, struct casebook_web_row *rows,
                     size_t most, size_t *count, struct err *err)
{
    *count = 0;
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT person, stage, made_ms, seen_ms, factor_ms, tries, mark FROM"
                     " web_sessions WHERE person = ?1 ORDER BY made_ms DESC, mark LIMIT ?2",
                     "ti", person, (int64_t)most);
    enum casebook_step step = SQL_FAILED;
    bool done = statement != NULL;
    while (done && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct casebook_web_row *row = &rows[*count];
        *row = (struct casebook_web_row){.mark = casebook_sql_hash(statement, 6)};
        done = read_row(statement, row) || casebook_sql_error(casebook, SQLITE_CORRUPT, err);
        *count += done;
    }
    casebook_sql_done(statement);
    return done && step == SQL_END;
}

bool casebook_web_seen(struct casebook *casebook, const struct hash *mark, int64_t seen_ms,
                       int64_t tries, struct err *err)
{
    return casebook_sql_run(casebook, err,
                            "UPDATE web_sessions SET seen_ms = ?2, tries = ?3 WHERE mark = ?1",
                            "hii", mark, seen_ms, tries);
}

bool casebook_web_drop(struct casebook *casebook, const struct hash *mark, struct err *err)
{
    return casebook_sql_run(casebook, err, "DELETE FROM web_sessions WHERE mark = ?1", "h", mark);
}

bool casebook_sign_out(struct casebook *casebook, struct str name, struct err *err)
{
    return casebook_sql_run(casebook, err, "DELETE FROM web_sessions WHERE person = ?1", "t", name);
}

bool casebook_device_knows(struct casebook *casebook, struct str device, struct str person,
                           int64_t now_ms, bool *knows, struct err *err)
{
    int64_t count = 0;
    struct hash mark = casebook_token_mark(casebook, "device", device);
    bool done = device.len == 0 ||
                casebook_sql_number(casebook, 0, &count, err,
                                    "SELECT count(*) FROM devices WHERE mark = ?1 AND person = ?2"
                                    " AND used_ms > ?3",
                                    "hti", &mark, person, now_ms - CASEBOOK_DEVICE_MS);
    *knows = done && count > 0;
    return done;
}

bool casebook_device_put(struct casebook *casebook, struct str device, struct str person,
                         int64_t now_ms, struct err *err)
{
    struct hash mark = casebook_token_mark(casebook, "device", device);
    return casebook_sql_run(casebook, err,
                            "INSERT INTO devices VALUES (?1, ?2, ?3)"
                            " ON CONFLICT (mark) DO UPDATE SET used_ms = ?3",
                            "hti", &mark, person, now_ms) &&
           casebook_sql_run(casebook, err,
                            "DELETE FROM devices WHERE used_ms < ?3 OR person = ?1 AND"
                            " mark NOT IN (SELECT mark FROM devices WHERE person = ?1"
                            " ORDER BY used_ms DESC LIMIT ?2)",
                            "tii", person, (int64_t)DEVICES_MOST, now_ms - CASEBOOK_DEVICE_MS);
}
