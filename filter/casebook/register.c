#include "filter/casebook/register.h"

#include <stdlib.h>

#include "filter/base/arena.h"
#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"

#define SCHEMA "saring-register-1"

enum { ROW_BYTES = 8 << 20, PSEUDONYM_BYTES = 4 };

struct writing {
    struct casebook *casebook;
    struct arena *arena;
    int64_t case_id, now_ms;
    json_t *row;
    struct err *err;
};

static json_t *time_json(int64_t time_ms)
{
    char text[CLOCK_TEXT];
    return json_string(clock_format(time_ms, text));
}

static json_t *text_json(sqlite3_stmt *statement, int column)
{
    return casebook_json_str(casebook_sql_text(statement, column));
}

/* Who it was can be told apart within a season, and found by nobody without the secret. */
static json_t *person_json(const struct casebook *casebook, struct str season, struct str name,
                           const char *role, struct str organisation)
{
    const struct str parts[] = {STR("pseudonym"), season, name};
    struct hash hash = casebook_keyed(casebook, parts, 3);
    struct buf pseudonym = BUF_EMPTY;
    buf_put_hex(&pseudonym, hash.bytes, PSEUDONYM_BYTES);
    json_t *person = json_pack("{ss ss so}", "pseudonym", pseudonym.bytes, "role", role,
                               "organisation", casebook_json_str(organisation));
    buf_fini(&pseudonym);
    return person;
}

/* The row that was last written of this case; NULL if there is none. */
static bool load_before(struct writing *in, json_t **before)
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

static bool put_state(struct writing *in, struct str *season, bool *is_public)
{
    sqlite3_stmt *statement = casebook_sql(
        in->casebook, in->err,
        "SELECT class, state, since_ms, season, disputed, state IN ('corrected', 'referred',"
        " 'answered', 'unanswered', 'listed', 'urgent') OR EXISTS (SELECT 1 FROM entries WHERE"
        " case_id = cases.id) OR EXISTS (SELECT 1 FROM register WHERE case_id = cases.id)"
        " FROM cases WHERE id = ?1",
        "i", in->case_id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    *is_public = step == SQL_ROW && casebook_sql_int(statement, 5) != 0;
    if (*is_public) {
        *season = casebook_keep(in->arena, casebook_sql_text(statement, 3));
        json_object_set_new(in->row, "class", text_json(statement, 0));
        json_object_set_new(in->row, "state", text_json(statement, 1));
        json_object_set_new(in->row, "since", time_json(casebook_sql_int(statement, 2)));
        json_object_set_new(in->row, "season", casebook_json_str(*season));
        json_object_set_new(in->row, "disputed", json_boolean(casebook_sql_int(statement, 4)));
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

/* What was signed, but for a referral's address: it is one of a post. Parts of it, for people. */
static void put_signed(struct writing *in, struct str kind, json_t *proposal, const json_t *record)
{
    static const char *const published[] = {"answers", "conflict", "milder", "reason_en", NULL};
    json_t *because = json_object();
    json_object_del(proposal, "url");
    json_object_set_new(in->row, "measure", casebook_json_str(kind));
    json_object_set_new(in->row, "decision", proposal);
    for (const char *const *name = published; *name != NULL; name++) {
        json_t *value = json_object_get(record, *name);
        if (value != NULL) {
            json_object_set(because, *name, value);
        }
    }
    const json_t *urgent = json_object_get(record, "urgent");
    if (urgent != NULL) {
        json_object_set(because, "registrant", json_object_get(urgent, "registrant"));
    }
    json_object_set_new(in->row, "because", because);
}

static void put_people(struct writing *in, struct str season, sqlite3_stmt *statement)
{
    json_t *people = json_array();
    json_array_append_new(people, person_json(in->casebook, season, casebook_sql_text(statement, 3),
                                              "reviewer", casebook_sql_text(statement, 5)));
    if (casebook_sql_text(statement, 4).len > 0) {
        json_array_append_new(people,
                              person_json(in->casebook, season, casebook_sql_text(statement, 4),
                                          "approver", casebook_sql_text(statement, 6)));
    }
    json_object_set_new(in->row, "people", people);
    json_object_set_new(in->row, "origin", json_string("own"));
    json_object_set_new(in->row, "automated", json_pack("{sb sb}", "detection", 1, "decision", 0));
}

static bool put_proposal(struct writing *in, struct str season)
{
    sqlite3_stmt *statement = casebook_sql(
        in->casebook, in->err,
        "SELECT kind, proposal, record, proposer, approver,"
        " (SELECT name FROM organisations WHERE folded = proposals.organisation),"
        " (SELECT organisations.name FROM people JOIN organisations ON folded = organisation"
        "  WHERE people.name = approver)"
        " FROM proposals WHERE case_id = ?1 AND record <> '' ORDER BY number DESC LIMIT 1",
        "i", in->case_id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    if (step == SQL_ROW) {
        struct str proposal = casebook_sql_text(statement, 1),
                   record = casebook_sql_text(statement, 2);
        json_t *signed_json = json_loadb(proposal.at, proposal.len, 0, NULL);
        json_t *record_json = json_loadb(record.at, record.len, 0, NULL);
        if (signed_json != NULL && record_json != NULL) {
            put_signed(in, casebook_sql_text(statement, 0), signed_json, record_json);
            put_people(in, season, statement);
        } else {
            json_decref(signed_json);
        }
        json_decref(record_json);
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

static bool put_rules(struct writing *in)
{
    json_t *rules = json_array();
    sqlite3_stmt *statement =
        casebook_sql(in->casebook, in->err,
                     "SELECT rule_id, revision, title, evidence FROM case_rules WHERE case_id = ?1"
                     " ORDER BY rule_id, revision",
                     "i", in->case_id);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL &&
           (step = casebook_sql_step(in->casebook, statement, in->err)) == SQL_ROW) {
        char hex[HASH_HEX];
        struct hash revision = casebook_sql_hash(statement, 1);
        struct str evidence = casebook_sql_text(statement, 3);
        json_t *basis = json_loadb(evidence.at, evidence.len, 0, NULL);
        json_array_append_new(rules, json_pack("{so ss so so}", "id", text_json(statement, 0),
                                               "revision", hash_format(&revision, hex), "title",
                                               text_json(statement, 2), "evidence",
                                               basis != NULL ? basis : json_array()));
    }
    casebook_sql_done(statement);
    json_object_set_new(in->row, "rules", rules);
    return step == SQL_END;
}

static bool put_entry(struct writing *in)
{
    sqlite3_stmt *statement =
        casebook_sql(in->casebook, in->err,
                     "SELECT id, state, since_ms, end_ms, lane FROM entries WHERE case_id = ?1",
                     "i", in->case_id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    if (step == SQL_ROW) {
        char hex[HASH_HEX];
        struct hash id = casebook_sql_hash(statement, 0);
        json_object_set_new(in->row, "entry",
                            json_pack("{ss so so so sb}", "id", hash_format(&id, hex), "state",
                                      text_json(statement, 1), "since",
                                      time_json(casebook_sql_int(statement, 2)), "end",
                                      time_json(casebook_sql_int(statement, 3)), "urgent",
                                      casebook_sql_int(statement, 4) != 0));
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

/* Its ground is not published: whoever appealed may have named people in it. */
static bool put_appeals(struct writing *in)
{
    json_t *appeals = json_array();
    sqlite3_stmt *statement = casebook_sql(
        in->casebook, in->err,
        "SELECT number, state, lodged_ms, since_ms, reason FROM appeals WHERE case_id = ?1"
        " ORDER BY number",
        "i", in->case_id);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL &&
           (step = casebook_sql_step(in->casebook, statement, in->err)) == SQL_ROW) {
        json_array_append_new(appeals, json_pack("{sI so so so so}", "number",
                                                 (json_int_t)casebook_sql_int(statement, 0),
                                                 "state", text_json(statement, 1), "lodged",
                                                 time_json(casebook_sql_int(statement, 2)), "since",
                                                 time_json(casebook_sql_int(statement, 3)),
                                                 "reason", text_json(statement, 4)));
    }
    casebook_sql_done(statement);
    json_object_set_new(in->row, "appeals", appeals);
    return step == SQL_END;
}

/* Parts that went with the content stand as they stood before. */
static void keep_before(json_t *row, const json_t *before)
{
    static const char *const kept[] = {"measure", "decision",  "because", "people",
                                       "origin",  "automated", NULL};
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

static bool append(struct writing *in)
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
    json_object_set_new(in->row, "time", time_json(in->now_ms));
    bool done = step != SQL_FAILED && canonical_json(in->row, &json, in->err);
    struct hash hash = hash_sha256(buf_str(&json));
    done = done && casebook_sql_run(in->casebook, in->err,
                                    "INSERT INTO register VALUES (?1, ?2, ?3, ?4, ?5)", "iiith",
                                    seq, in->case_id, in->now_ms, buf_str(&json), &hash);
    buf_fini(&json);
    return done;
}

static bool write_case(struct writing *in, size_t *added)
{
    struct str season;
    bool is_public;
    json_t *before = NULL;
    arena_reset(in->arena);
    in->row = json_pack("{ss sI}", "schema", SCHEMA, "case", (json_int_t)in->case_id);
    bool done = put_state(in, &season, &is_public);
    if (done && is_public) {
        done = load_before(in, &before) && put_proposal(in, season) && put_rules(in) &&
               put_entry(in) && put_appeals(in);
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
    struct writing in = {.casebook = casebook, .err = err};
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
    static const char all[] = "SELECT seq, case_id, time_ms, json, hash FROM register ORDER BY seq";
    static const char newest[] =
        "SELECT seq, case_id, time_ms, json, hash FROM register WHERE seq IN"
        " (SELECT max(seq) FROM register GROUP BY case_id) ORDER BY case_id DESC";
    sqlite3_stmt *statement = casebook_sql(casebook, err, only_newest ? newest : all, "");
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        const struct casebook_registered row = {
            .seq = casebook_sql_int(statement, 0),
            .case_id = casebook_sql_int(statement, 1),
            .time_ms = casebook_sql_int(statement, 2),
            .json = casebook_sql_text(statement, 3),
            .hash = casebook_sql_hash(statement, 4),
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
