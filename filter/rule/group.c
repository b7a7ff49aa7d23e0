#include "filter/rule/group.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "filter/base/mem.h"
#include "filter/rule/correlation.h"

static const struct rule_correlation *of(const struct rule_groups *groups, uint32_t index)
{
    return groups->program->correlations[index];
}

static void free_group(struct rule_group *group)
{
    free((char *)group->key.at);
    free(group->values);
    free(group->entries);
    free(group);
}

void rule_groups_init(struct rule_groups *groups, const struct rule_program *program,
                      const struct rule_correlator_limits *limits)
{
    *groups = (struct rule_groups){
        .program = program, .limits = *limits, .slots = 1024, .newest_ms = RULE_LONG_AGO};
    groups->table = mem_zero(groups->slots, sizeof(struct rule_group *));
}

void rule_groups_fini(struct rule_groups *groups)
{
    for (struct rule_group *group = groups->newest, *older; group != NULL; group = older) {
        older = group->older;
        free_group(group);
    }
    free(groups->table);
}

static void unlink_age(struct rule_groups *groups, struct rule_group *group)
{
    if (group->newer != NULL) {
        group->newer->older = group->older;
    } else {
        groups->newest = group->older;
    }
    if (group->older != NULL) {
        group->older->newer = group->newer;
    } else {
        groups->oldest = group->newer;
    }
}

static void link_newest(struct rule_groups *groups, struct rule_group *group)
{
    group->newer = NULL;
    group->older = groups->newest;
    if (group->older != NULL) {
        group->older->newer = group;
    } else {
        groups->oldest = group;
    }
    groups->newest = group;
}

static struct rule_group **slot_of(struct rule_groups *groups, uint64_t hash)
{
    return &groups->table[hash & (groups->slots - 1)];
}

/* Frees what is in no list any more. */
static void forget(struct rule_groups *groups, struct rule_group *group)
{
    groups->stats.groups--;
    groups->stats.events -= group->count;
    groups->room -= group->room;
    free_group(group);
}

static void drop_group(struct rule_groups *groups, struct rule_group *group)
{
    struct rule_group **at = slot_of(groups, group->hash);
    while (*at != group) {
        at = &(*at)->next;
    }
    *at = group->next;
    unlink_age(groups, group);
    forget(groups, group);
}

/* Puts all groups where their hashes belong. */
static void fill_table(struct rule_groups *groups)
{
    memset(groups->table, 0, groups->slots * sizeof(struct rule_group *));
    for (struct rule_group *group = groups->newest; group != NULL; group = group->older) {
        struct rule_group **slot = slot_of(groups, group->hash);
        group->next = *slot;
        *slot = group;
    }
}

int64_t rule_groups_watermark(const struct rule_groups *groups)
{
    return groups->newest_ms < groups->limits.lateness_ms
               ? RULE_LONG_AGO
               : groups->newest_ms - groups->limits.lateness_ms;
}

/* Whether nothing of the group can still matter. */
static bool is_over(const struct rule_groups *groups, const struct rule_group *group)
{
    int64_t span = of(groups, group->correlation)->timespan_ms,
            mark = rule_groups_watermark(groups);
    return group->count == 0 ||
           (mark != RULE_LONG_AGO && mark - span > group->entries[group->count - 1].time_ms);
}

static void lose_group(struct rule_groups *groups, struct rule_group *group)
{
    groups->stats.lost_groups += !is_over(groups, group);
    drop_group(groups, group);
}

/* A group of these values, which are copied. */
static struct rule_group *add_group(struct rule_groups *groups, uint32_t index, uint64_t hash,
                                    const struct str *values, size_t count)
{
    struct rule_group *group = mem_zero(1, sizeof *group);
    size_t len = 0, at = 0;
    if (groups->stats.groups == groups->limits.max_groups) {
        lose_group(groups, groups->oldest);
    }
    if (groups->stats.groups >= groups->slots) {
        groups->slots *= 4;
        free(groups->table);
        groups->table = mem_zero(groups->slots, sizeof(struct rule_group *));
        fill_table(groups);
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
    group->quiet_ms = RULE_LONG_AGO;
    group->next = *slot_of(groups, hash);
    *slot_of(groups, hash) = group;
    link_newest(groups, group);
    groups->stats.groups++;
    return group;
}

uint64_t rule_groups_hash(uint32_t correlation, const struct str *values, size_t count)
{
    uint64_t hash = correlation;
    for (size_t i = 0; i < count; i++) {
        hash = XXH3_64bits_withSeed(values[i].len > 0 ? values[i].at : "", values[i].len,
                                    hash + values[i].len);
    }
    return hash;
}

struct rule_group *rule_groups_find(struct rule_groups *groups, uint32_t correlation,
                                    const struct str *values, size_t count)
{
    uint64_t hash = rule_groups_hash(correlation, values, count);
    for (struct rule_group *group = *slot_of(groups, hash); group != NULL; group = group->next) {
        bool is_same = group->hash == hash && group->correlation == correlation;
        for (size_t i = 0; is_same && i < count; i++) {
            is_same = str_equal(group->values[i], values[i]);
        }
        if (is_same) {
            unlink_age(groups, group);
            link_newest(groups, group);
            return group;
        }
    }
    return add_group(groups, correlation, hash, values, count);
}

void rule_groups_drop(struct rule_groups *groups, struct rule_group *group, size_t count)
{
    if (count > 0) {
        memmove(group->entries, group->entries + count,
                (group->count - count) * sizeof *group->entries);
        group->count -= count;
        groups->stats.events -= count;
    }
}

void rule_groups_prune(struct rule_groups *groups, struct rule_group *group)
{
    int64_t mark = rule_groups_watermark(groups);
    size_t old = 0;
    if (mark == RULE_LONG_AGO) {
        return;
    }
    mark -= of(groups, group->correlation)->timespan_ms;
    while (old < group->count && group->entries[old].time_ms < mark) {
        old++;
    }
    rule_groups_drop(groups, group, old);
}

/* Room for one more entry; groups that were quiet for longer go for it, never this one. */
static void grow(struct rule_groups *groups, struct rule_group *group)
{
    groups->room -= group->room;
    mem_grow(&group->entries, &group->room, group->count + 1, sizeof *group->entries);
    groups->room += group->room;
    for (struct rule_group *old = groups->oldest, *newer;
         groups->room > groups->limits.max_total && old != group; old = newer) {
        newer = old->newer;
        lose_group(groups, old);
    }
}

size_t rule_groups_insert(struct rule_groups *groups, struct rule_group *group,
                          const struct rule_entry *entry)
{
    size_t at;
    if (group->count >= groups->limits.max_events) {
        groups->stats.lost_events++;
        rule_groups_drop(groups, group, 1);
    }
    grow(groups, group);
    for (at = group->count; at > 0 && group->entries[at - 1].time_ms > entry->time_ms; at--) {
    }
    memmove(group->entries + at + 1, group->entries + at,
            (group->count - at) * sizeof *group->entries);
    group->entries[at] = *entry;
    group->count++;
    groups->stats.events++;
    return at;
}

/* The place in `program` of the same correlation, about the same rules; its count if it has none.
 */
static uint32_t find_same(const struct rule_program *program, const struct rule_correlation *one)
{
    uint32_t at = 0;
    while (
        at < program->correlation_count &&
        (!str_equal(program->correlations[at]->head->id, one->head->id) ||
         memcmp(&program->correlations[at]->identity, &one->identity, sizeof one->identity) != 0)) {
        at++;
    }
    return at;
}

void rule_groups_move(struct rule_groups *groups, const struct rule_program *program)
{
    size_t before = groups->program->correlation_count;
    uint32_t *places = mem_zero(before, sizeof *places);
    for (uint32_t i = 0; i < before; i++) {
        places[i] = find_same(program, of(groups, i));
    }
    struct rule_group *group = groups->oldest;
    groups->newest = groups->oldest = NULL;
    while (group != NULL) { /* all of them are taken out; those that stay are put back in */
        struct rule_group *newer = group->newer;
        uint32_t place = places[group->correlation];
        if (place < program->correlation_count) {
            group->hash =
                rule_groups_hash(place, group->values, of(groups, group->correlation)->group_count);
            group->correlation = place;
            link_newest(groups, group);
        } else {
            forget(groups, group);
        }
        group = newer;
    }
    groups->program = program;
    fill_table(groups);
    free(places);
}
