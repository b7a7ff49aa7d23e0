#include "filter/casebook/machine.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"
#include "filter/casebook/web_store.h"

/* So that a scanner of repositories and logs knows one when it sees one. */
#define PREFIX "saring_"

enum { ARENA_MOST = 64 << 10 };

static const char *const scope_names[CASEBOOK_SCOPE_COUNT] = {
#define X(constant, name) [constant] = (name),
    CASEBOOK_SCOPES(X)
#undef X
};

const char *casebook_scope_name(enum casebook_scope scope)
{
    return scope_names[scope];
}

bool casebook_scope_parse(struct str name, enum casebook_scope *scope)
{
    for (unsigned i = SCOPE_NONE + 1; i < CASEBOOK_SCOPE_COUNT; i++) {
        if (str_is(name, scope_names[i])) {
            *scope = (enum casebook_scope)i;
            return true;
        }
    }
    return false;
}

bool casebook_scope_has(unsigned scopes, enum casebook_scope scope)
{
    return scope != SCOPE_NONE && (scopes & 1u << scope) != 0;
}

static json_t *scopes_json(unsigned scopes)
{
    json_t *names = json_array();
    for (unsigned i = SCOPE_NONE + 1; i < CASEBOOK_SCOPE_COUNT; i++) {
        if ((scopes & 1u << i) != 0) {
            json_array_append_new(names, json_string(scope_names[i]));
        }
    }
    return names;
}

/* Who a token may be of, and until when one lasts that is made now. */
struct house {
    int64_t now_ms, season_end_ms;
    struct str season;
    bool is_over;
};

static bool look_round(struct casebook *casebook, struct arena *arena, struct house *house,
                       struct err *err)
{
    struct casebook_now now;
    if (!casebook_time(casebook, &house->now_ms, err) ||
        !casebook_now(casebook, arena, &now, err)) {
        return false;
    }
    house->season = now.season;
    house->is_over = now.is_over;
    house->season_end_ms = now.is_demo || now.is_over ? INT64_MAX : now.running.end_ms;
    return true;
}

static bool check(struct casebook *casebook, const struct house *house, struct str name,
                  unsigned scopes, int64_t days, struct str reason, struct err *err)
{
    int64_t same = 0, live = 0;
    const unsigned all = (1u << CASEBOOK_SCOPE_COUNT) - 2;
    if (!casebook_check_name(name, err) ||
        !casebook_check_words(reason, "reason", 3, CASEBOOK_STATEMENT_MOST, err)) {
        return false;
    }
    if (scopes == 0 || (scopes & ~all) != 0) {
        return err_set(err, "a token needs one scope at least, of those that there are");
    }
    if (days < 1 || days > CASEBOOK_MACHINE_DAYS_MOST) {
        return err_set(err, "a token lasts 1 to %d days, not %lld", CASEBOOK_MACHINE_DAYS_MOST,
                       (long long)days);
    }
    if (house->is_over) {
        return err_set(err, "musim sudah selesai / the season is over: there is nothing to read");
    }
    if (!casebook_sql_number(casebook, 0, &same, err,
                             "SELECT count(*) FROM machines WHERE name = ?1", "t", name) ||
        !casebook_sql_number(casebook, 0, &live, err,
                             "SELECT count(*) FROM machines WHERE ended_ms IS NULL AND end_ms > ?1"
                             " AND season = ?2",
                             "it", house->now_ms, house->season)) {
        return false;
    }
    if (same > 0) {
        return err_set(err,
                       "nama '%.*s' sudah dipakai / is a token's name already, and names are "
                       "used once: take another one",
                       STR_FORMAT(name));
    }
    return live < CASEBOOK_MACHINES_MOST ||
           err_set(err, "there are %d tokens in use, as many as may be: end one first",
                   CASEBOOK_MACHINES_MOST);
}

static bool keep(struct casebook *casebook, const struct house *house, struct str name,
                 unsigned scopes, struct str reason, struct str token, int64_t end_ms,
                 struct err *err)
{
    char until[CLOCK_TEXT];
    struct hash mark = casebook_token_mark(casebook, "machine", token);
    json_t *detail = json_pack("{ss so so so}", "end", clock_format(end_ms, until), "name",
                               casebook_json_str(name), "reason", casebook_json_str(reason),
                               "scopes", scopes_json(scopes));
    return casebook_log(casebook, STR("operator"), "token", 0, detail, err) &&
           casebook_sql_run(casebook, err,
                            "INSERT INTO machines (name, mark, scopes, reason, season, made_ms,"
                            " end_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                            "thittii", name, &mark, (int64_t)scopes, reason, house->season,
                            house->now_ms, end_ms);
}

bool casebook_machine_add(struct casebook *casebook, struct str name, unsigned scopes, int64_t days,
                          struct str reason, char token[CASEBOOK_MACHINE_TOKEN], int64_t *end_ms,
                          struct err *err)
{
    struct house house;
    struct arena *arena = arena_new(ARENA_MOST);
    struct casebook_token bits = casebook_token_new();
    snprintf(token, CASEBOOK_MACHINE_TOKEN, PREFIX "%s", bits.text);
    sodium_memzero(&bits, sizeof bits);
    bool done = casebook_sql_enter(casebook, err);
    if (done) {
        done = look_round(casebook, arena, &house, err) &&
               check(casebook, &house, name, scopes, days, reason, err);
        if (done) {
            *end_ms = house.now_ms + days * CASEBOOK_DAY;
            *end_ms = *end_ms > house.season_end_ms ? house.season_end_ms : *end_ms;
            done = keep(casebook, &house, name, scopes, reason, str_of(token), *end_ms, err);
        }
        done = casebook_sql_leave(casebook, done, err);
    }
    if (!done) {
        sodium_memzero(token, CASEBOOK_MACHINE_TOKEN);
    }
    arena_free(arena);
    return done;
}

static bool end(struct casebook *casebook, struct str name, struct str reason, struct err *err)
{
    int64_t now_ms, live = 0;
    if (!casebook_check_words(reason, "reason", 3, CASEBOOK_STATEMENT_MOST, err) ||
        !casebook_time(casebook, &now_ms, err) ||
        !casebook_sql_number(casebook, 0, &live, err,
                             "SELECT count(*) FROM machines WHERE name = ?1 AND ended_ms IS NULL",
                             "t", name)) {
        return false;
    }
    if (live == 0) {
        return err_set(err, "there is no token of this name, or it was ended before");
    }
    json_t *detail =
        json_pack("{so so}", "name", casebook_json_str(name), "reason", casebook_json_str(reason));
    return casebook_log(casebook, STR("operator"), "token_end", 0, detail, err) &&
           casebook_sql_run(casebook, err, "UPDATE machines SET ended_ms = ?2 WHERE name = ?1",
                            "ti", name, now_ms);
}

bool casebook_machine_end(struct casebook *casebook, struct str name, struct str reason,
                          struct err *err)
{
    return casebook_sql_enter(casebook, err) &&
           casebook_sql_leave(casebook, end(casebook, name, reason, err), err);
}

static int64_t time_of(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL
               ? CLOCK_NEVER
               : casebook_sql_int(statement, column);
}

bool casebook_machines(struct casebook *casebook,
                       void (*each)(void *context, const struct casebook_machine *one),
                       void *context, struct err *err)
{
    struct house house;
    struct arena *arena = arena_new(ARENA_MOST);
    sqlite3_stmt *statement = NULL;
    enum casebook_step step = SQL_FAILED;
    if (look_round(casebook, arena, &house, err)) {
        statement = casebook_sql(casebook, err,
                                 "SELECT name, reason, scopes, made_ms, end_ms, used_ms, ended_ms,"
                                 " season = ?1 FROM machines ORDER BY name",
                                 "t", house.season);
    }
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct casebook_machine one = {
            .name = casebook_sql_text(statement, 0),
            .reason = casebook_sql_text(statement, 1),
            .scopes = (unsigned)casebook_sql_int(statement, 2),
            .made_ms = casebook_sql_int(statement, 3),
            .end_ms = casebook_sql_int(statement, 4),
            .used_ms = time_of(statement, 5),
            .ended_ms = time_of(statement, 6),
        };
        one.is_live = one.ended_ms == CLOCK_NEVER && one.end_ms > house.now_ms && !house.is_over &&
                      casebook_sql_int(statement, 7) != 0;
        each(context, &one);
    }
    casebook_sql_done(statement);
    arena_free(arena);
    return step == SQL_END;
}

/* The day alone is noted, once a day: when exactly a machine asks is nobody's business. */
static bool note_day(struct casebook *casebook, const struct hash *mark, int64_t used_ms,
                     int64_t now_ms, struct err *err)
{
    int64_t day_ms = now_ms - now_ms % CASEBOOK_DAY;
    return used_ms >= day_ms ||
           casebook_sql_run(casebook, err, "UPDATE machines SET used_ms = ?2 WHERE mark = ?1", "hi",
                            mark, day_ms);
}

static bool find(struct casebook *casebook, const struct house *house, const struct hash *mark,
                 struct casebook_machine_visit *visit, bool *found, struct err *err)
{
    int64_t used_ms = CLOCK_NEVER;
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT name, scopes, used_ms FROM machines WHERE mark = ?1"
                     " AND ended_ms IS NULL AND end_ms > ?2 AND season = ?3",
                     "hit", mark, house->now_ms, house->season);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    if (step == SQL_ROW) {
        struct str name = casebook_sql_text(statement, 0);
        snprintf(visit->name, sizeof visit->name, "%.*s", STR_FORMAT(name));
        visit->scopes = (unsigned)casebook_sql_int(statement, 1);
        used_ms = time_of(statement, 2);
        *found = true;
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED && (!*found || note_day(casebook, mark, used_ms, house->now_ms, err));
}

bool casebook_machine_find(struct casebook *casebook, struct str token,
                           struct casebook_machine_visit *visit, bool *found, struct err *err)
{
    struct house house;
    *found = false;
    if (token.len != CASEBOOK_MACHINE_TOKEN - 1 || !str_starts(token, STR(PREFIX))) {
        return true;
    }
    struct arena *arena = arena_new(ARENA_MOST);
    struct hash mark = casebook_token_mark(casebook, "machine", token);
    bool done = look_round(casebook, arena, &house, err) &&
                (house.is_over || find(casebook, &house, &mark, visit, found, err));
    arena_free(arena);
    return done;
}
