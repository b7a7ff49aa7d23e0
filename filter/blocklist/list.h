/* The entries in force at one moment, guarded and sorted: what every format is rendered from. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"
#include "filter/blocklist/entry.h"
#include "filter/blocklist/guard.h"

struct err;
struct blocklist_list;

/* An entry of the list; text is the list's own. */
struct blocklist_item {
    enum blocklist_scope scope;
    struct str target, host; /* canonical */
    struct str reason;
    unsigned harvest; /* a set of enum blocklist_harvest */
    int64_t case_id, start_ms, end_ms;
    struct hash id;
    bool is_covered; /* another item blocks the same, or the DOMAIN above it */
    bool is_twin;    /* the item before has the same scope and target */
};

/*
 * An empty list for the moment `now_ms` and the running season, NULL for the demonstration.
 * `guard` must outlive it; there is no list without one. Never NULL.
 */
MUST_CHECK struct blocklist_list *blocklist_list_new(const struct blocklist_guard *guard,
                                                     const struct hash *season, int64_t now_ms);
void blocklist_list_free(struct blocklist_list *list); /* NULL is fine */

/*
 * Adds an entry. False, with why, if it is left out: not started, at its end or past it, of
 * another season, or forbidden by the guard.
 */
MUST_CHECK bool blocklist_list_add(struct blocklist_list *list, const struct blocklist_entry *entry,
                                   struct err *err);

/*
 * The same of `count` entries (NULL: none there), of which the guard is asked by all processors.
 * `why`, one for each and empty before, is set for those that are left out.
 */
void blocklist_list_add_all(struct blocklist_list *list,
                            const struct blocklist_entry *const *entries, size_t count,
                            struct err *why);

/*
 * Sorts by the hosts' reversed labels and marks what is covered. Returns the items, which stand
 * until the list changes; call it after the last _add.
 */
const struct blocklist_item *blocklist_list_sort(struct blocklist_list *list, size_t *count);

/*
 * Until when the list may be used: `most_ms`, or the first end of an entry in it, if that comes
 * sooner. A consumer whose copy stays behind then never blocks past an entry's end.
 */
int64_t blocklist_list_valid_until(const struct blocklist_list *list, int64_t most_ms);
