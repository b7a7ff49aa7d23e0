#include "filter/casebook/figures.h"

#include "filter/base/err.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"

static bool read_cases(struct casebook *casebook, struct casebook_figures *figures, struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err, "SELECT class, state, count(*) FROM cases GROUP BY class, state", "");
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        enum rule_class class;
        enum casebook_state state;
        if (!rule_class_parse(casebook_sql_text(statement, 0), &class) ||
            !casebook_state_parse(casebook_sql_text(statement, 1), &state)) {
            casebook_sql_done(statement);
            return casebook_sql_error(casebook, SQLITE_CORRUPT, err);
        }
        figures->cases[class][state] = casebook_sql_int(statement, 2);
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

static bool read_oldest(struct casebook *casebook, struct casebook_figures *figures,
                        struct err *err)
{
    for (int class = 0; class < FIGURES_CLASSES; class ++) {
        struct str name = str_of(rule_class_name((enum rule_class) class));
        if (!casebook_sql_number(casebook, CLOCK_NEVER, &figures->oldest_ms[class], err,
                                 "SELECT min(opened_ms) FROM cases WHERE class = ?1 AND state IN "
                                 "" CASEBOOK_WAITING,
                                 "t", name)) {
            return false;
        }
    }
    return true;
}

static bool read_entries(struct casebook *casebook, struct casebook_figures *figures,
                         struct err *err)
{
    static const struct {
        enum casebook_entry_state state;
        size_t at;
    } counts[] = {
        {ENTRY_ACTIVE, offsetof(struct casebook_figures, active)},
        {ENTRY_PROVISIONAL, offsetof(struct casebook_figures, provisional)},
        {ENTRY_SUSPENDED, offsetof(struct casebook_figures, suspended)},
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        int64_t *count = (int64_t *)(void *)((char *)figures + counts[i].at);
        if (!casebook_sql_number(casebook, 0, count, err,
                                 "SELECT count(*) FROM entries WHERE state = ?1 AND end_ms > ?2",
                                 "ti", str_of(casebook_entry_state_name(counts[i].state)),
                                 clock_now_ms(casebook->clock))) {
            return false;
        }
    }
    return true;
}

static bool read_season(struct casebook *casebook, struct casebook_figures *figures,
                        struct err *err)
{
    struct arena *arena = arena_new(CASEBOOK_SEASON_BYTES);
    struct casebook_season season;
    bool done = casebook_season(casebook, arena, &season, &figures->has_season, err);
    figures->season_end_ms = done && figures->has_season ? season.end_ms : CLOCK_NEVER;
    arena_free(arena);
    return done;
}

bool casebook_figures(struct casebook *casebook, struct casebook_figures *figures, struct err *err)
{
    *figures = (struct casebook_figures){.season_end_ms = CLOCK_NEVER};
    return read_cases(casebook, figures, err) && read_oldest(casebook, figures, err) &&
           read_entries(casebook, figures, err) &&
           casebook_sql_number(casebook, 0, &figures->appeals, err,
                               "SELECT count(*) FROM appeals WHERE state IN ('asked', 'lodged')",
                               "") &&
           casebook_sql_number(casebook, 0, &figures->log_rows, err, "SELECT max(seq) FROM log",
                               "") &&
           read_season(casebook, figures, err) &&
           casebook_clock_went_back(casebook, &figures->clock_went_back, err);
}
