#include <assert.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/casebook/case.h"
#include "filter/casebook/gather.h"
#include "filter/casebook/sql.h"

/* How long before the 30 days after a season are over its content goes: room for a bad day. */
#define AFTER_SEASON (29 * CASEBOOK_DAY)

bool casebook_time(struct casebook *casebook, int64_t *now_ms, struct err *err)
{
    int64_t last;
    if (!casebook_sql_number(casebook, INT64_MIN, &last, err,
                             "SELECT time_ms FROM log ORDER BY seq DESC LIMIT 1", "")) {
        return false;
    }
    int64_t now = clock_now_ms(casebook->clock);
    *now_ms = now > last ? now : last;
    return true;
}

struct str casebook_keep(struct arena *arena, struct str text)
{
    const char *copy = arena_copy(arena, text.len > 0 ? text.at : "", text.len);
    return (struct str){copy, copy != NULL ? text.len : 0};
}

bool casebook_case_load(struct casebook *casebook, struct arena *arena, int64_t id,
                        struct casebook_dossier *dossier, bool *found, struct err *err)
{
    *dossier = (struct casebook_dossier){.id = id};
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "SELECT season, class, state, version, opened_ms, since_ms, due_ms, rule_id, revision,"
        " holder, lease, returns, proposer, disputed FROM cases WHERE id = ?1",
        "i", id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    bool done = step != SQL_FAILED;
    *found = step == SQL_ROW;
    if (*found) {
        dossier->season = casebook_keep(arena, casebook_sql_text(statement, 0));
        dossier->version = casebook_sql_int(statement, 3);
        dossier->opened_ms = casebook_sql_int(statement, 4);
        dossier->since_ms = casebook_sql_int(statement, 5);
        dossier->due_ms = casebook_sql_int(statement, 6);
        dossier->rule_id = casebook_keep(arena, casebook_sql_text(statement, 7));
        dossier->revision = casebook_sql_hash(statement, 8);
        dossier->holder = casebook_keep(arena, casebook_sql_text(statement, 9));
        dossier->lease = casebook_sql_int(statement, 10);
        dossier->returns = casebook_sql_int(statement, 11);
        dossier->proposer = casebook_keep(arena, casebook_sql_text(statement, 12));
        dossier->is_disputed = casebook_sql_int(statement, 13) != 0;
        done = (rule_class_parse(casebook_sql_text(statement, 1), &dossier->class) &&
                casebook_state_parse(casebook_sql_text(statement, 2), &dossier->state)) ||
               casebook_sql_error(casebook, SQLITE_CORRUPT, err);
    }
    casebook_sql_done(statement);
    return done;
}

/* When the season of a case is over; CASEBOOK_NO_TIME for the demonstration, which has none. */
static bool season_end(struct casebook *casebook, struct str season, int64_t *end_ms,
                       struct err *err)
{
    struct hash id;
    if (!hash_parse(season, &id)) {
        *end_ms = CASEBOOK_NO_TIME;
        return true;
    }
    return casebook_sql_number(casebook, CASEBOOK_NO_TIME, end_ms, err,
                               "SELECT end_ms FROM seasons WHERE id = ?1", "h", &id);
}

/* When the clock moves a case on that enters `state` now. */
static bool find_due(struct casebook *casebook, const struct casebook_dossier *dossier,
                     enum casebook_state state, int64_t now_ms, int64_t *due_ms, struct err *err)
{
    const struct casebook_move *move = casebook_move_due(OF_CASE, (int)state);
    int64_t end_ms;
    *due_ms = CASEBOOK_NO_TIME;
    if (move == NULL || state == CASE_URGENT) { /* that one's clock is its entry's */
        return true;
    }
    /* Counted from its opening, or giving a case back again and again would keep it for ever. */
    *due_ms = (state == CASE_FLAGGED ? dossier->opened_ms : now_ms) + move->after_ms;
    if (move->to != CASE_PURGED || !season_end(casebook, dossier->season, &end_ms, err)) {
        return !err_is_set(err);
    }
    if (end_ms != CASEBOOK_NO_TIME && end_ms + AFTER_SEASON < *due_ms) {
        *due_ms = end_ms + AFTER_SEASON;
    }
    return true;
}

bool casebook_case_postpone(struct casebook *casebook, struct casebook_dossier *dossier,
                            struct err *err)
{
    const struct casebook_move *move = casebook_move_due(OF_CASE, (int)dossier->state);
    int64_t now, due;
    if (move == NULL || move->to != CASE_PURGED || dossier->due_ms == CASEBOOK_NO_TIME) {
        return true;
    }
    if (!casebook_time(casebook, &now, err) ||
        !find_due(casebook, dossier, dossier->state, now, &due, err)) {
        return false;
    }
    dossier->due_ms = due > dossier->due_ms ? due : dossier->due_ms;
    return casebook_sql_run(casebook, err, "UPDATE cases SET due_ms = ?2 WHERE id = ?1", "ii",
                            dossier->id, dossier->due_ms);
}

static bool keep_decisions(struct casebook *casebook, const struct casebook_dossier *dossier,
                           enum casebook_state outcome, int64_t now_ms, struct err *err)
{
    struct str parts[] = {STR("decision"), dossier->season, {0}, {0}, {0}};
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT rule_id, revision, key FROM case_rules JOIN"
                     " (SELECT DISTINCT key FROM posts WHERE case_id = ?1) WHERE case_id = ?1",
                     "i", dossier->id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    bool done = true;
    while (done && (step = casebook_sql_step(casebook, statement, err)) != SQL_END) {
        if (step == SQL_FAILED) {
            done = false;
            break;
        }
        for (int i = 0; i < 3; i++) {
            parts[i + 2] =
                i == 0 ? casebook_sql_text(statement, 0) : casebook_sql_blob(statement, i);
        }
        struct hash mark = casebook_keyed(casebook, parts, 5);
        done = casebook_sql_run(casebook, err,
                                "INSERT OR REPLACE INTO decisions VALUES (?1, ?2, ?3, ?4)", "hiti",
                                &mark, dossier->id, str_of(casebook_state_name(outcome)), now_ms);
    }
    casebook_sql_done(statement);
    return done;
}

/* Whether a case in this state still takes near-copies in. */
static bool is_gathering(enum casebook_state state)
{
    return state == CASE_FLAGGED || state == CASE_CLAIMED || state == CASE_HELD ||
           state == CASE_PROPOSED || state == CASE_URGENT || state == CASE_RETURNED ||
           state == CASE_APPROVED || state == CASE_LISTED || state == CASE_CORRECTED ||
           state == CASE_REFERRED || state == CASE_ANSWERED || state == CASE_UNANSWERED;
}

/* Whether people decided the case with this move: then what it gathered is not flagged again. */
static bool is_decision(unsigned by, enum casebook_state to)
{
    if ((by & (BY_CLOCK | BY_MACHINE)) != 0 && to != CASE_LISTED) {
        return false;
    }
    return to == CASE_DISMISSED || to == CASE_REJECTED || to == CASE_LISTED ||
           to == CASE_CORRECTED || to == CASE_REFERRED || to == CASE_WITHDRAWN;
}

bool casebook_case_enter(struct casebook *casebook, struct casebook_dossier *dossier,
                         const struct casebook_move *move, struct str actor, json_t *detail,
                         struct err *err)
{
    assert(move != NULL && move->of == OF_CASE && move->from == (int)dossier->state);
    enum casebook_state to = (enum casebook_state)move->to;
    int64_t now, due;
    json_object_set_new(detail, "from", json_string(casebook_state_name(dossier->state)));
    json_object_set_new(detail, "to", json_string(casebook_state_name(to)));
    json_object_set_new(detail, "version", json_integer(dossier->version + 1));
    /* The log's row stands first: nothing takes effect that it does not tell of. */
    if (!casebook_log(casebook, actor, casebook_action_name(move->action), dossier->id, detail,
                      err) ||
        !casebook_time(casebook, &now, err) || !find_due(casebook, dossier, to, now, &due, err) ||
        (is_decision(move->by, to) && !keep_decisions(casebook, dossier, to, now, err)) ||
        (!is_gathering(to) && !casebook_gather_end(casebook, dossier->id, err))) {
        return false;
    }
    if (move->from == move->to) {
        due = dossier->due_ms; /* answering is no new proposal: its deadline stays */
    } else {
        dossier->since_ms = now;
    }
    dossier->due_ms = due;
    dossier->state = to;
    if (to != CASE_CLAIMED) {
        dossier->holder = STR("");
    }
    if (!casebook_sql_run(casebook, err,
                          "UPDATE cases SET state = ?2, version = version + 1, since_ms = ?3,"
                          " due_ms = ?4, holder = ?5, lease = ?6, returns = ?7, proposer = ?8"
                          " WHERE id = ?1 AND version = ?9",
                          "itiitiiti", dossier->id, str_of(casebook_state_name(to)),
                          dossier->since_ms, due, dossier->holder, dossier->lease, dossier->returns,
                          dossier->proposer, dossier->version)) {
        return false;
    }
    assert(sqlite3_changes(casebook->db) == 1);
    dossier->version++;
    return true;
}

bool casebook_case_void(struct casebook *casebook, struct arena *arena, int64_t id,
                        const char *reason, bool *voided, struct err *err)
{
    struct casebook_dossier dossier;
    struct casebook_listing listing;
    bool found, listed;
    *voided = false;
    if (!casebook_case_load(casebook, arena, id, &dossier, &found, err) || !found) {
        return !err_is_set(err);
    }
    const struct casebook_move *move =
        casebook_move_find(OF_CASE, (int)dossier.state, ACTION_VOID, BY_MACHINE);
    if (move == NULL) {
        return true;
    }
    if (!casebook_entry_load(casebook, arena, id, &listing, &listed, err)) {
        return false;
    }
    const struct casebook_move *removal =
        listed ? casebook_move_find(OF_ENTRY, (int)listing.state, ACTION_REMOVE, BY_MACHINE) : NULL;
    if (removal != NULL &&
        !casebook_entry_enter(casebook, &dossier, &listing, removal, CASEBOOK_MACHINE,
                              casebook_reason_json(str_of(reason)), err)) {
        return false;
    }
    *voided = casebook_case_enter(casebook, &dossier, move, CASEBOOK_MACHINE,
                                  json_pack("{ss}", "reason", reason), err);
    return *voided;
}
