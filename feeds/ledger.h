/*
 * What is known of each source while it is fetched: its state, which survives a restart, and which
 * of its documents is not done yet. Until a document is settled its validators stay apart from the
 * state, so that a crash loses no post.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feeds/fetch.h"
#include "feeds/source.h"
#include "feeds/state.h"
#include "filter/base/attr.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/str.h"

struct feeds_ledger;

struct feeds_ledger_options {
    const struct feeds_source *sources; /* borrowed */
    size_t count;
    const char *path; /* of the state's file; NULL: nowhere */
    struct clock clock;
    const struct feeds_limits *limits; /* no zeros; borrowed */
};

MUST_CHECK struct feeds_ledger *feeds_ledger_new(const struct feeds_ledger_options *options);
void feeds_ledger_free(struct feeds_ledger *ledger); /* writes the state; NULL is fine */

/* Held round all that takes `at`, a source's number, and is not said to be of any thread. */
void feeds_ledger_lock(struct feeds_ledger *ledger);
void feeds_ledger_unlock(struct feeds_ledger *ledger);

struct feeds_state *feeds_ledger_state(struct feeds_ledger *ledger, size_t at);
bool feeds_ledger_is_open(const struct feeds_ledger *ledger,
                          size_t at); /* a document is not done */

/* All went well, without a document. */
void feeds_ledger_went_well(struct feeds_ledger *ledger, size_t at);

/* It failed; `asked_ms` is what a Retry-After asked for, 0 if nothing did. Says so in the log. */
void feeds_ledger_failed(struct feeds_ledger *ledger, size_t at, int64_t asked_ms,
                         const struct err *why);
void feeds_ledger_gone(struct feeds_ledger *ledger, size_t at);                  /* 410 */
void feeds_ledger_moved(struct feeds_ledger *ledger, size_t at, struct str url); /* if it is new */

/* Any thread: a document came; returns its number. */
uint64_t feeds_ledger_open(struct feeds_ledger *ledger, size_t at, struct str etag,
                           struct str last_modified, int64_t asked_ms);

/* Any thread: as feeds_fetch_observed and feeds_fetch_settled. */
void feeds_ledger_observed(struct feeds_ledger *ledger, uint64_t number, bool has_news,
                           int64_t asked_ms);
void feeds_ledger_settled(struct feeds_ledger *ledger, uint64_t number, bool is_fine);

uint64_t feeds_ledger_failures(struct feeds_ledger *ledger); /* any thread */

/* Any thread: whether a source's due time changed since this was asked. */
bool feeds_ledger_has_changed(struct feeds_ledger *ledger);

/* Any thread: writes the state if that is due; else shortens *wait_ms to when it will be. */
void feeds_ledger_save_if_due(struct feeds_ledger *ledger, int64_t *wait_ms);
