/*
 * CNAMEs as a reason for doubt (REVIEW, abuse check 15): a name that leads to a protected one or to
 * a shared host is not listed anew, nor is one that a protected name leads to. What can't be asked
 * waits; what is listed already stays when its owner points it to somebody protected, or every
 * phisher could get off the list so.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/blocklist/aliases.h"
#include "filter/blocklist/guard.h"
#include "filter/blocklist/list.h"
#include "filter/cli/desk.h"

struct err;

/* STATE/aliases, where what protected names lead to is kept. */
void alias_doubt_path(const struct cli_desk *desk, struct buf *path);

enum alias_doubt {
    ALIAS_DOUBT_NONE,
    ALIAS_DOUBT_LEADS, /* it leads to a name that may not be listed: `err` says which */
    ALIAS_DOUBT_OPEN,  /* nobody knows: `err` says why */
};

/* Told of every item that is in doubt. */
typedef void alias_doubt_each(void *context, const struct blocklist_item *item,
                              enum alias_doubt doubt, const char *why);

/*
 * Asks `resolver` where the hosts of `items` lead, for at most three seconds; what it did not come
 * to is in doubt. False if nothing could be asked: then all are.
 */
void alias_doubt_ask(const struct blocklist_guard *guard, const char *resolver,
                     const struct blocklist_item *const *items, size_t count,
                     alias_doubt_each *each, void *context);

/*
 * The same for one target as somebody typed it, and what is known of protected names. One that is
 * no target at all is in no doubt here: others refuse it.
 */
MUST_CHECK enum alias_doubt alias_doubt_one(const struct cli_desk *desk, enum blocklist_scope scope,
                                            struct str target, struct err *err);

/* Asks anew, after a list was made, where protected names lead: those that are due, for at most
 * ten seconds. False if the file can't be written. */
MUST_CHECK bool alias_doubt_refresh(const struct cli_desk *desk, struct err *err);
