#include "filter/casebook/measures.h"

#include <stdlib.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/appeal.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"

enum {
    ROWS_MOST = 200000, /* of the log are looked at: what is older says little of now */
    WINDOW_DAYS = 30,
};

static const int64_t age_ends[MEASURES_AGES - 1] = {CASEBOOK_HOUR, 6 * CASEBOOK_HOUR, CASEBOOK_DAY,
                                                    3 * CASEBOOK_DAY, 7 * CASEBOOK_DAY};
static const int64_t time_ends[MEASURES_TIMES - 1] = {
    5 * CASEBOOK_MINUTE, 15 * CASEBOOK_MINUTE, 30 * CASEBOOK_MINUTE, CASEBOOK_HOUR,
    6 * CASEBOOK_HOUR,   CASEBOOK_DAY,         3 * CASEBOOK_DAY};

static size_t bin_of(int64_t value, const int64_t *ends, size_t count)
{
    size_t bin = 0;
    while (bin < count && value >= ends[bin]) {
        bin++;
    }
    return bin;
}

static bool read_flagged(struct casebook *casebook, int64_t now_ms,
                         struct casebook_measures *measures, struct err *err)
{
    int64_t last = now_ms / CASEBOOK_HOUR, first = last - MEASURES_HOURS + 1;
    measures->hour_ms = last * CASEBOOK_HOUR;
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT class, opened_ms / 3600000, count(*) FROM cases WHERE opened_ms >= ?1"
                     " GROUP BY 1, 2",
                     "i", first * CASEBOOK_HOUR);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        enum rule_class class;
        int64_t hour = casebook_sql_int(statement, 1) - first;
        if (rule_class_parse(casebook_sql_text(statement, 0), &class) && hour >= 0 &&
            hour < MEASURES_HOURS) {
            measures->flagged[class][hour] = (uint32_t)casebook_sql_int(statement, 2);
        }
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

static bool read_waiting(struct casebook *casebook, int64_t now_ms,
                         struct casebook_measures *measures, struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err, "SELECT opened_ms FROM cases WHERE state IN " CASEBOOK_WAITING, "");
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        measures->waiting[bin_of(now_ms - casebook_sql_int(statement, 0), age_ends,
                                 MEASURES_AGES - 1)]++;
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

/* Times from the opening of a case to what a person first decided about it. */
struct times {
    int64_t *at;
    size_t count, room;
};

static void count_row(struct casebook_measures *measures, struct str action, struct str actor)
{
    bool is_clock = str_is(actor, "clock");
    measures->proposed += str_is(action, "propose") || str_is(action, "urgent");
    measures->approved += str_is(action, "approve");
    measures->rejected += str_is(action, "reject");
    measures->lapsed += str_is(action, "lapse");
    measures->dismissed += str_is(action, "dismiss") && !is_clock;
}

static bool read_log(struct casebook *casebook, int64_t since_ms, struct times *times,
                     struct casebook_measures *measures, struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "SELECT action, actor, log.time_ms - opened_ms FROM log JOIN cases ON cases.id = case_id"
        " WHERE seq > (SELECT coalesce(max(seq), 0) FROM log) - ?1 AND case_id > 0 AND time_ms >= "
        "?2"
        " AND action IN ('dismiss', 'propose', 'urgent', 'approve', 'reject', 'lapse')",
        "ii", (int64_t)ROWS_MOST, since_ms);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct str action = casebook_sql_text(statement, 0),
                   actor = casebook_sql_text(statement, 1);
        int64_t took = casebook_sql_int(statement, 2);
        count_row(measures, action, actor);
        if ((str_is(action, "dismiss") || str_is(action, "propose")) && !str_is(actor, "clock")) {
            mem_grow(&times->at, &times->room, times->count + 1, sizeof *times->at);
            times->at[times->count++] = took > 0 ? took : 0;
        }
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

static int by_time(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

static void sum_up(struct times *times, struct casebook_measures *measures)
{
    measures->decided = (int64_t)times->count;
    if (times->count == 0) {
        return;
    }
    qsort(times->at, times->count, sizeof *times->at, by_time);
    measures->median_ms = times->at[(times->count - 1) / 2];
    measures->p90_ms = times->at[(times->count - 1) * 9 / 10];
    for (size_t i = 0; i < times->count; i++) {
        measures->times[bin_of(times->at[i], time_ends, MEASURES_TIMES - 1)]++;
    }
}

static bool read_appeals(struct casebook *casebook, struct casebook_measures *measures,
                         struct err *err)
{
    struct casebook_appeal_figures figures;
    if (!casebook_appeal_count(casebook, &figures, err)) {
        return false;
    }
    measures->overturned = (int64_t)figures.of[APPEAL_OVERTURNED];
    measures->appeals = (int64_t)(figures.of[APPEAL_OVERTURNED] + figures.of[APPEAL_UPHELD] +
                                  figures.of[APPEAL_ABUSIVE]);
    return true;
}

bool casebook_measure(struct casebook *casebook, struct casebook_measures *measures,
                      struct err *err)
{
    struct times times = {.count = 0};
    int64_t now_ms = clock_now_ms(casebook->clock);
    memset(measures, 0, sizeof *measures);
    bool done = read_flagged(casebook, now_ms, measures, err) &&
                read_waiting(casebook, now_ms, measures, err) &&
                read_log(casebook, now_ms - WINDOW_DAYS * CASEBOOK_DAY, &times, measures, err) &&
                read_appeals(casebook, measures, err);
    sum_up(&times, measures);
    free(times.at);
    return done;
}
