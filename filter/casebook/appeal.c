#include "filter/casebook/appeal.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/casebook/act.h"
#include "filter/casebook/sql.h"

enum { RECEIPT_BYTES = 16 };

/* Letters and digits that nobody reads for one another, as Crockford's base 32 has them. */
static void write_receipt(char text[APPEAL_RECEIPT_CHARS + 1])
{
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    unsigned char bytes[RECEIPT_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    for (size_t i = 0; i < APPEAL_RECEIPT_CHARS; i++) {
        unsigned value = 0;
        for (size_t bit = 0; bit < 5; bit++) {
            size_t at = i * 5 + bit;
            unsigned one = at < sizeof bytes * 8 ? (bytes[at / 8] >> (7 - at % 8)) & 1u : 0;
            value = value << 1 | one;
        }
        text[i] = digits[value];
    }
    text[APPEAL_RECEIPT_CHARS] = '\0';
}

/* 128 random bits need no key, and who only reads has none. */
struct hash casebook_appeal_mark(struct str receipt)
{
    return hash_sha256(receipt);
}

bool casebook_appeal_load(struct casebook *casebook, int64_t case_id, int64_t id,
                          struct casebook_grievance *appeal, bool *found, struct err *err)
{
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT id, number, state, lodged_ms, since_ms, suspends FROM appeals"
                     " WHERE case_id = ?1 AND id = ?2",
                     "ii", case_id, id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    bool done = step != SQL_FAILED;
    *found = step == SQL_ROW;
    *appeal =
        (struct casebook_grievance){.case_id = case_id, .bytes = STR(""), .signature = STR("")};
    if (*found) {
        appeal->id = casebook_sql_int(statement, 0);
        appeal->number = casebook_sql_int(statement, 1);
        appeal->lodged_ms = casebook_sql_int(statement, 3);
        appeal->since_ms = casebook_sql_int(statement, 4);
        appeal->suspends = casebook_sql_int(statement, 5) != 0;
        done = casebook_appeal_state_parse(casebook_sql_text(statement, 2), &appeal->state) ||
               casebook_sql_error(casebook, SQLITE_CORRUPT, err);
    }
    casebook_sql_done(statement);
    return done;
}

/* Whether there is something of the case that can be appealed now. */
static bool is_open_to_appeal(const struct casebook_dossier *dossier,
                              const struct casebook_listing *listing, bool has_entry)
{
    switch (dossier->state) {
    case CASE_URGENT:
    case CASE_LISTED:
        return has_entry &&
               (listing->state == ENTRY_ACTIVE || listing->state == ENTRY_PROVISIONAL ||
                listing->state == ENTRY_SUSPENDED);
    case CASE_CORRECTED:
    case CASE_REFERRED:
    case CASE_ANSWERED:
    case CASE_UNANSWERED:
        return true;
    case CASE_NONE:
    case CASE_FLAGGED:
    case CASE_CLAIMED:
    case CASE_HELD:
    case CASE_PROPOSED:
    case CASE_RETURNED:
    case CASE_APPROVED:
    case CASE_DISMISSED:
    case CASE_REJECTED:
    case CASE_LAPSED:
    case CASE_WITHDRAWN:
    case CASE_CLOSED:
    case CASE_VOID:
    case CASE_MERGED:
    case CASE_PURGED:
        break;
    }
    return false;
}

/* The row of what was corrected or referred: whom it went to must hear that it is disputed. */
static bool log_dispute(struct casebook *casebook, struct casebook_dossier *dossier,
                        const struct casebook_grievance *appeal, bool is_disputed, struct err *err)
{
    if (is_disputed == dossier->is_disputed) {
        return true;
    }
    dossier->is_disputed = is_disputed;
    dossier->version++;
    json_t *detail = json_pack("{sI sb sI}", "appeal", (json_int_t)appeal->id, "disputed",
                               is_disputed, "version", (json_int_t)dossier->version);
    return casebook_log(casebook, CASEBOOK_MACHINE, "dispute", dossier->id, detail, err) &&
           casebook_sql_run(casebook, err,
                            "UPDATE cases SET disputed = ?2, version = ?3 WHERE id = ?1", "iii",
                            dossier->id, (int64_t)is_disputed, dossier->version);
}

/* An appeal before the panel takes an entry out of force, unless somebody has done so already. */
static bool suspend_for(struct casebook *casebook, struct arena *arena,
                        struct casebook_dossier *dossier, struct casebook_grievance *appeal,
                        struct err *err)
{
    struct casebook_listing listing;
    bool has_entry;
    if (!casebook_entry_load(casebook, arena, dossier->id, &listing, &has_entry, err)) {
        return false;
    }
    const struct casebook_move *move =
        has_entry ? casebook_move_find(OF_ENTRY, (int)listing.state, ACTION_SUSPEND, BY_ANYONE)
                  : NULL;
    appeal->suspends = move != NULL;
    if (move == NULL) {
        return true;
    }
    listing.appeal = appeal->id;
    return casebook_entry_enter(casebook, dossier, &listing, move, CASEBOOK_PUBLIC,
                                json_pack("{sI}", "appeal", (json_int_t)appeal->id), err);
}

static bool enter(struct casebook *casebook, struct arena *arena, struct casebook_dossier *dossier,
                  struct casebook_grievance *appeal, const struct casebook_move *move,
                  struct str actor, struct str reason, struct err *err)
{
    assert(move != NULL && move->of == OF_APPEAL && move->from == (int)appeal->state);
    enum casebook_appeal_state to = (enum casebook_appeal_state)move->to;
    const struct casebook_move *due = casebook_move_due(OF_APPEAL, (int)to);
    int64_t now, open;
    json_t *detail = casebook_reason_json(reason);
    dossier->version++;
    json_object_set_new(detail, "appeal", json_integer(appeal->id));
    json_object_set_new(detail, "number", json_integer(appeal->number));
    json_object_set_new(detail, "from", json_string(casebook_appeal_state_name(appeal->state)));
    json_object_set_new(detail, "to", json_string(casebook_appeal_state_name(to)));
    json_object_set_new(detail, "version", json_integer(dossier->version));
    if (appeal->signature.len > 0) {
        json_object_set_new(detail, "bytes", casebook_json_str(appeal->bytes));
        json_object_set_new(detail, "signature", casebook_json_str(appeal->signature));
    }
    if (!casebook_log(casebook, actor, casebook_action_name(move->action), dossier->id, detail,
                      err) ||
        !casebook_time(casebook, &now, err) ||
        !casebook_sql_run(casebook, err, "UPDATE cases SET version = ?2 WHERE id = ?1", "ii",
                          dossier->id, dossier->version)) {
        return false;
    }
    bool is_decided = due == NULL;
    if (!casebook_sql_run(casebook, err,
                          "UPDATE appeals SET state = ?2, since_ms = ?3, due_ms = ?4, reason = ?5,"
                          " decided_by = ?6, signed = ?7, signature = ?8 WHERE id = ?1",
                          "itiitttt", appeal->id, str_of(casebook_appeal_state_name(to)), now,
                          is_decided ? CASEBOOK_NO_TIME : now + due->after_ms, reason,
                          is_decided ? actor : STR(""), appeal->bytes, appeal->signature)) {
        return false;
    }
    appeal->state = to;
    appeal->since_ms = now;
    if (to == APPEAL_LODGED &&
        (!suspend_for(casebook, arena, dossier, appeal, err) ||
         !casebook_sql_run(casebook, err, "UPDATE appeals SET suspends = ?2 WHERE id = ?1", "ii",
                           appeal->id, (int64_t)appeal->suspends))) {
        return false;
    }
    return casebook_sql_number(casebook, 0, &open, err,
                               "SELECT count(*) FROM appeals WHERE case_id = ?1 AND"
                               " state = 'lodged'",
                               "i", dossier->id) &&
           log_dispute(casebook, dossier, appeal, open > 0, err);
}

/* Undoes what was decided: the entry goes, or the correction or referral is withdrawn. */
static bool undo(struct casebook *casebook, struct arena *arena, struct casebook_dossier *dossier,
                 unsigned by, struct str actor, struct str reason, struct err *err)
{
    struct casebook_listing listing;
    bool has_entry;
    if (!casebook_entry_load(casebook, arena, dossier->id, &listing, &has_entry, err)) {
        return false;
    }
    const struct casebook_move *removal =
        has_entry ? casebook_move_find(OF_ENTRY, (int)listing.state, ACTION_REMOVE, by) : NULL;
    if (removal != NULL) {
        return casebook_entry_enter(casebook, dossier, &listing, removal, actor,
                                    casebook_reason_json(reason), err) &&
               casebook_entry_close(casebook, dossier, &listing, err);
    }
    const struct casebook_move *withdrawal =
        has_entry ? NULL : casebook_move_find(OF_CASE, (int)dossier->state, ACTION_WITHDRAW, by);
    return withdrawal == NULL || /* it is over already */
           casebook_case_enter(casebook, dossier, withdrawal, actor, casebook_reason_json(reason),
                               err);
}

/* What the appeal suspended comes back, if somebody independent ever signed it. */
static bool restore(struct casebook *casebook, struct arena *arena,
                    struct casebook_dossier *dossier, const struct casebook_grievance *appeal,
                    struct str actor, struct str reason, struct err *err)
{
    struct casebook_listing listing;
    bool has_entry;
    if (!casebook_entry_load(casebook, arena, dossier->id, &listing, &has_entry, err)) {
        return false;
    }
    if (!has_entry || listing.state != ENTRY_SUSPENDED || listing.is_lane ||
        listing.appeal != appeal->id) {
        return true;
    }
    json_t *detail = casebook_reason_json(reason);
    json_object_set_new(detail, "appeal", json_integer(appeal->id));
    listing.appeal = 0;
    return casebook_entry_enter(
        casebook, dossier, &listing,
        casebook_move_find(OF_ENTRY, ENTRY_SUSPENDED, ACTION_RESTORE, BY_APPEALS), actor, detail,
        err);
}

bool casebook_appeal_decide(struct casebook *casebook, struct arena *arena,
                            struct casebook_dossier *dossier, struct casebook_grievance *appeal,
                            const struct casebook_move *move, unsigned by, struct str actor,
                            struct str reason, struct err *err)
{
    if (!enter(casebook, arena, dossier, appeal, move, actor, reason, err)) {
        return false;
    }
    switch (appeal->state) {
    case APPEAL_OVERTURNED:
        if (!undo(casebook, arena, dossier, by, actor, reason, err)) {
            return false;
        }
        break;
    case APPEAL_UPHELD:
    case APPEAL_ABUSIVE:
        if (!restore(casebook, arena, dossier, appeal, actor, reason, err)) {
            return false;
        }
        break;
    case APPEAL_NONE:
    case APPEAL_ASKED:
    case APPEAL_LODGED:
    case APPEAL_DECLINED:
        return true;
    }
    return casebook_case_postpone(casebook, dossier, err);
}

bool casebook_appeals_tick(struct casebook *casebook, struct arena *arena,
                           struct casebook_dossier *dossier, int64_t now_ms, size_t *moved,
                           struct err *err)
{
    for (;;) {
        struct casebook_grievance appeal;
        int64_t id;
        bool found;
        if (!casebook_sql_number(casebook, 0, &id, err,
                                 "SELECT id FROM appeals WHERE case_id = ?1 AND due_ms <= ?2"
                                 " ORDER BY due_ms, id LIMIT 1",
                                 "ii", dossier->id, now_ms) ||
            id == 0 || !casebook_appeal_load(casebook, dossier->id, id, &appeal, &found, err)) {
            return !err_is_set(err);
        }
        const struct casebook_move *move = casebook_move_due(OF_APPEAL, (int)appeal.state);
        assert(move != NULL);
        if (!casebook_appeal_decide(casebook, arena, dossier, &appeal, move, BY_CLOCK,
                                    CASEBOOK_CLOCK, STR(""), err)) {
            return false;
        }
        (*moved)++;
    }
}

static enum casebook_outcome check_lodging(struct casebook *casebook, struct arena *arena,
                                           int64_t case_id, struct casebook_dossier *dossier,
                                           struct casebook_now *season, struct err *err)
{
    struct casebook_listing listing;
    bool found, has_entry;
    if (!casebook_now(casebook, arena, season, err) ||
        !casebook_case_load(casebook, arena, case_id, dossier, &found, err) ||
        (found && !casebook_entry_load(casebook, arena, case_id, &listing, &has_entry, err))) {
        return CASEBOOK_FAILED;
    }
    /* One answer for both: who may not see a case learns nothing of it here. */
    if (!found || !is_open_to_appeal(dossier, &listing, has_entry)) {
        err_set(err,
                "kasus %lld tidak memuat putusan yang berlaku dan dapat dibanding / case %lld has "
                "nothing in force that could be appealed",
                (long long)case_id, (long long)case_id);
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

static enum casebook_outcome lodge(struct casebook *casebook, struct arena *arena, int64_t case_id,
                                   struct str ground, struct casebook_lodged *lodged,
                                   struct err *err)
{
    struct casebook_dossier dossier;
    struct casebook_now season;
    int64_t now, before, waiting;
    if (!casebook_check_words(ground, "alasan banding / the ground of the appeal",
                              APPEAL_GROUND_LEAST, APPEAL_GROUND_MOST, err)) {
        return CASEBOOK_REFUSED;
    }
    enum casebook_outcome outcome = check_lodging(casebook, arena, case_id, &dossier, &season, err);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    if (!casebook_time(casebook, &now, err) ||
        !casebook_sql_number(casebook, 0, &before, err,
                             "SELECT max(number) FROM appeals WHERE case_id = ?1", "i", case_id) ||
        !casebook_sql_number(casebook, 0, &waiting, err,
                             "SELECT count(*) FROM appeals WHERE case_id = ?1 AND state = 'asked'",
                             "i", case_id)) {
        return CASEBOOK_FAILED;
    }
    if (before > 0 && waiting >= APPEAL_WAITING_MOST) {
        err_set(err,
                "%d banding lanjutan kasus ini sudah menunggu panel / %d further appeals of this "
                "case wait for the panel already",
                APPEAL_WAITING_MOST, APPEAL_WAITING_MOST);
        return CASEBOOK_REFUSED;
    }
    write_receipt(lodged->receipt);
    struct hash mark = casebook_appeal_mark(str_of(lodged->receipt));
    struct casebook_grievance appeal = {.case_id = case_id,
                                        .number = before + 1,
                                        .lodged_ms = now,
                                        .bytes = STR(""),
                                        .signature = STR("")};
    bool done = casebook_sql_run(
        casebook, err,
        "INSERT INTO appeals (case_id, number, state, lodged_ms, since_ms, due_ms, ground, reason,"
        " decided_by, suspends, receipt) VALUES (?1, ?2, 'none', ?3, ?3, ?4, ?5, '', '', 0, ?6)",
        "iiiith", case_id, appeal.number, now, CASEBOOK_NO_TIME, ground, &mark);
    if (done) {
        appeal.id = sqlite3_last_insert_rowid(casebook->db);
        const struct casebook_move *move =
            casebook_move_into(OF_APPEAL, APPEAL_NONE, ACTION_LODGE, BY_ANYONE,
                               before == 0 ? APPEAL_LODGED : APPEAL_ASKED);
        done = enter(casebook, arena, &dossier, &appeal, move, CASEBOOK_PUBLIC, STR(""), err);
    }
    lodged->appeal = appeal.id;
    lodged->case_id = case_id;
    lodged->state = appeal.state;
    lodged->suspended = appeal.suspends;
    return done ? CASEBOOK_DONE : CASEBOOK_FAILED;
}

enum casebook_outcome casebook_appeal_lodge(struct casebook *casebook, int64_t case_id,
                                            struct str ground, struct casebook_lodged *lodged,
                                            struct err *err)
{
    struct arena *arena = arena_new(4 << 20);
    struct err why = ERR_NONE;
    enum casebook_outcome outcome = CASEBOOK_FAILED;
    *lodged = (struct casebook_lodged){.case_id = case_id};
    if (casebook_case_settle(casebook, arena, case_id, &why) &&
        casebook_sql_enter(casebook, &why)) {
        outcome = lodge(casebook, arena, case_id, ground, lodged, &why);
        if (!casebook_sql_leave(casebook, outcome == CASEBOOK_DONE, &why) &&
            outcome == CASEBOOK_DONE) {
            outcome = CASEBOOK_FAILED;
        }
    }
    struct err failure = ERR_NONE;
    if (outcome == CASEBOOK_REFUSED &&
        !casebook_log_refusal(casebook, CASEBOOK_PUBLIC, casebook_action_name(ACTION_LODGE),
                              case_id, why.message, &failure)) {
        why = failure;
        outcome = CASEBOOK_FAILED;
    }
    if (outcome != CASEBOOK_DONE) {
        *lodged = (struct casebook_lodged){.case_id = case_id};
        *err = why;
    }
    arena_free(arena);
    return outcome;
}
