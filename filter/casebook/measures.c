#include "filter/casebook/measures.h"

#include <stdlib.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/appeal.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"

enum {
    DECISIONS_MOST = 20000, /* whose times are looked at: what is older says little of now */
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
    sqlite3_stmt *statement = casebook_sql(
        casebook, err, "SELECT class, hour, cases FROM opened_hours WHERE hour >= ?1", "i", first);
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

/* Those of an age are those opened between two times: counted in the index. */
static bool read_waiting(struct casebook *casebook, int64_t now_ms,
                         struct casebook_measures *measures, struct err *err)
{
    int64_t before_ms = INT64_MAX;
    for (int i = 0; i < MEASURES_AGES; i++) {
        int64_t since_ms = i < MEASURES_AGES - 1 ? now_ms - age_ends[i] : INT64_MIN;
        for (int class = 0; class < MEASURES_CLASSES; class ++) {
            int64_t count;
            if (!casebook_sql_number(casebook, 0, &count, err,
                                     "SELECT count(*) FROM cases INDEXED BY cases_queue_class WHERE"
                                     " class = ?1 AND opened_ms > ?2 AND opened_ms <= ?3 AND state"
                                     " IN " CASEBOOK_WAITING,
                                     "tii", str_of(rule_class_name((enum rule_class) class)),
                                     since_ms, before_ms)) {
                return false;
            }
            measures->waiting[i] += (uint32_t)count;
        }
        before_ms = since_ms;
    }
    return true;
}

/* Times from the opening of a case to what a person first decided about it. */
struct times {
    int64_t *at;
    size_t count, room;
};

#define OF_DECISIONS                                                                               \
    " FROM log INDEXED BY log_decisions WHERE time_ms >= ?1 AND case_id > 0 AND action IN"         \
    " ('dismiss', 'propose', 'urgent', 'approve', 'reject', 'lapse')"

static bool read_actions(struct casebook *casebook, int64_t since_ms,
                         struct casebook_measures *measures, struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err, "SELECT action, actor = 'clock', count(*)" OF_DECISIONS " GROUP BY 1, 2",
        "i", since_ms);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct str action = casebook_sql_text(statement, 0);
        bool is_clock = casebook_sql_int(statement, 1) != 0;
        int64_t count = casebook_sql_int(statement, 2);
        measures->proposed += str_is(action, "propose") || str_is(action, "urgent") ? count : 0;
        measures->approved += str_is(action, "approve") ? count : 0;
        measures->rejected += str_is(action, "reject") ? count : 0;
        measures->lapsed += str_is(action, "lapse") ? count : 0;
        measures->dismissed += str_is(action, "dismiss") && !is_clock ? count : 0;
        measures->decided +=
            (str_is(action, "dismiss") || str_is(action, "propose")) && !is_clock ? count : 0;
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

static bool read_times(struct casebook *casebook, int64_t since_ms, struct times *times,
                       struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "SELECT decided_ms - opened_ms FROM (SELECT time_ms AS decided_ms, case_id" OF_DECISIONS
        " AND action IN ('dismiss', 'propose') AND actor <> 'clock' ORDER BY time_ms DESC LIMIT ?2)"
        " JOIN cases ON cases.id = case_id",
        "ii", since_ms, (int64_t)DECISIONS_MOST);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        int64_t took = casebook_sql_int(statement, 0);
        mem_grow(&times->at, &times->room, times->count + 1, sizeof *times->at);
        times->at[times->count++] = took > 0 ? took : 0;
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
    int64_t now_ms = clock_now_ms(casebook->clock), since_ms = now_ms - WINDOW_DAYS * CASEBOOK_DAY;
    memset(measures, 0, sizeof *measures);
    bool done = read_flagged(casebook, now_ms, measures, err) &&
                read_waiting(casebook, now_ms, measures, err) &&
                read_actions(casebook, since_ms, measures, err) &&
                read_times(casebook, since_ms, &times, err) &&
                read_appeals(casebook, measures, err);
    sum_up(&times, measures);
    free(times.at);
    return done;
}
