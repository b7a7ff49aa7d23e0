#include "filter/blocklist/list.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/hands.h"
#include "filter/base/mem.h"
#include "filter/blocklist/name.h"

#define MOST_BYTES ((size_t)1 << 30) /* of text: a million entries and their reasons */

struct blocklist_list {
    const struct blocklist_guard *guard;
    struct hash season;
    bool is_demo;
    int64_t now_ms;
    struct arena *arena;
    struct blocklist_item *items;
    size_t count, room;
};

struct blocklist_list *blocklist_list_new(const struct blocklist_guard *guard,
                                          const struct hash *season, int64_t now_ms)
{
    struct blocklist_list *list = mem_zero(1, sizeof *list);
    list->guard = guard;
    list->is_demo = season == NULL;
    if (season != NULL) {
        list->season = *season;
    }
    list->now_ms = now_ms;
    list->arena = arena_new(MOST_BYTES);
    return list;
}

void blocklist_list_free(struct blocklist_list *list)
{
    if (list == NULL) {
        return;
    }
    arena_free(list->arena);
    free(list->items);
    free(list);
}

static bool is_of_season(const struct blocklist_list *list, const struct hash *season)
{
    if (list->is_demo || season == NULL) {
        return list->is_demo && season == NULL;
    }
    return memcmp(list->season.bytes, season->bytes, sizeof season->bytes) == 0;
}

static bool is_in_force(const struct blocklist_list *list, const struct blocklist_draft *parts,
                        struct err *err)
{
    char text[CLOCK_TEXT];
    if (list->now_ms < parts->start_ms) {
        return err_set(err, "starts at %s only", clock_format(parts->start_ms, text));
    }
    if (list->now_ms >= parts->end_ms) {
        return err_set(err, "ended at %s", clock_format(parts->end_ms, text));
    }
    return is_of_season(list, parts->season) || err_set(err, "is of another season");
}

/* Any thread: nothing of the list changes. */
static bool may_add(const struct blocklist_list *list, const struct blocklist_entry *entry,
                    struct err *err)
{
    return is_in_force(list, blocklist_entry_parts(entry), err) &&
           blocklist_guard_check(list->guard, entry, err) &&
           blocklist_guard_check_doubt(list->guard, entry, err);
}

static bool append(struct blocklist_list *list, const struct blocklist_entry *entry,
                   struct err *err)
{
    const struct blocklist_draft *parts = blocklist_entry_parts(entry);
    struct str host = blocklist_entry_host(entry);
    char *text = arena_alloc(list->arena, parts->target.len + parts->reason.len);
    if (text == NULL) {
        return err_set(err, "is one too many: a list holds 1 GiB of text");
    }
    memcpy(text, parts->target.at, parts->target.len);
    memcpy(text + parts->target.len, parts->reason.at, parts->reason.len);
    mem_grow(&list->items, &list->room, list->count + 1, sizeof *list->items);
    list->items[list->count++] = (struct blocklist_item){
        .scope = parts->scope,
        .target = {.at = text, .len = parts->target.len},
        .host = {.at = text + (host.at - parts->target.at), .len = host.len},
        .reason = {.at = text + parts->target.len, .len = parts->reason.len},
        .harvest = parts->harvest,
        .case_id = parts->case_id,
        .start_ms = parts->start_ms,
        .end_ms = parts->end_ms,
        .id = blocklist_entry_id(entry),
    };
    return true;
}

bool blocklist_list_add(struct blocklist_list *list, const struct blocklist_entry *entry,
                        struct err *err)
{
    return may_add(list, entry, err) && append(list, entry, err);
}

struct asking {
    const struct blocklist_list *list;
    const struct blocklist_entry *const *entries;
    struct err *why;
};

static void ask(void *context, size_t index)
{
    const struct asking *all = context;
    if (all->entries[index] != NULL) {
        (void)!may_add(all->list, all->entries[index], &all->why[index]);
    }
}

void blocklist_list_add_all(struct blocklist_list *list,
                            const struct blocklist_entry *const *entries, size_t count,
                            struct err *why)
{
    enum { CHUNK = 64 };
    struct asking all = {.list = list, .entries = entries, .why = why};
    hands_run(ask, &all, count, CHUNK);
    for (size_t i = 0; i < count; i++) {
        if (entries[i] != NULL && !err_is_set(&why[i])) {
            (void)!append(list, entries[i], &why[i]);
        }
    }
}

/*
 * An item's place with eight bytes of its host, read backwards: 16 bytes to move about instead of
 * 120. They are sorted by radix; where eight bytes are not enough, the next eight, and so on. A
 * million names take a tenth of what comparing them takes.
 */
struct ranked {
    uint64_t key;
    uint32_t index;
};

enum { FEW = 48, KEY_BYTES = 8 };

/* Eight bytes from the end, `skip` of them left out; a dot counts as nothing, as in name.c. */
static uint64_t rank(struct str host, size_t skip)
{
    uint64_t key = 0;
    for (size_t i = skip; i < skip + KEY_BYTES; i++) {
        unsigned char c = i < host.len ? (unsigned char)host.at[host.len - 1 - i] : 0;
        key = key << 8 | (c == '.' ? 0 : c);
    }
    return key;
}

static int compare_items(const struct blocklist_item *one, const struct blocklist_item *two)
{
    int order = blocklist_name_compare(one->host, two->host);
    if (order != 0) {
        return order;
    }
    if (one->scope != two->scope) { /* the widest first */
        return one->scope > two->scope ? -1 : 1;
    }
    order = str_compare(one->target, two->target);
    /* The same target of two cases: in a fixed order, so that a list depends on the log alone. */
    return order != 0 ? order : memcmp(one->id.bytes, two->id.bytes, sizeof one->id.bytes);
}

static int compare_ranked(const void *a, const void *b, void *items)
{
    const struct ranked *left = a, *right = b;
    const struct blocklist_item *all = items;
    return compare_items(&all[left->index], &all[right->index]);
}

/* By key, least byte first; a byte that is the same in all costs one count. */
static void sort_by_key(struct ranked *all, struct ranked *spare, size_t count)
{
    struct ranked *from = all, *to = spare;
    for (unsigned shift = 0; shift < 64; shift += 8) {
        size_t starts[257] = {0};
        for (size_t i = 0; i < count; i++) {
            starts[(from[i].key >> shift & 0xff) + 1]++;
        }
        if (starts[(from[0].key >> shift & 0xff) + 1] == count) {
            continue;
        }
        for (unsigned byte = 0; byte < 256; byte++) {
            starts[byte + 1] += starts[byte];
        }
        for (size_t i = 0; i < count; i++) {
            to[starts[from[i].key >> shift & 0xff]++] = from[i];
        }
        struct ranked *swap = from;
        from = to;
        to = swap;
    }
    if (from != all) {
        memcpy(all, from, count * sizeof *all);
    }
}

/* Items whose hosts are alike in their last `skip` bytes. A name ends within 253 of them. */
static void sort_ranked(struct blocklist_item *items, struct ranked *all, struct ranked *spare,
                        size_t count, size_t skip)
{
    if (count <= FEW || skip > BLOCKLIST_NAME_BYTES) {
        qsort_r(all, count, sizeof *all, compare_ranked, items);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        all[i].key = rank(items[all[i].index].host, skip);
    }
    sort_by_key(all, spare, count);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && all[to].key == all[from].key;) {
            to++;
        }
        if (to - from > 1) {
            sort_ranked(items, all + from, spare, to - from, skip + KEY_BYTES);
        }
    }
}

/* Puts every item where the ranking says, round by round, without a second copy of them all. */
static void arrange(struct blocklist_item *items, struct ranked *all, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        struct blocklist_item first = items[i];
        while (all[at].index != i) {
            size_t next = all[at].index;
            items[at] = items[next];
            all[at].index = (uint32_t)at;
            at = next;
        }
        items[at] = first;
        all[at].index = (uint32_t)at;
    }
}

static void sort(struct blocklist_list *list)
{
    assert(list->count < UINT32_MAX);
    struct ranked *all = mem_alloc(2 * list->count * sizeof *all);
    for (size_t i = 0; i < list->count; i++) {
        all[i].index = (uint32_t)i;
    }
    sort_ranked(list->items, all, all + list->count, list->count, 0);
    arrange(list->items, all, list->count);
    free(all);
}

const struct blocklist_item *blocklist_list_sort(struct blocklist_list *list, size_t *count)
{
    const struct blocklist_item *domain = NULL, *before = NULL;
    *count = list->count;
    if (list->count == 0) {
        return NULL;
    }
    sort(list);
    for (size_t i = 0; i < list->count; i++) {
        struct blocklist_item *item = &list->items[i];
        bool is_name = item->scope == BLOCKLIST_HOST || item->scope == BLOCKLIST_DOMAIN;
        bool is_same = before != NULL && before->scope == item->scope &&
                       str_equal(before->target, item->target);
        bool is_below =
            is_name && domain != NULL && blocklist_name_covers(domain->host, item->host);
        item->is_twin = is_same;
        item->is_covered = is_same || is_below;
        if (item->scope == BLOCKLIST_DOMAIN && !item->is_covered) {
            domain = item;
        }
        before = item;
    }
    return list->items;
}

int64_t blocklist_list_valid_until(const struct blocklist_list *list, int64_t most_ms)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].end_ms < most_ms) {
            most_ms = list->items[i].end_ms;
        }
    }
    return most_ms;
}
