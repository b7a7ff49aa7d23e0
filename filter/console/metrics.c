#include "filter/console/metrics.h"

#include "filter/base/clock.h"

static void put_family(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_value(struct buf *out, const char *name, int64_t value)
{
    buf_printf(out, "%s %lld\n", name, (long long)value);
}

static void put_one(struct buf *out, const char *name, const char *type, const char *help,
                    int64_t value)
{
    put_family(out, name, type, help);
    put_value(out, name, value);
}

/* Every class and state each time, zeros included: a series that vanishes raises no alarm. */
static void put_cases(struct buf *out, const struct casebook_figures *figures)
{
    put_family(out, "saring_cases", "gauge", "Cases by class and state.");
    for (int class = 0; class < FIGURES_CLASSES; class ++) {
        for (int state = CASE_NONE + 1; state < CASEBOOK_STATE_COUNT; state++) {
            buf_printf(out, "saring_cases{class=\"%s\",state=\"%s\"} %lld\n",
                       rule_class_name((enum rule_class) class),
                       casebook_state_name((enum casebook_state)state),
                       (long long)figures->cases[class][state]);
        }
    }
}

static void put_ages(struct buf *out, const struct casebook_figures *figures, int64_t now_ms)
{
    put_family(out, "saring_queue_oldest_age_seconds", "gauge",
               "Age of the oldest case that waits for people; 0 if none waits.");
    for (int class = 0; class < FIGURES_CLASSES; class ++) {
        int64_t opened_ms = figures->oldest_ms[class];
        int64_t age_ms = opened_ms != CLOCK_NEVER && opened_ms < now_ms ? now_ms - opened_ms : 0;
        buf_printf(out, "saring_queue_oldest_age_seconds{class=\"%s\"} %lld.%03d\n",
                   rule_class_name((enum rule_class) class), (long long)(age_ms / 1000),
                   (int)(age_ms % 1000));
    }
}

static void put_entries(struct buf *out, const struct casebook_figures *figures)
{
    put_family(out, "saring_entries", "gauge",
               "Entries before their end, by state; active and provisional ones are in force.");
    put_value(out, "saring_entries{state=\"active\"}", figures->active);
    put_value(out, "saring_entries{state=\"provisional\"}", figures->provisional);
    put_value(out, "saring_entries{state=\"suspended\"}", figures->suspended);
}

void metrics_put(struct buf *out, const struct casebook_figures *figures, int64_t now_ms)
{
    put_cases(out, figures);
    put_ages(out, figures, now_ms);
    put_entries(out, figures);
    put_one(out, "saring_appeals_waiting", "gauge", "Appeals that wait for the panel.",
            figures->appeals);
    put_one(out, "saring_log_rows_total", "counter", "Rows of the casebook's log.",
            figures->log_rows);
    put_one(out, "saring_season_running", "gauge", "1 while a season runs.", figures->has_season);
    if (figures->has_season) {
        put_one(out, "saring_season_end_timestamp_seconds", "gauge",
                "When the season ends, in seconds since 1970.", figures->season_end_ms / 1000);
    }
    put_one(out, "saring_clock_went_back", "gauge",
            "1 while the clock is behind the log, so that nothing is in force.",
            figures->clock_went_back);
}
