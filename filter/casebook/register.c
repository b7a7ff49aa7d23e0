#include "filter/casebook/register.h"

#include <stdlib.h>

#include "filter/base/arena.h"
#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/case.h"
#include "filter/casebook/registering.h"
#include "filter/casebook/sql.h"

#define SCHEMA "saring-register-2" /* 1 had fewer members; rows of it stand in the chain */

enum { ROW_BYTES = 8 << 20 };

/* The row that was last written of this case; NULL if there is none. */
static bool load_before(struct casebook_registering *in, json_t **before)
{
    *before = NULL;
    sqlite3_stmt *statement = casebook_sql(
        in->casebook, in->err,
        "SELECT json FROM register WHERE case_id = ?1 ORDER BY seq DESC LIMIT 1", "i", in->case_id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    if (step == SQL_ROW) {
        struct str json = casebook_sql_text(statement, 0);
        *before = json_loadb(json.at, json.len, 0, NULL);
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

/* Parts that went with the content stand as they stood before. */
static void keep_before(json_t *row, const json_t *before)
{
    static const char *const kept[] = {
        "measure", "decision",  "because",   "people",    "evidence", "elements", "legal_ground",
        "origin",  "automated", "territory", "consumers", "notice",   NULL};
    for (const char *const *name = kept; *name != NULL; name++) {
        json_t *value = json_object_get(before, *name);
        if (json_object_get(row, *name) == NULL && value != NULL) {
            json_object_set(row, *name, value);
        }
    }
}

/* Whether the row says anything that the one before did not. */
static bool is_news(json_t *row, const json_t *before)
{
    json_t *old = before != NULL ? json_deep_copy(before) : json_object();
    json_object_del(old, "seq");
    json_object_del(old, "prev");
    json_object_del(old, "time");
    bool news = !json_equal(row, old);
    json_decref(old);
    return news;
}

static bool append(struct casebook_registering *in)
{
    int64_t seq;
    char hex[HASH_HEX];
    struct hash before = {{0}};
    struct buf json = BUF_EMPTY;
    if (!casebook_sql_number(in->casebook, 1, &seq, in->err, "SELECT max(seq) + 1 FROM register",
                             "")) {
        return false;
    }
    sqlite3_stmt *statement = casebook_sql(
        in->casebook, in->err, "SELECT hash FROM register WHERE seq = ?1", "i", seq - 1);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    if (step == SQL_ROW) {
        before = casebook_sql_hash(statement, 0);
    }
    casebook_sql_done(statement);
    json_object_set_new(in->row, "seq", json_integer(seq));
    json_object_set_new(in->row, "prev", json_string(hash_format(&before, hex)));
    json_object_set_new(in->row, "time", casebook_registering_time(in->now_ms));
    bool done = step != SQL_FAILED && canonical_json(in->row, &json, in->err);
    struct hash hash = hash_sha256(buf_str(&json));
    done = done && casebook_sql_run(in->casebook, in->err,
                                    "INSERT INTO register VALUES (?1, ?2, ?3, ?4, ?5)", "iiith",
                                    seq, in->case_id, in->now_ms, buf_str(&json), &hash);
    buf_fini(&json);
    return done;
}

/* That it is masked is a change like any other, and a row of its own. */
static bool note_mask(struct casebook_registering *in)
{
    int64_t time_ms;
    if (!casebook_sql_number(in->casebook, CLOCK_NEVER, &time_ms, in->err,
                             "SELECT time_ms FROM masks WHERE case_id = ?1", "i", in->case_id)) {
        return false;
    }
    if (time_ms != CLOCK_NEVER) {
        json_object_set_new(in->row, "masked_since", casebook_registering_time(time_ms));
    }
    return true;
}

static bool write_case(struct casebook_registering *in, size_t *added)
{
    bool is_public;
    json_t *before = NULL;
    arena_reset(in->arena);
    in->row = json_pack("{ss sI}", "schema", SCHEMA, "case", (json_int_t)in->case_id);
    in->season = in->class = in->measure = STR("");
    bool done = casebook_registering_fill(in, &is_public);
    if (done && is_public) {
        done = casebook_registering_log(in) && note_mask(in) && load_before(in, &before);
        keep_before(in->row, before);
        if (done && is_news(in->row, before)) {
            done = append(in);
            *added += done ? 1 : 0;
        }
    }
    json_decref(before);
    json_decref(in->row);
    return done;
}

/* The cases that the log tells of since `from`. */
static bool find_changed(struct casebook *casebook, int64_t from, int64_t **ids, size_t *count,
                         struct err *err)
{
    size_t room = 0;
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        /* Not by the index over cases: that would be all rows, in order, for the few new ones. */
        "SELECT DISTINCT case_id FROM log NOT INDEXED WHERE seq > ?1 AND case_id > 0 AND action "
        "NOT IN"
        " ('flag', 'join', 'claim', 'release', 'hold', 'refused', 'evidence') ORDER BY case_id",
        "i", from);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        mem_grow(ids, &room, *count + 1, sizeof **ids);
        (*ids)[(*count)++] = casebook_sql_int(statement, 0);
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

static bool sync(struct casebook *casebook, size_t *added, struct err *err)
{
    struct casebook_registering in = {.casebook = casebook, .err = err};
    int64_t from, last, *ids = NULL;
    size_t count = 0;
    if (!casebook_meta_get(casebook, "register", &from, err) ||
        !casebook_sql_number(casebook, 0, &last, err, "SELECT max(seq) FROM log", "") ||
        !casebook_time(casebook, &in.now_ms, err)) {
        return false;
    }
    if (last <= from) {
        return true;
    }
    in.arena = arena_new(ROW_BYTES);
    bool done = find_changed(casebook, from, &ids, &count, err);
    for (size_t i = 0; done && i < count; i++) {
        in.case_id = ids[i];
        done = write_case(&in, added);
    }
    free(ids);
    arena_free(in.arena);
    return done && casebook_meta_set(casebook, "register", last, err);
}

bool casebook_register_sync(struct casebook *casebook, size_t *added, struct err *err)
{
    *added = 0;
    return casebook_sql_enter(casebook, err) &&
           casebook_sql_leave(casebook, sync(casebook, added, err), err);
}

bool casebook_register_reach(struct casebook *casebook, int64_t *seq, struct err *err)
{
    return casebook_meta_get(casebook, "register", seq, err);
}

bool casebook_register_read(struct casebook *casebook, bool only_newest,
                            bool (*each)(void *context, const struct casebook_registered *row),
                            void *context, struct err *err)
{
#define ROWS                                                                                       \
    "SELECT seq, case_id, time_ms, json, hash, case_id IN (SELECT case_id FROM masks) FROM "       \
    "register"
    static const char all[] = ROWS " ORDER BY seq";
    static const char newest[] =
        ROWS " WHERE seq IN (SELECT max(seq) FROM register GROUP BY case_id)"
             " ORDER BY case_id DESC";
#undef ROWS
    sqlite3_stmt *statement = casebook_sql(casebook, err, only_newest ? newest : all, "");
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        const struct casebook_registered row = {
            .seq = casebook_sql_int(statement, 0),
            .case_id = casebook_sql_int(statement, 1),
            .time_ms = casebook_sql_int(statement, 2),
            .json = casebook_sql_text(statement, 3),
            .hash = casebook_sql_hash(statement, 4),
            .is_masked = casebook_sql_int(statement, 5) != 0,
        };
        if (!each(context, &row)) {
            step = SQL_END;
            break;
        }
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

bool casebook_register_last(struct casebook *casebook, int64_t *seq, struct err *err)
{
    return casebook_sql_number(casebook, 0, seq, err, "SELECT max(seq) FROM register", "");
}
