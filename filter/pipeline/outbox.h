/*
 * Flagged verdicts, and reports of fact-checks, that review has not yet acknowledged. They stay
 * here, in ingest's memory, over any number of review's restarts; when it is full, workers wait.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/pipeline/channel.h"

struct outbox;

/* Holds at most `max_bytes` of verdicts (one always fits). Never NULL. */
MUST_CHECK struct outbox *outbox_new(size_t max_bytes);
void outbox_free(struct outbox *outbox); /* NULL is fine */

/* Readable when there is something new to send: for poll. */
int outbox_fd(const struct outbox *outbox);

/*
 * Any thread: adds a verdict's JSON with the ticket that outbox_acknowledged gives back. Waits
 * while it is full, but not after outbox_close.
 */
void outbox_put(struct outbox *outbox, struct str json, uint64_t ticket);

/* The same without waiting, however full it is: for a few, from threads that must not wait. */
void outbox_put_now(struct outbox *outbox, struct str json, uint64_t ticket);

/* As outbox_put, of a report of fact-checks (CHANNEL_REPORT). */
void outbox_put_report(struct outbox *outbox, struct str report, uint64_t ticket);

/*
 * A new peer: everything unacknowledged is to be sent again, in order; but one that several peers
 * in a row did not survive comes last.
 */
void outbox_rewind(struct outbox *outbox);

/* Moves unsent verdicts into the channel until that has `max_backlog` bytes waiting. */
void outbox_send(struct outbox *outbox, struct channel *channel, size_t max_backlog);

/* Verdict `number` is durable: forgets it. False if it is none of ours; else its ticket. */
MUST_CHECK bool outbox_acknowledged(struct outbox *outbox, uint64_t number, uint64_t *ticket);

/* How many wait for an acknowledgement. */
size_t outbox_count(struct outbox *outbox);

/* No put waits any more. */
void outbox_close(struct outbox *outbox);
