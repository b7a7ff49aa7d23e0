/* Reading appeals: the panel's queue, one by its receipt, and figures about them. */
#include "filter/base/err.h"
#include "filter/casebook/appeal.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"

#define APPEALS                                                                                    \
    "SELECT appeals.id, number, appeals.state, lodged_ms, appeals.since_ms, appeals.due_ms,"       \
    " ground, reason, decided_by, suspends, appeals.case_id, version, class, cases.state,"         \
    " entries.state FROM appeals JOIN cases ON cases.id = appeals.case_id"                         \
    " LEFT JOIN entries ON entries.case_id = appeals.case_id "

static bool take(struct casebook *casebook, sqlite3_stmt *row, struct casebook_appeal *one,
                 struct err *err)
{
    int64_t due = casebook_sql_int(row, 5);
    *one = (struct casebook_appeal){
        .objection =
            {
                .id = casebook_sql_int(row, 0),
                .number = casebook_sql_int(row, 1),
                .lodged_ms = casebook_sql_int(row, 3),
                .since_ms = casebook_sql_int(row, 4),
                .deadline_ms = due == CASEBOOK_NO_TIME ? CLOCK_NEVER : due,
                .ground = casebook_sql_text(row, 6),
                .reason = casebook_sql_text(row, 7),
                .decided_by = casebook_sql_text(row, 8),
                .suspends = casebook_sql_int(row, 9) != 0,
            },
        .case_id = casebook_sql_int(row, 10),
        .version = casebook_sql_int(row, 11),
        .entry_state = casebook_sql_text(row, 14),
    };
    return (casebook_appeal_state_parse(casebook_sql_text(row, 2), &one->objection.state) &&
            rule_class_parse(casebook_sql_text(row, 12), &one->class) &&
            casebook_state_parse(casebook_sql_text(row, 13), &one->case_state)) ||
           casebook_sql_error(casebook, SQLITE_CORRUPT, err);
}

struct casebook_after casebook_appeal_place(const struct casebook_appeal *one)
{
    int64_t due_ms = one->objection.deadline_ms;
    return (struct casebook_after){.opened_ms = due_ms == CLOCK_NEVER ? CASEBOOK_NO_TIME : due_ms,
                                   .order_ms = one->objection.lodged_ms,
                                   .id = one->objection.id};
}

bool casebook_appeals(struct casebook *casebook, const struct casebook_appeal_filter *filter,
                      bool (*row)(void *context, const struct casebook_appeal *one), void *context,
                      struct err *err)
{
    int64_t limit = filter->limit == 0 ? -1 : (int64_t)filter->limit;
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     APPEALS "WHERE (?1 = 0 OR appeals.due_ms < 9223372036854775807)"
                             " AND (?6 = 0 OR (appeals.due_ms, -lodged_ms, appeals.id)"
                             " > (?4, -?5, ?6))"
                             " ORDER BY appeals.due_ms, lodged_ms DESC, appeals.id"
                             " LIMIT ?2 OFFSET ?3",
                     "iiiiii", (int64_t)filter->waiting, limit, (int64_t)filter->offset,
                     filter->after.opened_ms, filter->after.order_ms, filter->after.id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct casebook_appeal one;
        if (!take(casebook, statement, &one, err)) {
            step = SQL_FAILED;
            break;
        }
        if (!row(context, &one)) {
            break;
        }
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

bool casebook_appeal_find(struct casebook *casebook, struct str receipt,
                          void (*each)(void *context, const struct casebook_appeal *one),
                          void *context, bool *found, struct err *err)
{
    *found = false;
    struct hash mark = casebook_appeal_mark(receipt);
    sqlite3_stmt *statement = casebook_sql(casebook, err, APPEALS "WHERE receipt = ?1", "h", &mark);
    if (statement == NULL) {
        return false;
    }
    struct casebook_appeal one;
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    bool done = step != SQL_FAILED;
    if (step == SQL_ROW) {
        done = take(casebook, statement, &one, err);
        *found = done;
        if (done) {
            each(context, &one);
        }
    }
    casebook_sql_done(statement);
    return done;
}

static bool median(struct casebook *casebook, int64_t decided, int64_t *median_ms, struct err *err)
{
    return casebook_sql_number(casebook, 0, median_ms, err,
                               "SELECT since_ms - lodged_ms FROM appeals"
                               " WHERE state NOT IN ('none', 'asked', 'lodged')"
                               " ORDER BY since_ms - lodged_ms LIMIT 1 OFFSET ?1",
                               "i", decided > 0 ? (decided - 1) / 2 : (int64_t)0);
}

bool casebook_appeal_count(struct casebook *casebook, struct casebook_appeal_figures *figures,
                           struct err *err)
{
    int64_t decided = 0;
    *figures = (struct casebook_appeal_figures){.by_clock = 0};
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT state, count(*), sum(decided_by = 'clock') FROM appeals"
                     " GROUP BY state",
                     "");
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        enum casebook_appeal_state state;
        int64_t count = casebook_sql_int(statement, 1);
        if (!casebook_appeal_state_parse(casebook_sql_text(statement, 0), &state)) {
            casebook_sql_error(casebook, SQLITE_CORRUPT, err);
            step = SQL_FAILED;
            break;
        }
        figures->of[state] = (size_t)count;
        decided += state != APPEAL_ASKED && state != APPEAL_LODGED ? count : 0;
        figures->by_clock +=
            state == APPEAL_OVERTURNED ? (size_t)casebook_sql_int(statement, 2) : 0;
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED && median(casebook, decided, &figures->median_ms, err);
}

bool casebook_appeal_is_first(struct casebook *casebook, int64_t case_id, bool *is_first,
                              struct err *err)
{
    int64_t count;
    bool done = casebook_sql_number(
        casebook, 0, &count, err,
        "SELECT count(*) FROM cases WHERE id = ?1 AND state IN ('urgent', 'listed', 'corrected',"
        " 'referred', 'answered', 'unanswered') AND NOT EXISTS (SELECT 1 FROM appeals WHERE"
        " case_id = cases.id)",
        "i", case_id);
    *is_first = done && count > 0;
    return done;
}
