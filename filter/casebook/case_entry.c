/* The entry of a case, as moves change it. */
#include <assert.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"

static bool read_listing(struct casebook *casebook, struct arena *arena, sqlite3_stmt *row,
                         struct casebook_listing *listing, struct err *err)
{
    listing->id = casebook_sql_hash(row, 0);
    listing->due_ms = casebook_sql_int(row, 2);
    listing->end_ms = casebook_sql_int(row, 3);
    listing->json = casebook_keep(arena, casebook_sql_text(row, 4));
    listing->reviewer = casebook_keep(arena, casebook_sql_text(row, 5));
    listing->approver = casebook_keep(arena, casebook_sql_text(row, 6));
    listing->is_lane = casebook_sql_int(row, 7) != 0;
    listing->suspended_seq = casebook_sql_int(row, 8);
    listing->appeal = casebook_sql_int(row, 9);
    return casebook_entry_state_parse(casebook_sql_text(row, 1), &listing->state) ||
           casebook_sql_error(casebook, SQLITE_CORRUPT, err);
}

bool casebook_entry_load(struct casebook *casebook, struct arena *arena, int64_t case_id,
                         struct casebook_listing *listing, bool *found, struct err *err)
{
    *listing = (struct casebook_listing){.case_id = case_id};
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "SELECT id, state, due_ms, end_ms, entry, reviewer, approver, lane, suspended_seq, appeal"
        " FROM entries WHERE case_id = ?1",
        "i", case_id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    bool done = step != SQL_FAILED;
    *found = step == SQL_ROW;
    if (*found) {
        done = read_listing(casebook, arena, statement, listing, err);
    }
    casebook_sql_done(statement);
    return done;
}

static bool is_over(enum casebook_entry_state state)
{
    return state == ENTRY_REMOVED || state == ENTRY_LAPSED || state == ENTRY_EXPIRED;
}

/* When the clock moves on an entry that enters `state` now: its end, or a suspension's. */
static int64_t due_in(const struct casebook_listing *listing, enum casebook_entry_state state,
                      int64_t now_ms)
{
    const struct casebook_move *move = casebook_move_due(OF_ENTRY, (int)state);
    if (is_over(state)) {
        return CASEBOOK_NO_TIME;
    }
    return move != NULL && now_ms + move->after_ms < listing->end_ms ? now_ms + move->after_ms
                                                                     : listing->end_ms;
}

json_t *casebook_reason_json(struct str reason)
{
    json_t *detail = json_object();
    if (reason.len > 0) {
        json_object_set_new(detail, "reason", casebook_json_str(reason));
    }
    return detail;
}

bool casebook_entry_enter(struct casebook *casebook, struct casebook_dossier *dossier,
                          struct casebook_listing *listing, const struct casebook_move *move,
                          struct str actor, json_t *detail, struct err *err)
{
    assert(move != NULL && move->of == OF_ENTRY && move->from == (int)listing->state);
    enum casebook_entry_state to = (enum casebook_entry_state)move->to;
    int64_t now, seq;
    json_object_set_new(detail, "entry", casebook_json_hash(&listing->id));
    json_object_set_new(detail, "from", json_string(casebook_entry_state_name(listing->state)));
    json_object_set_new(detail, "to", json_string(casebook_entry_state_name(to)));
    json_object_set_new(detail, "version", json_integer(dossier->version + 1));
    if (!casebook_log(casebook, actor, casebook_action_name(move->action), dossier->id, detail,
                      err) ||
        !casebook_time(casebook, &now, err) ||
        !casebook_sql_number(casebook, 0, &seq, err, "SELECT max(seq) FROM log", "")) {
        return false;
    }
    if (to == ENTRY_SUSPENDED && listing->state != to) {
        listing->suspended_seq = seq;
    }
    if (to != listing->state) { /* asking for something ends no deadline */
        listing->due_ms = due_in(listing, to, now);
    }
    listing->state = to;
    dossier->version++;
    return casebook_sql_run(casebook, err,
                            "UPDATE entries SET state = ?2, since_ms = ?3, due_ms = ?4,"
                            " suspended_seq = ?5, appeal = ?6 WHERE id = ?1",
                            "htiiii", &listing->id, str_of(casebook_entry_state_name(to)), now,
                            listing->due_ms, listing->suspended_seq, listing->appeal) &&
           casebook_sql_run(casebook, err, "UPDATE cases SET version = ?2 WHERE id = ?1", "ii",
                            dossier->id, dossier->version);
}

bool casebook_entry_close(struct casebook *casebook, struct casebook_dossier *dossier,
                          const struct casebook_listing *listing, struct err *err)
{
    enum casebook_action action = listing->state == ENTRY_LAPSED ? ACTION_LAPSE : ACTION_CLOSE;
    const struct casebook_move *move =
        is_over(listing->state)
            ? casebook_move_find(OF_CASE, (int)dossier->state, action, BY_MACHINE)
            : NULL;
    return move == NULL ||
           casebook_case_enter(casebook, dossier, move, CASEBOOK_MACHINE, json_object(), err);
}
