/* What is live, what a new list would change in it, and how much may be added at once. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/base/index.h"
#include "filter/cli/export_list.h"

struct err;

struct publish_entry {
    struct hash id;
    struct str scope, target, end; /* as in the file */
    int64_t case_id;
};

struct publish_live {
    struct publish_entry *entries; /* in the file's order */
    size_t count, room;
    struct index by_id;
    struct buf bytes; /* which they point into */
};

/*
 * Reads which entries the lists hold that `link` points to: none where there is no link yet. False,
 * with none, if its list can't be read. End it with _fini either way.
 */
MUST_CHECK bool publish_live_read(struct publish_live *live, const char *link, struct err *err);
void publish_live_add(struct publish_live *live, const struct publish_entry *entry);
void publish_live_fini(struct publish_live *live);

/* NULL if it is not live. */
const struct publish_entry *publish_live_find(const struct publish_live *live,
                                              const struct hash *id);

/* How many entries are live that are not among `items`, which are in any order, each once. */
size_t publish_live_gone(const struct publish_live *live, const struct blocklist_item *items,
                         size_t count);

enum { PUBLISH_TOKEN = 17 };

/* What is new in a list, if it is too much at once; the ids are sorted. */
struct publish_growth {
    struct hash *held;
    size_t count;
    char token[PUBLISH_TOKEN]; /* names just these: who saw them confirms them by it */
};

/*
 * Finds what is new among `items`. True if that is too much at once: more than 25 entries and more
 * than a tenth of what is live (a mistake or a stolen key lists much at once; fraud comes in
 * cases), unless `confirmed` is the token of just these. End it with _fini.
 */
MUST_CHECK bool publish_growth_find(struct publish_growth *growth,
                                    const struct blocklist_item *items, size_t count,
                                    const struct publish_live *live, const char *confirmed);

/*
 * Leaves out of the list all that is new if that is too much at once, or if the list is made with
 * a guard so weak that nothing new may be listed. What goes, goes.
 */
void publish_growth_hold(struct publish_growth *growth, struct export_list *list,
                         const struct publish_live *live, const char *confirmed);

/*
 * Leaves all that is new out of the list, besides what is held already: something went wrong with
 * it. What is left is what is live without what was removed. Returns how many more that were.
 */
size_t publish_growth_hold_new(struct publish_growth *growth, struct export_list *list,
                               const struct publish_live *live);
void publish_growth_fini(struct publish_growth *growth);

/*
 * Prints each name that would be added, removed or held back, and why: a table on a terminal, JSON
 * in a pipe. False if it can't be written.
 */
MUST_CHECK bool publish_differences_print(const struct export_list *list,
                                          const struct publish_live *live,
                                          const struct publish_growth *growth, struct err *err);
