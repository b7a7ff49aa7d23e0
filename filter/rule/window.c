#include "filter/rule/window.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/mem.h"

/* How often a value stands in the window at hand; open addressing, the values are hashes. */
struct slot {
    uint64_t value;
    size_t count;
    bool is_used;
};

struct rule_windows {
    struct slot *slots;
    size_t slot_count, slot_room, distinct;
    size_t *rule_counts; /* per rule of the correlation */
    size_t rule_room, rules_seen;
    double *numbers;
    size_t number_room;
    size_t count; /* events of the window at hand */
    long double sum;
};

struct rule_windows *rule_windows_new(void)
{
    return mem_zero(1, sizeof(struct rule_windows));
}

void rule_windows_free(struct rule_windows *windows)
{
    if (windows == NULL) {
        return;
    }
    free(windows->slots);
    free(windows->rule_counts);
    free(windows->numbers);
    free(windows);
}

bool rule_correlation_is_rising(const struct rule_correlation *correlation)
{
    if (correlation->type == RULE_VALUE_AVG || correlation->type == RULE_VALUE_PERCENTILE) {
        return false;
    }
    for (size_t i = 0; i < correlation->bound_count; i++) {
        if (correlation->bounds[i].kind != RULE_BOUND_GT &&
            correlation->bounds[i].kind != RULE_BOUND_GTE) {
            return false;
        }
    }
    return true;
}

/* An empty window, for at most `count` entries. */
static void begin(struct rule_windows *windows, const struct rule_correlation *correlation,
                  size_t count)
{
    bool counts_values =
        correlation->type == RULE_VALUE_COUNT || correlation->type == RULE_VALUE_PERCENTILE;
    size_t slots = counts_values ? 16 : 0;
    while (slots < 2 * count && counts_values) {
        slots *= 2;
    }
    mem_grow(&windows->slots, &windows->slot_room, slots, sizeof *windows->slots);
    if (slots > 0) {
        memset(windows->slots, 0, slots * sizeof *windows->slots);
    }
    windows->slot_count = slots;
    mem_grow(&windows->rule_counts, &windows->rule_room, correlation->rule_count,
             sizeof *windows->rule_counts);
    memset(windows->rule_counts, 0, correlation->rule_count * sizeof *windows->rule_counts);
    windows->distinct = windows->rules_seen = windows->count = 0;
    windows->sum = 0;
}

static struct slot *slot_of(struct rule_windows *windows, uint64_t value)
{
    size_t at = value & (windows->slot_count - 1);
    while (windows->slots[at].is_used && windows->slots[at].value != value) {
        at = (at + 1) & (windows->slot_count - 1);
    }
    return &windows->slots[at];
}

static void add(struct rule_windows *windows, const struct rule_entry *entry)
{
    if (windows->slot_count > 0) {
        struct slot *slot = slot_of(windows, entry->value);
        slot->is_used = true;
        slot->value = entry->value;
        windows->distinct += slot->count++ == 0;
    }
    windows->rules_seen += windows->rule_counts[entry->rule]++ == 0;
    windows->sum += entry->number;
    windows->count++;
}

/* The slot stays, so that those behind it are still found. */
static void take_away(struct rule_windows *windows, const struct rule_entry *entry)
{
    if (windows->slot_count > 0) {
        windows->distinct -= --slot_of(windows, entry->value)->count == 0;
    }
    windows->rules_seen -= --windows->rule_counts[entry->rule] == 0;
    windows->sum -= entry->number;
    windows->count--;
}

/* How many of the rules, from the first on, have events one behind the other. */
static size_t in_order(const struct rule_correlation *correlation, const struct rule_entry *entries,
                       size_t count)
{
    size_t next = 0;
    uint64_t event = UINT64_MAX;
    for (size_t i = 0; i < count && next < correlation->rule_count; i++) {
        if (entries[i].rule == next && entries[i].event != event) {
            event = entries[i].event;
            next++;
        }
    }
    return next;
}

static int compare_numbers(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The nearest-rank percentile. */
static double percentile_of(struct rule_windows *windows,
                            const struct rule_correlation *correlation,
                            const struct rule_entry *entries, size_t count)
{
    mem_grow(&windows->numbers, &windows->number_room, count, sizeof *windows->numbers);
    for (size_t i = 0; i < count; i++) {
        windows->numbers[i] = entries[i].number;
    }
    qsort(windows->numbers, count, sizeof *windows->numbers, compare_numbers);
    size_t rank = (size_t)ceil(correlation->percentile / 100 * (double)count);
    return windows->numbers[rank > 0 ? rank - 1 : 0];
}

/* What the bounds are about, of the window at hand: these entries. */
static double number_of(struct rule_windows *windows, const struct rule_correlation *correlation,
                        const struct rule_entry *entries, size_t count)
{
    switch (correlation->type) {
    case RULE_EVENT_COUNT:
        return (double)windows->count;
    case RULE_VALUE_COUNT:
        return (double)windows->distinct;
    case RULE_TEMPORAL:
        return (double)windows->rules_seen;
    case RULE_TEMPORAL_ORDERED:
        return (double)in_order(correlation, entries, count);
    case RULE_VALUE_SUM:
        return (double)windows->sum;
    case RULE_VALUE_AVG:
        return (double)(windows->sum / (long double)count);
    case RULE_VALUE_PERCENTILE:
        return percentile_of(windows, correlation, entries, count);
    }
    return 0;
}

static bool holds(const struct rule_correlation *correlation, double number)
{
    bool is_temporal =
        correlation->type == RULE_TEMPORAL || correlation->type == RULE_TEMPORAL_ORDERED;
    return is_temporal && correlation->bound_count == 0 ? number >= (double)correlation->rule_count
                                                        : rule_bounds_hold(correlation, number);
}

bool rule_windows_find(struct rule_windows *windows, const struct rule_correlation *correlation,
                       const struct rule_entry *entries, size_t count, size_t at, int64_t after_ms,
                       struct rule_window *window)
{
    int64_t span = correlation->timespan_ms;
    size_t first = at, end;
    while (first > 0 && entries[at].time_ms - entries[first - 1].time_ms <= span &&
           entries[first - 1].time_ms > after_ms) {
        first--;
    }
    if (entries[at].time_ms <= after_ms) {
        return false;
    }
    begin(windows, correlation, count);
    for (end = first; first <= at; first++) {
        while (end < count && entries[end].time_ms - entries[first].time_ms <= span) {
            add(windows, &entries[end++]);
        }
        bool may_begin = correlation->type != RULE_TEMPORAL_ORDERED || entries[first].rule == 0;
        double number = number_of(windows, correlation, &entries[first], end - first);
        if (may_begin && holds(correlation, number)) {
            *window = (struct rule_window){.first = first, .last = end - 1, .number = number};
            return true;
        }
        if (end == count && correlation->type != RULE_TEMPORAL_ORDERED &&
            correlation->type != RULE_VALUE_SUM) {
            return false; /* further windows have a part of these entries, and so no more */
        }
        take_away(windows, &entries[first]);
    }
    return false;
}

/* Whether the share of any value, in percent, is as the bounds say. */
static bool judge_shares(struct rule_windows *windows, const struct rule_correlation *correlation,
                         const struct rule_entry *entries, size_t count, double *number)
{
    for (size_t i = 0; i < count; i++) {
        size_t same = slot_of(windows, entries[i].value)->count;
        *number = 100.0 * (double)same / (double)count;
        if (holds(correlation, *number)) {
            return true;
        }
    }
    return false;
}

bool rule_windows_judge(struct rule_windows *windows, const struct rule_correlation *correlation,
                        const struct rule_entry *entries, size_t count, struct rule_window *window)
{
    assert(count > 0);
    *window = (struct rule_window){.first = 0, .last = count - 1};
    begin(windows, correlation, count);
    for (size_t i = 0; i < count; i++) {
        add(windows, &entries[i]);
    }
    if (correlation->type == RULE_VALUE_PERCENTILE && correlation->percentile < 0) {
        return judge_shares(windows, correlation, entries, count, &window->number);
    }
    window->number = number_of(windows, correlation, entries, count);
    return holds(correlation, window->number);
}
