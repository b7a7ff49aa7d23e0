#include "filter/rule/correlate.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/rule/correlation.h"
#include "filter/rule/group.h"
#include "filter/rule/number.h"
#include "filter/rule/window.h"

enum { MOST_VALUES = 16 }; /* combinations of an event's values that are followed */

/* A firing that deeper correlations may be about. */
struct fired {
    uint32_t correlation;
    int64_t time_ms;
    uint64_t identity;
    struct str *values; /* owned, as is their text, which lies behind them */
};

struct rule_correlator {
    struct rule_groups groups;
    struct rule_windows *windows;
    uint32_t *order;     /* of the correlations, those that refer to rules alone first */
    int64_t closing_ms;  /* before it, no window ends that waits for its end */
    uint64_t events;     /* so far */
    struct fired *fired; /* of this call */
    size_t fired_count, fired_room;
    struct rule_correlator_hit *hits;
    size_t hit_room;
    struct rule_facts facts;
};

static const struct rule_correlation *of(const struct rule_correlator *correlator, uint32_t index)
{
    return correlator->groups.program->correlations[index];
}

static void sort_by_depth(struct rule_correlator *correlator)
{
    size_t count = correlator->groups.program->correlation_count, put = 0;
    free(correlator->order);
    correlator->order = mem_zero(count, sizeof *correlator->order);
    for (unsigned depth = 0; put < count; depth++) {
        for (uint32_t i = 0; i < count; i++) {
            if (of(correlator, i)->depth == depth) {
                correlator->order[put++] = i;
            }
        }
    }
}

static bool fits(const struct rule_program *program, const struct rule_correlator_limits *limits,
                 struct err *err)
{
    for (size_t i = 0; i < program->correlation_count; i++) {
        const struct rule_correlation *correlation = program->correlations[i];
        double needs = rule_correlation_needs(correlation);
        if (needs >= (double)limits->max_events) {
            err_set_at(err, correlation->head->line, 1,
                       "a correlation that counts to %.0f; of a group at most %zu events are held",
                       needs, limits->max_events);
            return err_in_file(err, correlation->head->file.at);
        }
    }
    return true;
}

struct rule_correlator *rule_correlator_new(const struct rule_program *program,
                                            const struct rule_correlator_limits *limits,
                                            struct err *err)
{
    assert(limits->lateness_ms >= 0 && limits->max_groups > 0 && limits->max_events > 1 &&
           limits->max_total >= limits->max_events);
    if (!fits(program, limits, err)) {
        return NULL;
    }
    struct rule_correlator *correlator = mem_zero(1, sizeof *correlator);
    rule_groups_init(&correlator->groups, program, limits);
    correlator->windows = rule_windows_new();
    correlator->closing_ms = INT64_MAX;
    sort_by_depth(correlator);
    return correlator;
}

static void forget_fired(struct rule_correlator *correlator)
{
    for (size_t i = 0; i < correlator->fired_count; i++) {
        free(correlator->fired[i].values);
    }
    correlator->fired_count = 0;
}

void rule_correlator_free(struct rule_correlator *correlator)
{
    if (correlator == NULL) {
        return;
    }
    forget_fired(correlator);
    rule_groups_fini(&correlator->groups);
    rule_windows_free(correlator->windows);
    free(correlator->order);
    free(correlator->fired);
    free(correlator->hits);
    free(correlator->facts.items);
    free(correlator);
}

/* --- what was found --- */

static void fire(struct rule_correlator *correlator, const struct rule_group *group,
                 const struct rule_window *window, uint64_t identity)
{
    size_t count = of(correlator, group->correlation)->group_count;
    struct str *values = mem_alloc(count * sizeof *values + group->key.len);
    char *text = (char *)(values + count);
    if (group->key.len > 0) {
        memcpy(text, group->key.at, group->key.len);
    }
    for (size_t i = 0; i < count; i++) {
        values[i] = (struct str){.at = text + (group->values[i].at - group->key.at),
                                 .len = group->values[i].len};
    }
    mem_grow(&correlator->fired, &correlator->fired_room, correlator->fired_count + 1,
             sizeof *correlator->fired);
    mem_grow(&correlator->hits, &correlator->hit_room, correlator->fired_count + 1,
             sizeof *correlator->hits);
    int64_t last_ms = group->entries[window->last].time_ms;
    correlator->hits[correlator->fired_count] =
        (struct rule_correlator_hit){.correlation = of(correlator, group->correlation),
                                     .first_ms = group->entries[window->first].time_ms,
                                     .last_ms = last_ms,
                                     .number = window->number,
                                     .identity = identity,
                                     .group = values};
    correlator->fired[correlator->fired_count++] = (struct fired){.correlation = group->correlation,
                                                                  .time_ms = last_ms,
                                                                  .identity = identity,
                                                                  .values = values};
}

/*
 * Whether the group has the event already: a count of events counts one once, whichever of the
 * rules it matches; and one that was read again is no other one.
 */
static bool is_known(const struct rule_correlation *correlation, const struct rule_group *group,
                     const struct rule_entry *entry)
{
    for (size_t i = group->count; i > 0; i--) {
        const struct rule_entry *one = &group->entries[i - 1];
        bool is_same = one->event == entry->event ||
                       (entry->identity != 0 && one->identity == entry->identity);
        if (is_same && (correlation->type == RULE_EVENT_COUNT ||
                        (one->rule == entry->rule && one->value == entry->value))) {
            return true;
        }
    }
    return false;
}

static void put_entry(struct rule_correlator *correlator, struct rule_group *group,
                      const struct rule_entry *entry)
{
    const struct rule_correlation *correlation = of(correlator, group->correlation);
    struct rule_window window;
    bool is_rising = rule_correlation_is_rising(correlation);
    rule_groups_prune(&correlator->groups, group);
    if (is_known(correlation, group, entry)) {
        return;
    }
    size_t at = rule_groups_insert(&correlator->groups, group, entry);
    if (!is_rising) {
        int64_t end = group->entries[0].time_ms + correlation->timespan_ms;
        correlator->closing_ms = end < correlator->closing_ms ? end : correlator->closing_ms;
    } else if (rule_windows_find(correlator->windows, correlation, group->entries, group->count, at,
                                 group->quiet_ms, &window)) {
        fire(correlator, group, &window, entry->identity);
        group->quiet_ms = group->entries[window.first].time_ms + correlation->timespan_ms;
    }
}

/* Decides all windows of the group that are over. */
static void close_windows(struct rule_correlator *correlator, struct rule_group *group)
{
    const struct rule_correlation *correlation = of(correlator, group->correlation);
    int64_t mark = rule_groups_watermark(&correlator->groups);
    while (group->count > 0 && mark != RULE_LONG_AGO &&
           group->entries[0].time_ms + correlation->timespan_ms < mark) {
        int64_t end = group->entries[0].time_ms + correlation->timespan_ms;
        struct rule_window window;
        size_t inside = 1;
        while (inside < group->count && group->entries[inside].time_ms <= end) {
            inside++;
        }
        if (rule_windows_judge(correlator->windows, correlation, group->entries, inside, &window)) {
            fire(correlator, group, &window, group->entries[window.last].identity);
        }
        rule_groups_drop(&correlator->groups, group, inside);
    }
    if (group->count > 0) {
        int64_t end = group->entries[0].time_ms + correlation->timespan_ms;
        correlator->closing_ms = end < correlator->closing_ms ? end : correlator->closing_ms;
    }
}

static void close_all(struct rule_correlator *correlator)
{
    int64_t mark = rule_groups_watermark(&correlator->groups);
    if (mark == RULE_LONG_AGO || correlator->closing_ms >= mark) {
        return;
    }
    correlator->closing_ms = INT64_MAX;
    for (struct rule_group *group = correlator->groups.newest; group != NULL;
         group = group->older) {
        if (!rule_correlation_is_rising(of(correlator, group->correlation))) {
            close_windows(correlator, group);
        }
    }
}

/* --- events --- */

/* What an event, or a firing, is to a correlation. */
struct source {
    const struct rule_subject *subject; /* NULL: a firing */
    const struct fired *fired;
    const struct rule *of; /* NULL: a firing */
    uint64_t identity;
    struct str rule;     /* id of what matched */
    struct str names[2]; /* under which aliases know it */
};

/* The field of the events of this source that `field` stands for. */
static struct str unalias(const struct rule_correlation *correlation, const struct source *source,
                          struct str field)
{
    for (size_t i = 0; i < correlation->alias_count; i++) {
        const struct rule_alias *alias = &correlation->aliases[i];
        if (str_equal(alias->alias, field) && (str_equal(alias->rule, source->names[0]) ||
                                               str_equal(alias->rule, source->names[1]))) {
            return alias->field;
        }
    }
    return field;
}

/* Puts the values of a field into correlator->facts. */
static void look_up(struct rule_correlator *correlator, const struct source *source,
                    struct str field)
{
    struct rule_facts *facts = &correlator->facts;
    facts->count = 0;
    facts->is_present = facts->is_full = false;
    if (str_is(field, "rule")) {
        rule_facts_put(facts, (struct rule_fact){.text = source->rule});
    } else if (str_is(field, "claim") && source->of != NULL && source->of->evidence_count > 0) {
        for (size_t i = 0; i < source->of->evidence_count; i++) {
            if (source->of->evidence[i].claim.len > 0) {
                rule_facts_put(facts, (struct rule_fact){.text = source->of->evidence[i].claim});
            }
        }
    } else if (source->subject != NULL) {
        source->subject->look_up(source->subject->context, field, facts);
    } else {
        const struct rule_correlation *inner = of(correlator, source->fired->correlation);
        for (size_t i = 0; i < inner->group_count; i++) {
            if (str_equal(inner->group_by[i], field)) {
                rule_facts_put(facts, (struct rule_fact){.text = source->fired->values[i]});
            }
        }
    }
}

/* Every combination of the values of some fields; of too many, the first. */
struct combinations {
    struct str values[MOST_VALUES][MOST_VALUES];
    size_t count;
};

static void combine(struct rule_correlator *correlator, const struct rule_correlation *correlation,
                    const struct source *source, const struct str *fields, size_t count,
                    struct combinations *out)
{
    out->count = 1;
    for (size_t f = 0; f < count && out->count > 0; f++) {
        size_t before = out->count;
        look_up(correlator, source, unalias(correlation, source, fields[f]));
        size_t kept = 0;
        struct str seen[MOST_VALUES];
        for (size_t v = 0; v < correlator->facts.count && kept < MOST_VALUES; v++) {
            bool is_new = true;
            for (size_t i = 0; is_new && i < kept; i++) {
                is_new = !str_equal(seen[i], correlator->facts.items[v].text);
            }
            if (is_new) {
                seen[kept++] = correlator->facts.items[v].text;
            }
        }
        struct str old[MOST_VALUES][MOST_VALUES];
        memcpy(old, out->values, before * sizeof *old);
        out->count = 0;
        for (size_t i = 0; i < before; i++) {
            for (size_t v = 0; v < kept && out->count < MOST_VALUES; v++) {
                memcpy(out->values[out->count], old[i], f * sizeof(struct str));
                out->values[out->count++][f] = seen[v];
            }
        }
    }
}

static void put_values(struct rule_correlator *correlator, struct rule_group *group,
                       const struct combinations *values, struct rule_entry *entry)
{
    const struct rule_correlation *correlation = of(correlator, group->correlation);
    for (size_t v = 0; v < values->count; v++) {
        long double number = 0;
        bool is_number =
            correlation->field_count == 1 && rule_number_parse(values->values[v][0], &number);
        bool must = correlation->type == RULE_VALUE_SUM || correlation->type == RULE_VALUE_AVG ||
                    correlation->percentile >= 0;
        if (must && !is_number) {
            continue;
        }
        entry->value = rule_groups_hash(0, values->values[v], correlation->field_count);
        entry->number = (double)number;
        put_entry(correlator, group, entry);
    }
}

/* What `source` is to the rule `rule` of a correlation. */
static void put_source(struct rule_correlator *correlator, uint32_t index, uint32_t rule,
                       const struct source *source, int64_t time_ms)
{
    const struct rule_correlation *correlation = of(correlator, index);
    struct combinations groups = {.count = 0}, values = {.count = 0};
    struct rule_entry entry = {.time_ms = time_ms,
                               .event = correlator->events,
                               .identity = source->identity,
                               .rule = rule};
    combine(correlator, correlation, source, correlation->group_by, correlation->group_count,
            &groups);
    if (groups.count == 0) {
        return;
    }
    combine(correlator, correlation, source, correlation->fields, correlation->field_count,
            &values);
    for (size_t g = 0; g < groups.count && values.count > 0; g++) {
        struct rule_group *group = rule_groups_find(&correlator->groups, index, groups.values[g],
                                                    correlation->group_count);
        put_values(correlator, group, &values, &entry);
    }
}

static bool is_match(const struct rule_correlator_event *event, const struct rule *rule)
{
    for (size_t i = 0; i < event->rule_count; i++) {
        if (event->rules[i] == rule) {
            return true;
        }
    }
    return false;
}

/* All that this call has fired of one correlation, as events of another one. */
static void put_fired(struct rule_correlator *correlator, uint32_t index, uint32_t rule,
                      const struct rule_correlation *inner)
{
    for (size_t i = 0; i < correlator->fired_count; i++) {
        if (of(correlator, correlator->fired[i].correlation) != inner) {
            continue;
        }
        struct fired fired = correlator->fired[i]; /* the array may move */
        struct source source = {.fired = &fired,
                                .identity = fired.identity,
                                .rule = inner->head->id,
                                .names = {inner->head->id, inner->head->name}};
        correlator->events++;
        put_source(correlator, index, rule, &source, fired.time_ms);
    }
}

/* Offers an event (NULL: only what was fired) to all correlations. */
static void spread(struct rule_correlator *correlator, const struct rule_correlator_event *event)
{
    for (size_t i = 0; i < correlator->groups.program->correlation_count; i++) {
        uint32_t index = correlator->order[i];
        const struct rule_correlation *correlation = of(correlator, index);
        for (uint32_t r = 0; r < correlation->rule_count; r++) {
            const struct rule_correlated *one = &correlation->rules[r];
            if (one->correlation != NULL) {
                put_fired(correlator, index, r, one->correlation);
            } else if (event != NULL && is_match(event, one->rule)) {
                struct source source = {.subject = event->subject,
                                        .of = one->rule,
                                        .identity = event->identity,
                                        .rule = one->rule->id,
                                        .names = {one->rule->id, one->rule->name}};
                put_source(correlator, index, r, &source, event->time_ms);
            }
        }
    }
}

bool rule_correlator_move(struct rule_correlator *correlator, const struct rule_program *program,
                          struct err *err)
{
    if (!fits(program, &correlator->groups.limits, err)) {
        return false;
    }
    forget_fired(correlator);
    rule_groups_move(&correlator->groups, program);
    sort_by_depth(correlator);
    correlator->closing_ms = RULE_LONG_AGO; /* not known any more: looked for at the next event */
    return true;
}

static void give(struct rule_correlator *correlator, struct rule_correlator_hits *hits)
{
    *hits =
        (struct rule_correlator_hits){.items = correlator->hits, .count = correlator->fired_count};
}

void rule_correlator_put(struct rule_correlator *correlator,
                         const struct rule_correlator_event *event,
                         struct rule_correlator_hits *hits)
{
    forget_fired(correlator);
    give(correlator, hits);
    int64_t mark = rule_groups_watermark(&correlator->groups);
    if (event->time_ms < 0 || event->time_ms > RULE_LAST_MS ||
        (mark != RULE_LONG_AGO && event->time_ms < mark)) {
        correlator->groups.stats.late++;
        return;
    }
    if (event->time_ms > correlator->groups.newest_ms) {
        correlator->groups.newest_ms = event->time_ms;
        close_all(correlator);
    }
    correlator->events++;
    spread(correlator, event);
    give(correlator, hits);
}

void rule_correlator_advance(struct rule_correlator *correlator, int64_t time_ms,
                             struct rule_correlator_hits *hits)
{
    forget_fired(correlator);
    int64_t newest = time_ms > RULE_LAST_MS ? RULE_LAST_MS : time_ms;
    newest += correlator->groups.limits.lateness_ms < RULE_LAST_MS
                  ? correlator->groups.limits.lateness_ms
                  : RULE_LAST_MS;
    if (newest > correlator->groups.newest_ms) {
        correlator->groups.newest_ms = newest;
        close_all(correlator);
        spread(correlator, NULL);
    }
    give(correlator, hits);
}

void rule_correlator_stats(const struct rule_correlator *correlator,
                           struct rule_correlator_stats *stats)
{
    *stats = correlator->groups.stats;
}
