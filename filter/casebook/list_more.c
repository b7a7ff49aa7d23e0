/* What a case's page says besides: its entry, what it is like, its appeals. */
#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"

enum { OBJECTIONS_SHOWN = 100 };

struct reading {
    struct casebook *casebook;
    struct arena *arena;
    struct casebook_page *page;
    struct err *err;
};

static bool read_entry(struct reading *in, int64_t id)
{
    struct casebook_listing listing;
    char hex[HASH_HEX];
    bool found;
    in->page->entry_due_ms = CLOCK_NEVER;
    if (!casebook_entry_load(in->casebook, in->arena, id, &listing, &found, in->err) || !found) {
        return !err_is_set(in->err);
    }
    in->page->entry_id = casebook_keep(in->arena, str_of(hash_format(&listing.id, hex)));
    in->page->entry_state = str_of(casebook_entry_state_name(listing.state));
    in->page->is_lane = listing.is_lane;
    if (listing.due_ms != CASEBOOK_NO_TIME) {
        in->page->entry_due_ms = listing.due_ms;
    }
    return true;
}

/* Who offered the case for the lane, under the claim of now. */
static bool read_offer(struct reading *in, int64_t id)
{
    sqlite3_stmt *statement = casebook_sql(
        in->casebook, in->err,
        "SELECT proposals.proposer, merged_into FROM cases LEFT JOIN proposals ON"
        " case_id = id AND lane <> '' AND state = 'claimed' AND made_ms >= since_ms AND"
        " proposals.proposer = holder WHERE id = ?1 ORDER BY number DESC LIMIT 1",
        "i", id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    if (step == SQL_ROW) {
        in->page->offered_by = casebook_keep(in->arena, casebook_sql_text(statement, 0));
        in->page->merged_into = casebook_sql_int(statement, 1);
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

/* The row that ended the earlier case: the last that led into the state in which it is, or was. */
static bool read_ending(struct reading *in, struct casebook_before *before)
{
    sqlite3_stmt *statement =
        casebook_sql(in->casebook, in->err,
                     "SELECT time_ms, actor, coalesce(json_extract(detail, '$.reason'), ''),"
                     " json_extract(detail, '$.to') FROM log WHERE case_id = ?1 AND case_id > 0 AND"
                     " json_extract(detail, '$.to') IN ('dismissed', 'rejected', 'lapsed',"
                     " 'withdrawn', 'closed', 'void') ORDER BY seq DESC LIMIT 1",
                     "i", before->case_id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    bool done = step != SQL_FAILED;
    if (step == SQL_ROW) {
        before->ended_ms = casebook_sql_int(statement, 0);
        before->actor = casebook_keep(in->arena, casebook_sql_text(statement, 1));
        before->reason = casebook_keep(in->arena, casebook_sql_text(statement, 2));
        done = casebook_state_parse(casebook_sql_text(statement, 3), &before->state) ||
               casebook_sql_error(in->casebook, SQLITE_CORRUPT, in->err);
    }
    casebook_sql_done(statement);
    return done;
}

static bool read_before(struct reading *in, int64_t id)
{
    struct casebook_before *before = &in->page->before;
    sqlite3_stmt *statement = casebook_sql(
        in->casebook, in->err, "SELECT like_case, like_how FROM cases WHERE id = ?1", "i", id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    bool done = step == SQL_ROW &&
                (casebook_likeness_parse(casebook_sql_text(statement, 1), &before->how) ||
                 casebook_sql_error(in->casebook, SQLITE_CORRUPT, in->err));
    before->case_id = done ? casebook_sql_int(statement, 0) : 0;
    casebook_sql_done(statement);
    return done && (before->case_id == 0 || read_ending(in, before));
}

static bool take_objection(struct reading *in, sqlite3_stmt *row, struct casebook_objection *one)
{
    int64_t due = casebook_sql_int(row, 5);
    *one = (struct casebook_objection){
        .id = casebook_sql_int(row, 0),
        .number = casebook_sql_int(row, 1),
        .lodged_ms = casebook_sql_int(row, 3),
        .since_ms = casebook_sql_int(row, 4),
        .deadline_ms = due == CASEBOOK_NO_TIME ? CLOCK_NEVER : due,
        .ground = casebook_keep(in->arena, casebook_sql_text(row, 6)),
        .reason = casebook_keep(in->arena, casebook_sql_text(row, 7)),
        .decided_by = casebook_keep(in->arena, casebook_sql_text(row, 8)),
        .suspends = casebook_sql_int(row, 9) != 0,
    };
    return casebook_appeal_state_parse(casebook_sql_text(row, 2), &one->state) ||
           casebook_sql_error(in->casebook, SQLITE_CORRUPT, in->err);
}

/* The first, and the newest: an appeal that waits is among them. */
static bool read_objections(struct reading *in, int64_t id)
{
    int64_t count;
    if (!casebook_sql_number(in->casebook, 0, &count, in->err,
                             "SELECT count(*) FROM appeals WHERE case_id = ?1", "i", id)) {
        return false;
    }
    size_t most = count < OBJECTIONS_SHOWN ? (size_t)count : OBJECTIONS_SHOWN;
    struct casebook_objection *all = arena_array(in->arena, most, sizeof *all);
    sqlite3_stmt *statement =
        casebook_sql(in->casebook, in->err,
                     "SELECT id, number, state, lodged_ms, since_ms, due_ms, ground, reason,"
                     " decided_by, suspends FROM appeals WHERE case_id = ?1 AND (number = 1 OR"
                     " number > (SELECT max(number) FROM appeals WHERE case_id = ?1) - 99)"
                     " ORDER BY number",
                     "i", id);
    if (all == NULL || statement == NULL) {
        casebook_sql_done(statement);
        return err_set(in->err, "the case is larger than there is room for");
    }
    bool done = true;
    enum casebook_step step = SQL_END;
    while (done && in->page->objection_count < most &&
           (step = casebook_sql_step(in->casebook, statement, in->err)) == SQL_ROW) {
        done = take_objection(in, statement, &all[in->page->objection_count++]);
    }
    casebook_sql_done(statement);
    in->page->objections = all;
    return done && step != SQL_FAILED;
}

bool casebook_show_more(struct casebook *casebook, int64_t id, struct arena *arena,
                        struct casebook_page *page, struct err *err)
{
    struct reading in = {.casebook = casebook, .arena = arena, .page = page, .err = err};
    return read_entry(&in, id) && read_offer(&in, id) && read_before(&in, id) &&
           read_objections(&in, id);
}
