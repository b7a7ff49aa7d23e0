#include "filter/casebook/claims_pages.h"

#include <string.h>

#include "filter/base/err.h"
#include "filter/casebook/case.h"
#include "filter/casebook/claims.h"
#include "filter/casebook/evidence.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/sql.h"

enum { STATUS_MISSING = 404, STATUS_GONE = 410 };

/*
 * A page that is moved while a site is mended answers 404 for minutes; one that is gone for good
 * does so an hour later too. Doubt releases, but a case that is void does not come back.
 */
#define AGAIN_MS CASEBOOK_HOUR
#define EVERY_MS CASEBOOK_DAY

static bool read_missing(struct casebook *casebook, struct str url, int64_t *since_ms,
                         bool *is_known, struct err *err)
{
    sqlite3_stmt *statement =
        casebook_sql(casebook, err, "SELECT missing_ms FROM claim_pages WHERE url = ?1", "t", url);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    *is_known = step == SQL_ROW;
    *since_ms = step == SQL_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL
                    ? casebook_sql_int(statement, 0)
                    : CLOCK_NEVER;
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

bool casebook_claims_looked(struct casebook *casebook, const struct feeds_report *from,
                            int64_t now_ms, bool *is_gone, struct err *err)
{
    int64_t missing_ms;
    bool is_known;
    *is_gone = false;
    if (from->page.len == 0) {
        return true;
    }
    if (!read_missing(casebook, from->page, &missing_ms, &is_known, err)) {
        return false;
    }
    if (!is_known) {
        return true; /* nobody asked */
    }
    bool is_missing = from->status == STATUS_MISSING;
    *is_gone = from->status == STATUS_GONE ||
               (is_missing && missing_ms != CLOCK_NEVER && now_ms - missing_ms >= AGAIN_MS);
    bool is_well = from->status >= 200 && from->status < 300;
    int64_t next_ms = now_ms + (is_well || *is_gone ? EVERY_MS : AGAIN_MS);
    /* What is missing now was so since then; what merely fails says nothing of it. */
    return casebook_sql_run(casebook, err,
                            "UPDATE claim_pages SET next_ms = ?3, status = ?4, missing_ms ="
                            " CASE ?5 WHEN 1 THEN coalesce(missing_ms, ?2) WHEN 2 THEN NULL"
                            " ELSE missing_ms END WHERE url = ?1",
                            "tiiii", from->page, now_ms, next_ms, (int64_t)from->status,
                            (int64_t)(is_missing ? 1
                                      : is_well  ? 2
                                                 : 0));
}

/* A row for each page that the evidence names; due at once. */
static bool put_pages(struct casebook *casebook, const struct rule_evidence *evidence, size_t count,
                      int64_t now_ms, struct err *err)
{
    bool done = true;
    for (size_t i = 0; done && i < count; i++) {
        done =
            evidence[i].claim.len == 0 ||
            (casebook_sql_run(casebook, err,
                              "INSERT OR IGNORE INTO claim_pages VALUES (?1, 0, 0, NULL, 0)", "t",
                              evidence[i].url) &&
             casebook_sql_run(casebook, err, "UPDATE claim_pages SET wanted_ms = ?2 WHERE url = ?1",
                              "ti", evidence[i].url, now_ms));
    }
    return done;
}

/* Those that a live case rests on, marked as of now: what no case rests on any more goes. */
static bool mark_pages(struct casebook *casebook, int64_t now_ms, struct err *err)
{
    struct arena *arena = arena_new(4 << 20);
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT DISTINCT evidence FROM cases JOIN case_rules ON case_id = cases.id"
                     " WHERE class = 'claim' AND state IN " CASEBOOK_LIVE,
                     "");
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        const struct rule_evidence *evidence;
        size_t pieces;
        arena_reset(arena);
        if (!casebook_evidence_read(arena, casebook_sql_text(statement, 0), &evidence, &pieces,
                                    err) ||
            !put_pages(casebook, evidence, pieces, now_ms, err)) {
            step = SQL_FAILED;
            break;
        }
    }
    casebook_sql_done(statement);
    arena_free(arena);
    return step == SQL_END;
}

static bool hand_out(struct casebook *casebook, size_t most, int64_t now_ms,
                     void (*each)(void *context, struct str url), void *context, struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err, "SELECT url FROM claim_pages WHERE next_ms <= ?1 ORDER BY next_ms LIMIT ?2",
        "ii", now_ms, (int64_t)most);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        each(context, casebook_sql_text(statement, 0));
    }
    casebook_sql_done(statement);
    /* What nobody tells of is asked for again later. */
    return step == SQL_END &&
           casebook_sql_run(casebook, err,
                            "UPDATE claim_pages SET next_ms = ?3 WHERE url IN (SELECT url FROM"
                            " claim_pages WHERE next_ms <= ?1 ORDER BY next_ms LIMIT ?2)",
                            "iii", now_ms, (int64_t)most, now_ms + AGAIN_MS);
}

bool casebook_claims_due(struct casebook *casebook, size_t most,
                         void (*each)(void *context, struct str url), void *context,
                         struct err *err)
{
    int64_t now_ms;
    if (!casebook_sql_enter(casebook, err)) {
        return false;
    }
    bool done = casebook_time(casebook, &now_ms, err) && mark_pages(casebook, now_ms, err) &&
                casebook_sql_run(casebook, err, "DELETE FROM claim_pages WHERE wanted_ms < ?1", "i",
                                 now_ms) &&
                hand_out(casebook, most, now_ms, each, context, err);
    return casebook_sql_leave(casebook, done, err);
}
