#include "filter/rule/correlate.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/rule/correlation.h"
#include "filter/rule/number.h"
#include "filter/rule/window.h"

enum { MOST_VALUES = 16 }; /* combinations of an event's values that are followed */

#define LONG_AGO INT64_MIN
#define LAST_MS (INT64_C(1) << 53) /* times are between 0 and this */

/* Events of one correlation that have the same values in the fields it groups by. */
struct group {
    uint32_t correlation;
    uint64_t hash;
    struct str key; /* the values, one behind the other; owned */
    struct str *values;
    struct rule_entry *entries; /* by time, then as they came */
    size_t count, room;
    int64_t quiet_ms;            /* windows that begin at or before it are over */
    struct group *next;          /* of its hash */
    struct group *newer, *older; /* by when it was last touched */
};

/* A firing that deeper correlations may be about. */
struct fired {
    uint32_t correlation;
    int64_t time_ms;
    struct str *values; /* owned, as is their text, which lies behind them */
};

struct rule_correlator {
    const struct rule_program *program;
    struct rule_correlator_limits limits;
    struct rule_windows *windows;
    uint32_t *order;      /* of the correlations, those that refer to rules alone first */
    struct group **table; /* by hash; a power of two */
    size_t slots;
    struct group *newest, *oldest;
    struct rule_correlator_stats stats;
    int64_t newest_ms;   /* time of the newest event */
    int64_t closing_ms;  /* before it, no window ends that waits for its end */
    uint64_t events;     /* so far */
    struct fired *fired; /* of this call */
    size_t fired_count, fired_room;
    struct rule_correlator_hit *hits;
    size_t hit_room;
    struct rule_facts facts;
    struct buf text;
};

static const struct rule_correlation *of(const struct rule_correlator *correlator, uint32_t index)
{
    return correlator->program->correlations[index];
}

/* How many events a group must hold before the correlation can be found. */
static double needs(const struct rule_correlation *correlation)
{
    double most = 0;
    bool counts = correlation->type == RULE_EVENT_COUNT || correlation->type == RULE_VALUE_COUNT;
    for (size_t i = 0; counts && i < correlation->bound_count; i++) {
        most = correlation->bounds[i].number > most ? correlation->bounds[i].number : most;
    }
    return most;
}

static void sort_by_depth(struct rule_correlator *correlator)
{
    size_t count = correlator->program->correlation_count, put = 0;
    for (unsigned depth = 0; put < count; depth++) {
        for (uint32_t i = 0; i < count; i++) {
            if (of(correlator, i)->depth == depth) {
                correlator->order[put++] = i;
            }
        }
    }
}

struct rule_correlator *rule_correlator_new(const struct rule_program *program,
                                            const struct rule_correlator_limits *limits,
                                            struct err *err)
{
    assert(limits->lateness_ms >= 0 && limits->max_groups > 0 && limits->max_events > 1);
    for (size_t i = 0; i < program->correlation_count; i++) {
        const struct rule_correlation *correlation = program->correlations[i];
        if (needs(correlation) >= (double)limits->max_events) {
            err_set_at(err, correlation->head->line, 1,
                       "a correlation that counts to %.0f; of a group at most %zu events are held",
                       needs(correlation), limits->max_events);
            err_in_file(err, correlation->head->file.at);
            return NULL;
        }
    }
    struct rule_correlator *correlator = mem_zero(1, sizeof *correlator);
    correlator->program = program;
    correlator->limits = *limits;
    correlator->windows = rule_windows_new();
    correlator->order = mem_zero(program->correlation_count, sizeof *correlator->order);
    correlator->slots = 1024;
    correlator->table = mem_zero(correlator->slots, sizeof(struct group *));
    correlator->newest_ms = LONG_AGO;
    correlator->closing_ms = INT64_MAX;
    sort_by_depth(correlator);
    return correlator;
}

static void free_group(struct group *group)
{
    free((char *)group->key.at);
    free(group->values);
    free(group->entries);
    free(group);
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
    for (struct group *group = correlator->newest, *older; group != NULL; group = older) {
        older = group->older;
        free_group(group);
    }
    forget_fired(correlator);
    rule_windows_free(correlator->windows);
    free(correlator->order);
    free(correlator->table);
    free(correlator->fired);
    free(correlator->hits);
    free(correlator->facts.items);
    buf_fini(&correlator->text);
    free(correlator);
}

/* --- groups --- */

static void unlink_age(struct rule_correlator *correlator, struct group *group)
{
    if (group->newer != NULL) {
        group->newer->older = group->older;
    } else {
        correlator->newest = group->older;
    }
    if (group->older != NULL) {
        group->older->newer = group->newer;
    } else {
        correlator->oldest = group->newer;
    }
}

static void link_newest(struct rule_correlator *correlator, struct group *group)
{
    group->newer = NULL;
    group->older = correlator->newest;
    if (group->older != NULL) {
        group->older->newer = group;
    } else {
        correlator->oldest = group;
    }
    correlator->newest = group;
}

static struct group **slot_of(struct rule_correlator *correlator, uint64_t hash)
{
    return &correlator->table[hash & (correlator->slots - 1)];
}

static void drop_group(struct rule_correlator *correlator, struct group *group)
{
    struct group **at = slot_of(correlator, group->hash);
    while (*at != group) {
        at = &(*at)->next;
    }
    *at = group->next;
    unlink_age(correlator, group);
    correlator->stats.groups--;
    correlator->stats.events -= group->count;
    free_group(group);
}

static void grow_table(struct rule_correlator *correlator)
{
    correlator->slots *= 4;
    free(correlator->table);
    correlator->table = mem_zero(correlator->slots, sizeof(struct group *));
    for (struct group *group = correlator->newest; group != NULL; group = group->older) {
        struct group **slot = slot_of(correlator, group->hash);
        group->next = *slot;
        *slot = group;
    }
}

/* The watermark: no event before it is taken any more. */
static int64_t watermark(const struct rule_correlator *correlator)
{
    return correlator->newest_ms < correlator->limits.lateness_ms
               ? LONG_AGO
               : correlator->newest_ms - correlator->limits.lateness_ms;
}

/* Whether nothing of the group can still matter. */
static bool is_over(const struct rule_correlator *correlator, const struct group *group)
{
    int64_t span = of(correlator, group->correlation)->timespan_ms, mark = watermark(correlator);
    return group->count == 0 ||
           (mark != LONG_AGO && mark - span > group->entries[group->count - 1].time_ms);
}

static void make_room(struct rule_correlator *correlator)
{
    if (correlator->stats.groups == correlator->limits.max_groups) {
        correlator->stats.lost_groups += !is_over(correlator, correlator->oldest);
        drop_group(correlator, correlator->oldest);
    }
}

/* A group of these values, which are copied. */
static struct group *add_group(struct rule_correlator *correlator, uint32_t index, uint64_t hash,
                               const struct str *values, size_t count)
{
    struct group *group = mem_zero(1, sizeof *group);
    size_t len = 0, at = 0;
    make_room(correlator);
    if (correlator->stats.groups >= correlator->slots) {
        grow_table(correlator);
    }
    for (size_t i = 0; i < count; i++) {
        len += values[i].len;
    }
    char *key = mem_alloc(len);
    group->values = mem_zero(count, sizeof *group->values);
    for (size_t i = 0; i < count; i++) {
        memcpy(key + at, values[i].len > 0 ? values[i].at : "", values[i].len);
        group->values[i] = (struct str){.at = key + at, .len = values[i].len};
        at += values[i].len;
    }
    group->key = (struct str){.at = key, .len = len};
    group->correlation = index;
    group->hash = hash;
    group->quiet_ms = LONG_AGO;
    group->next = *slot_of(correlator, hash);
    *slot_of(correlator, hash) = group;
    link_newest(correlator, group);
    correlator->stats.groups++;
    return group;
}

static uint64_t hash_values(uint32_t index, const struct str *values, size_t count)
{
    uint64_t hash = index;
    for (size_t i = 0; i < count; i++) {
        hash = XXH3_64bits_withSeed(values[i].len > 0 ? values[i].at : "", values[i].len,
                                    hash + values[i].len);
    }
    return hash;
}

static struct group *find_group(struct rule_correlator *correlator, uint32_t index,
                                const struct str *values, size_t count)
{
    uint64_t hash = hash_values(index, values, count);
    for (struct group *group = *slot_of(correlator, hash); group != NULL; group = group->next) {
        bool is_same = group->hash == hash && group->correlation == index;
        for (size_t i = 0; is_same && i < count; i++) {
            is_same = str_equal(group->values[i], values[i]);
        }
        if (is_same) {
            unlink_age(correlator, group);
            link_newest(correlator, group);
            return group;
        }
    }
    return add_group(correlator, index, hash, values, count);
}

/* Takes out the first `count` entries. */
static void drop_entries(struct rule_correlator *correlator, struct group *group, size_t count)
{
    if (count > 0) {
        memmove(group->entries, group->entries + count,
                (group->count - count) * sizeof *group->entries);
        group->count -= count;
        correlator->stats.events -= count;
    }
}

/* Entries that no window which may still change has in it. */
static void prune(struct rule_correlator *correlator, struct group *group)
{
    int64_t mark = watermark(correlator);
    size_t old = 0;
    if (mark == LONG_AGO) {
        return;
    }
    mark -= of(correlator, group->correlation)->timespan_ms;
    while (old < group->count && group->entries[old].time_ms < mark) {
        old++;
    }
    drop_entries(correlator, group, old);
}

/* Puts the entry in its place and returns where. */
static size_t insert(struct rule_correlator *correlator, struct group *group,
                     const struct rule_entry *entry)
{
    size_t at;
    if (group->count >= correlator->limits.max_events) {
        correlator->stats.lost_events++;
        drop_entries(correlator, group, 1);
    }
    mem_grow(&group->entries, &group->room, group->count + 1, sizeof *group->entries);
    for (at = group->count; at > 0 && group->entries[at - 1].time_ms > entry->time_ms; at--) {
    }
    memmove(group->entries + at + 1, group->entries + at,
            (group->count - at) * sizeof *group->entries);
    group->entries[at] = *entry;
    group->count++;
    correlator->stats.events++;
    return at;
}

/* --- what was found --- */

static void fire(struct rule_correlator *correlator, const struct group *group,
                 const struct rule_window *window)
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
                                     .group = values};
    correlator->fired[correlator->fired_count++] =
        (struct fired){.correlation = group->correlation, .time_ms = last_ms, .values = values};
}

static void put_entry(struct rule_correlator *correlator, struct group *group,
                      const struct rule_entry *entry)
{
    const struct rule_correlation *correlation = of(correlator, group->correlation);
    struct rule_window window;
    bool is_rising = rule_correlation_is_rising(correlation);
    prune(correlator, group);
    if (correlation->type == RULE_EVENT_COUNT) { /* once, whichever of the rules it matches */
        for (size_t i = group->count; i > 0 && group->entries[i - 1].time_ms >= entry->time_ms;
             i--) {
            if (group->entries[i - 1].event == entry->event) {
                return;
            }
        }
    }
    size_t at = insert(correlator, group, entry);
    if (!is_rising) {
        int64_t end = group->entries[0].time_ms + correlation->timespan_ms;
        correlator->closing_ms = end < correlator->closing_ms ? end : correlator->closing_ms;
    } else if (rule_windows_find(correlator->windows, correlation, group->entries, group->count, at,
                                 group->quiet_ms, &window)) {
        fire(correlator, group, &window);
        group->quiet_ms = group->entries[window.first].time_ms + correlation->timespan_ms;
    }
}

/* Decides all windows of the group that are over. */
static void close_windows(struct rule_correlator *correlator, struct group *group)
{
    const struct rule_correlation *correlation = of(correlator, group->correlation);
    int64_t mark = watermark(correlator);
    while (group->count > 0 && mark != LONG_AGO &&
           group->entries[0].time_ms + correlation->timespan_ms < mark) {
        int64_t end = group->entries[0].time_ms + correlation->timespan_ms;
        struct rule_window window;
        size_t inside = 1;
        while (inside < group->count && group->entries[inside].time_ms <= end) {
            inside++;
        }
        if (rule_windows_judge(correlator->windows, correlation, group->entries, inside, &window)) {
            fire(correlator, group, &window);
        }
        drop_entries(correlator, group, inside);
    }
    if (group->count > 0) {
        int64_t end = group->entries[0].time_ms + correlation->timespan_ms;
        correlator->closing_ms = end < correlator->closing_ms ? end : correlator->closing_ms;
    }
}

static void close_all(struct rule_correlator *correlator)
{
    int64_t mark = watermark(correlator);
    if (mark == LONG_AGO || correlator->closing_ms >= mark) {
        return;
    }
    correlator->closing_ms = INT64_MAX;
    for (struct group *group = correlator->newest; group != NULL; group = group->older) {
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
    struct str rule;       /* id of what matched */
    struct str names[2];   /* under which aliases know it */
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

static void put_values(struct rule_correlator *correlator, struct group *group,
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
        entry->value = hash_values(0, values->values[v], correlation->field_count);
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
    struct rule_entry entry = {.time_ms = time_ms, .event = correlator->events, .rule = rule};
    combine(correlator, correlation, source, correlation->group_by, correlation->group_count,
            &groups);
    if (groups.count == 0) {
        return;
    }
    combine(correlator, correlation, source, correlation->fields, correlation->field_count,
            &values);
    for (size_t g = 0; g < groups.count && values.count > 0; g++) {
        struct group *group =
            find_group(correlator, index, groups.values[g], correlation->group_count);
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
                                .rule = inner->head->id,
                                .names = {inner->head->id, inner->head->name}};
        correlator->events++;
        put_source(correlator, index, rule, &source, fired.time_ms);
    }
}

/* Offers an event (NULL: only what was fired) to all correlations. */
static void spread(struct rule_correlator *correlator, const struct rule_correlator_event *event)
{
    for (size_t i = 0; i < correlator->program->correlation_count; i++) {
        uint32_t index = correlator->order[i];
        const struct rule_correlation *correlation = of(correlator, index);
        for (uint32_t r = 0; r < correlation->rule_count; r++) {
            const struct rule_correlated *one = &correlation->rules[r];
            if (one->correlation != NULL) {
                put_fired(correlator, index, r, one->correlation);
            } else if (event != NULL && is_match(event, one->rule)) {
                struct source source = {.subject = event->subject,
                                        .of = one->rule,
                                        .rule = one->rule->id,
                                        .names = {one->rule->id, one->rule->name}};
                put_source(correlator, index, r, &source, event->time_ms);
            }
        }
    }
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
    int64_t mark = watermark(correlator);
    if (event->time_ms < 0 || event->time_ms > LAST_MS ||
        (mark != LONG_AGO && event->time_ms < mark)) {
        correlator->stats.late++;
        return;
    }
    if (event->time_ms > correlator->newest_ms) {
        correlator->newest_ms = event->time_ms;
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
    int64_t newest = time_ms > LAST_MS ? LAST_MS : time_ms;
    newest += correlator->limits.lateness_ms < LAST_MS ? correlator->limits.lateness_ms : LAST_MS;
    if (newest > correlator->newest_ms) {
        correlator->newest_ms = newest;
        close_all(correlator);
        spread(correlator, NULL);
    }
    give(correlator, hits);
}

void rule_correlator_stats(const struct rule_correlator *correlator,
                           struct rule_correlator_stats *stats)
{
    *stats = correlator->stats;
}
