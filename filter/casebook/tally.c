#include "filter/casebook/tally.h"

#include <stdlib.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

static const int64_t time_ends[TALLY_TIMES - 1] = {
    5 * CASEBOOK_MINUTE, 15 * CASEBOOK_MINUTE, 30 * CASEBOOK_MINUTE, CASEBOOK_HOUR,
    6 * CASEBOOK_HOUR,   CASEBOOK_DAY,         3 * CASEBOOK_DAY};

/* 1970-01-05 was a Monday. */
int64_t casebook_tally_week(int64_t time_ms)
{
    int64_t since = time_ms - 4 * DAY_MS;
    return time_ms - (since % TALLY_WEEK_MS + TALLY_WEEK_MS) % TALLY_WEEK_MS;
}

static bool read_flagged(struct casebook *casebook, struct casebook_tally *tally, struct err *err)
{
    int64_t first = tally->week_ms - (TALLY_WEEKS - 1) * TALLY_WEEK_MS;
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT class, max(-1, (opened_ms - ?1) / ?2), count(*) FROM cases"
                     " GROUP BY 1, 2",
                     "ii", first, TALLY_WEEK_MS);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        enum rule_class class;
        int64_t week = casebook_sql_int(statement, 1), count = casebook_sql_int(statement, 2);
        if (!rule_class_parse(casebook_sql_text(statement, 0), &class)) {
            continue;
        }
        tally->classes[class].flagged += count;
        if (week >= 0 && week < TALLY_WEEKS) {
            tally->classes[class].weeks[week] = (uint32_t)count;
        }
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

static void count(struct casebook_tally_class *one, struct str action, bool by_clock,
                  int64_t number)
{
#define X(member, name, is_clocks)                                                                 \
    if (str_is(action, name) && by_clock == (is_clocks)) {                                         \
        one->member += number;                                                                     \
    }
    TALLY_COUNTS(X)
#undef X
}

static bool read_actions(struct casebook *casebook, struct casebook_tally *tally, struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "SELECT class, action, actor = 'clock', count(DISTINCT case_id) FROM log"
        " JOIN cases ON cases.id = case_id WHERE " CASEBOOK_DECISIVE " GROUP BY 1, 2, 3",
        "");
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        enum rule_class class;
        if (rule_class_parse(casebook_sql_text(statement, 0), &class)) {
            count(&tally->classes[class], casebook_sql_text(statement, 1),
                  casebook_sql_int(statement, 2) != 0, casebook_sql_int(statement, 3));
        }
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

struct times {
    int64_t *at;
    size_t count, room;
};

static int by_time(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

static void sum_up(struct times *times, struct casebook_tally_class *one)
{
    one->decided = (int64_t)times->count;
    for (size_t i = 0; i < times->count; i++) {
        size_t bin = 0;
        while (bin < TALLY_TIMES - 1 && times->at[i] >= time_ends[bin]) {
            bin++;
        }
        one->times[bin]++;
    }
    if (times->count >= TALLY_FEW) {
        qsort(times->at, times->count, sizeof *times->at, by_time);
        one->median_ms = times->at[(times->count - 1) / 2];
        one->p90_ms = times->at[(times->count - 1) * 9 / 10];
    }
}

/* From the opening of a case to what a person first decided about it. */
static bool read_times(struct casebook *casebook, struct casebook_tally *tally, struct err *err)
{
    struct times times[TALLY_CLASSES] = {{.at = NULL}};
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "SELECT class, min(time_ms) - opened_ms FROM log JOIN cases ON cases.id = case_id"
        " WHERE " CASEBOOK_DECISIVE " AND action IN ('dismiss', 'propose', 'urgent')"
        " AND actor <> 'clock' GROUP BY case_id",
        "");
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        enum rule_class class;
        int64_t took = casebook_sql_int(statement, 1);
        if (rule_class_parse(casebook_sql_text(statement, 0), &class)) {
            struct times *of = &times[class];
            mem_grow(&of->at, &of->room, of->count + 1, sizeof *of->at);
            of->at[of->count++] = took > 0 ? took : 0;
        }
    }
    casebook_sql_done(statement);
    for (size_t i = 0; i < TALLY_CLASSES; i++) {
        sum_up(&times[i], &tally->classes[i]);
        free(times[i].at);
    }
    return step != SQL_FAILED;
}

bool casebook_tally(struct casebook *casebook, struct casebook_tally *tally, struct err *err)
{
    memset(tally, 0, sizeof *tally);
    tally->week_ms = casebook_tally_week(clock_now_ms(casebook->clock));
    return read_flagged(casebook, tally, err) && read_actions(casebook, tally, err) &&
           read_times(casebook, tally, err);
}
