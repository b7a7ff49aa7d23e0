#include "filter/blocklist/list.h"

#include <stdlib.h>
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
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

bool blocklist_list_add(struct blocklist_list *list, const struct blocklist_entry *entry,
                        struct err *err)
{
    const struct blocklist_draft *parts = blocklist_entry_parts(entry);
    if (!is_in_force(list, parts, err) || !blocklist_guard_check(list->guard, entry, err)) {
        return false;
    }
    struct str host = blocklist_entry_host(entry);
    char *target = arena_copy(list->arena, parts->target.at, parts->target.len);
    char *reason = arena_copy(list->arena, parts->reason.at, parts->reason.len);
    if (target == NULL || reason == NULL) {
        return err_set(err, "is one too many: a list holds 1 GiB of text");
    }
    mem_grow(&list->items, &list->room, list->count + 1, sizeof *list->items);
    list->items[list->count++] = (struct blocklist_item){
        .scope = parts->scope,
        .target = {.at = target, .len = parts->target.len},
        .host = {.at = target + (host.at - parts->target.at), .len = host.len},
        .reason = {.at = reason, .len = parts->reason.len},
        .harvest = parts->harvest,
        .case_id = parts->case_id,
        .start_ms = parts->start_ms,
        .end_ms = parts->end_ms,
        .id = blocklist_entry_id(entry),
    };
    return true;
}

/*
 * An item with the end of its host, read backwards, in two numbers: most comparisons end there, and
 * what is moved about is 24 bytes. A million names sort in half the time so.
 */
struct ranked {
    uint64_t high, low;
    const struct blocklist_item *item;
};

/* Eight bytes from the end, `skip` of them left out; a dot counts as nothing, as in name.c. */
static uint64_t rank(struct str host, size_t skip)
{
    uint64_t key = 0;
    for (size_t i = skip; i < skip + 8; i++) {
        unsigned char c = i < host.len ? (unsigned char)host.at[host.len - 1 - i] : 0;
        key = key << 8 | (c == '.' ? 0 : c);
    }
    return key;
}

static int compare(const void *a, const void *b)
{
    const struct ranked *left = a, *right = b;
    if (left->high != right->high) {
        return left->high < right->high ? -1 : 1;
    }
    if (left->low != right->low) {
        return left->low < right->low ? -1 : 1;
    }
    const struct blocklist_item *one = left->item, *two = right->item;
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

static void sort(struct blocklist_list *list)
{
    struct ranked *all = mem_alloc(list->count * sizeof *all);
    struct blocklist_item *items = mem_alloc(list->count * sizeof *items);
    for (size_t i = 0; i < list->count; i++) {
        const struct blocklist_item *item = &list->items[i];
        all[i] = (struct ranked){rank(item->host, 0), rank(item->host, 8), item};
    }
    qsort(all, list->count, sizeof *all, compare);
    for (size_t i = 0; i < list->count; i++) {
        items[i] = *all[i].item;
    }
    free(all);
    free(list->items);
    list->items = items;
    list->room = list->count;
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
