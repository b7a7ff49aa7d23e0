/*
 * Rules for events, then, behind a line "=====", events, one a line with its second in "t". What
 * is judged twice is the same twice, by a judge of its own too; what a correlation finds keeps its
 * promises: the bounds hold, the events fit its timespan, and memory its limits; and it is the same
 * if the rules are loaded anew before each event.
 */
#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/rule/correlate.h"
#include "filter/rule/correlation.h"
#include "filter/rule/event.h"
#include "filter/rule/judge.h"
#include "filter/rule/language.h"
#include "filter/rule/lists.h"
#include "filter/rule/number.h"
#include "filter/rule/program.h"
#include "tests/filter/rule/strict.h"
#include "tests/fuzz/fuzz.h"

enum { MAX_INPUT = 4096, MAX_EVENTS = 64, EVENT_BYTES = 1 << 20 };

static const struct rule_correlator_limits limits = {
    .lateness_ms = 10000, .max_groups = 8, .max_events = 16, .max_total = 64};

struct judging {
    struct rule_judge *judge, *other;
    const struct rule_program *program;
    struct rule_correlator *correlator; /* NULL: a correlation counts too far */
    struct rule_correlator *moved;      /* goes over to its own program again and again */
    struct arena *arena;
};

static void check_hits(const struct rule_correlator_hits *hits)
{
    for (size_t i = 0; i < hits->count; i++) {
        const struct rule_correlator_hit *hit = &hits->items[i];
        strict_must(hit->first_ms <= hit->last_ms);
        strict_must(hit->last_ms - hit->first_ms <= hit->correlation->timespan_ms);
        strict_must(rule_bounds_hold(hit->correlation, hit->number));
        for (size_t g = 0; g < hit->correlation->group_count; g++) {
            strict_must(hit->group[g].len <= MAX_INPUT);
        }
    }
}

static void check_same(const struct rule_correlator_hits *hits,
                       const struct rule_correlator_hits *moved)
{
    strict_must(hits->count == moved->count);
    for (size_t i = 0; i < hits->count; i++) {
        const struct rule_correlator_hit *one = &hits->items[i], *other = &moved->items[i];
        strict_must(one->correlation == other->correlation && one->identity == other->identity);
        strict_must(one->first_ms == other->first_ms && one->last_ms == other->last_ms);
        for (size_t g = 0; g < one->correlation->group_count; g++) {
            strict_must(str_equal(one->group[g], other->group[g]));
        }
    }
}

static void check_stats(const struct judging *in)
{
    struct rule_correlator_stats stats;
    rule_correlator_stats(in->correlator, &stats);
    strict_must(stats.groups <= limits.max_groups);
    strict_must(stats.events <= limits.max_groups * limits.max_events);
}

static void judge_event(struct judging *in, struct str line)
{
    struct err err = ERR_NONE;
    struct rule_judged judged, again;
    struct rule_correlator_hits hits, moved;
    long double seconds = 0;
    arena_reset(in->arena);
    const struct rule_json *event = rule_json_parse(in->arena, line, &err);
    if (event == NULL) {
        strict_must(err_is_set(&err));
        return;
    }
    const struct rule_json *time = rule_json_get(event, "t");
    struct rule_subject subject = {.look_up = rule_event_look_up, .context = event};
    rule_judge_run(in->judge, &subject, &judged);
    rule_judge_run(in->other, &subject, &again);
    strict_must(judged.count == again.count && judged.faults == again.faults);
    for (size_t i = 0; i < judged.count; i++) {
        strict_must(judged.rules[i] == again.rules[i]);
    }
    if (in->correlator == NULL || time == NULL || !rule_number_parse(time->text, &seconds)) {
        return;
    }
    seconds = seconds > -1 && seconds < 1e12L ? seconds : -1;
    const struct rule_json *name = rule_json_get(event, "id");
    struct rule_correlator_event matched = {.time_ms = (int64_t)(seconds * 1000),
                                            .identity = name != NULL ? name->text.len : 0,
                                            .rules = judged.rules,
                                            .rule_count = judged.count,
                                            .subject = &subject};
    rule_correlator_put(in->correlator, &matched, &hits);
    check_hits(&hits);
    check_stats(in);
    strict_must(rule_correlator_move(in->moved, in->program, &err));
    rule_correlator_put(in->moved, &matched, &moved);
    check_same(&hits, &moved);
}

static void judge_events(const struct rule_program *program, struct str events)
{
    struct err err = ERR_NONE;
    struct rule_correlator_hits hits;
    struct judging in = {.judge = rule_judge_new(program),
                         .other = rule_judge_new(program),
                         .program = program,
                         .correlator = rule_correlator_new(program, &limits, &err),
                         .moved = rule_correlator_new(program, &limits, &err),
                         .arena = arena_new(EVENT_BYTES)};
    struct rule_lines lines = {.text = events};
    struct str line;
    while (rule_next_line(&lines, &line) && lines.number < MAX_EVENTS) {
        judge_event(&in, line);
    }
    if (in.correlator != NULL) {
        rule_correlator_advance(in.correlator, INT64_MAX, &hits);
        check_hits(&hits);
        check_stats(&in);
    }
    rule_correlator_free(in.correlator);
    rule_correlator_free(in.moved);
    rule_judge_free(in.judge);
    rule_judge_free(in.other);
    arena_free(in.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char between[] = "\n=====\n";
    struct str input = {.at = (const char *)data, .len = size};
    struct err err = ERR_NONE;
    const char *cut =
        size > 0 && size <= MAX_INPUT ? memmem(data, size, between, sizeof between - 1) : NULL;
    if (cut == NULL) {
        return 0;
    }
    size_t end = (size_t)(cut - input.at);
    struct rule_language *language = rule_language_new_for_events();
    if (!rule_language_add(language, "fuzz.yml", str_part(input, 0, end + 1), &err)) {
        strict_must(err_is_set(&err));
    }
    const struct rule_program *program = rule_language_program(language);
    strict_must(program != NULL);
    judge_events(program, str_part(input, end + sizeof between - 1, size));
    rule_language_free(language);
    return 0;
}
