/*
 * Pages of fact-checks that a case rests on, looked at again: ingest's thread for it. One page
 * after the other, each held to public addresses; what came of each is a report to review.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

struct outbox;
struct recheck;

struct recheck_options {
    struct outbox *outbox;       /* borrowed */
    uint64_t ticket;             /* of the reports: no post's */
    const char *proxy, *contact; /* as in feeds/fetch.h; NULL: none */
};

enum { RECHECK_MOST = 256 }; /* pages that wait; what is more is left out, and asked for again */

MUST_CHECK struct recheck *recheck_start(const struct recheck_options *options); /* never NULL */

/* Any thread, returns at once: addresses, a line each; none but https is looked at. */
void recheck_ask(struct recheck *recheck, struct str pages);

/* Nothing more is looked at or told; returns at once. NULL is fine. */
void recheck_stop(struct recheck *recheck);

/* Gives up what is under way. NULL is fine. */
void recheck_free(struct recheck *recheck);
