#include "filter/cli/scan_correlate.h"

#include <stdlib.h>

#include "filter/base/clock.h"
#include "filter/base/mem.h"
#include "filter/cli/terminal.h"
#include "filter/rule/correlate.h"
#include "filter/rule/correlation.h"
#include "filter/rule/program.h"
#include "filter/rule/sighting.h"

/* A file may have its posts in any order, newest first as well: as long as correlations may look.
 */
static const struct rule_correlator_limits limits = {.lateness_ms =
                                                         INT64_C(14) * 24 * 60 * 60 * 1000,
                                                     .max_groups = 10000,
                                                     .max_events = RULE_CORRELATED_MOST,
                                                     .max_total = 1000000};

struct scan_correlate {
    struct rule_correlator *correlator;
    struct rule_sightings sightings;
    enum scan_look look;
    const struct rule_program *program;
    bool *is_silent;
};

bool *scan_correlate_silent(const struct rule_program *program)
{
    bool *silent = mem_zero(rule_program_heads(program), sizeof *silent);
    bool *speaks = mem_alloc(program->correlation_count * sizeof *speaks);
    for (size_t i = 0; i < program->correlation_count; i++) {
        speaks[i] = true;
    }
    rule_program_hush(program, speaks, silent);
    free(speaks);
    return silent;
}

bool scan_correlate_new(const struct rule_set *set, enum scan_look look,
                        struct scan_correlate **correlate, struct err *err)
{
    const struct rule_program *program = rule_set_program(set);
    *correlate = NULL;
    if (program->correlation_count == 0) {
        return true;
    }
    struct rule_correlator *correlator = rule_correlator_new(program, &limits, err);
    if (correlator == NULL) {
        return false;
    }
    *correlate = mem_zero(1, sizeof **correlate);
    (*correlate)->correlator = correlator;
    (*correlate)->look = look;
    (*correlate)->program = program;
    (*correlate)->is_silent = scan_correlate_silent(program);
    return true;
}

void scan_correlate_free(struct scan_correlate *correlate)
{
    if (correlate == NULL) {
        return;
    }
    rule_correlator_free(correlate->correlator);
    rule_sightings_fini(&correlate->sightings);
    free(correlate->is_silent);
    free(correlate);
}

static void put_json(const struct rule_correlator_hit *hit, struct buf *out)
{
    const struct rule_correlation *correlation = hit->correlation;
    char first[CLOCK_TEXT], last[CLOCK_TEXT];
    buf_put_string(out, "{\"correlation\":{");
    buf_put_json_field(out, "id", correlation->head->id);
    buf_put_json_field(out, "title", correlation->head->title);
    buf_put_json_field(out, "class", str_of(rule_class_name(correlation->head->class)));
    buf_put_json_field(out, "level", correlation->head->level);
    buf_put_json_field(out, "type", str_of(rule_correlation_type_name(correlation->type)));
    buf_put_string(out, "},\"group\":{");
    for (size_t i = 0; i < correlation->group_count; i++) {
        buf_put_string(out, i > 0 ? "," : "");
        buf_put_json(out, correlation->group_by[i]);
        buf_put_char(out, ':');
        buf_put_json(out, hit->group[i]);
    }
    buf_printf(out, "},\"number\":%.15g", hit->number);
    buf_put_json_field(out, "first", str_of(clock_format(hit->first_ms, first)));
    buf_put_json_field(out, "last", str_of(clock_format(hit->last_ms, last)));
    buf_put_string(out, "}\n");
}

static void put_for_people(const struct scan_correlate *correlate,
                           const struct rule_correlator_hit *hit, struct buf *out)
{
    const struct rule_correlation *correlation = hit->correlation;
    bool has_colour = correlate->look == SCAN_COLOUR;
    char first[CLOCK_TEXT], last[CLOCK_TEXT];
    buf_put_string(out, has_colour ? "\033[1m" : "");
    cli_put_line(out, correlation->head->title);
    buf_put_string(out, has_colour ? "\033[0m" : "");
    buf_printf(out, "  %s %.15g", rule_correlation_type_name(correlation->type), hit->number);
    for (size_t i = 0; i < correlation->group_count; i++) {
        buf_put_string(out, "  ");
        cli_put_line(out, correlation->group_by[i]);
        buf_put_char(out, '=');
        cli_put_defanged(out, hit->group[i], 0);
    }
    buf_printf(out, "\n    %s – %s\n\n", clock_format(hit->first_ms, first),
               clock_format(hit->last_ms, last));
}

static void put_hits(const struct scan_correlate *correlate,
                     const struct rule_correlator_hits *hits, struct buf *out)
{
    for (size_t i = 0; i < hits->count; i++) {
        struct str id = hits->items[i].correlation->head->id;
        if (correlate->is_silent[rule_program_place(correlate->program, id)]) {
            continue;
        }
        if (correlate->look == SCAN_JSON) {
            put_json(&hits->items[i], out);
        } else {
            put_for_people(correlate, &hits->items[i], out);
        }
    }
}

void scan_correlate_take(struct scan_correlate *correlate, struct str sightings, struct buf *out)
{
    struct rule_correlator_event event;
    struct rule_correlator_hits hits;
    correlate->sightings.bytes = sightings;
    while (rule_sighting_next(&correlate->sightings, &event)) {
        rule_correlator_put(correlate->correlator, &event, &hits);
        put_hits(correlate, &hits, out);
    }
}

void scan_correlate_end(struct scan_correlate *correlate, struct buf *out)
{
    struct rule_correlator_hits hits;
    rule_correlator_advance(correlate->correlator, INT64_MAX, &hits);
    put_hits(correlate, &hits, out);
}

uint64_t scan_correlate_lost(const struct scan_correlate *correlate)
{
    struct rule_correlator_stats stats;
    rule_correlator_stats(correlate->correlator, &stats);
    return stats.late + stats.lost_groups + stats.lost_events;
}
