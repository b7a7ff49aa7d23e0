/*
 * Frames between ingest and review over a stream socket, the same in both directions: a 16-byte
 * head (kind, length, number; little endian) and a payload. A peer that breaks the form is cut off.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

struct err;

enum channel_kind {
    CHANNEL_VERDICT = 1,  /* ingest to review: a verdict's JSON; `number` counts up */
    CHANNEL_ACK = 2,      /* review to ingest: verdict `number` is durable in the casebook */
    CHANNEL_SEASON = 3,   /* review to ingest: `number` is the open season's end (ms), 0: none */
    CHANNEL_RELEASED = 4, /* review to ingest, before the season: hashes of the released rules */
    CHANNEL_SHADOW = 5,   /* ingest to review: hits of rules that are not (shadow.h) */
    CHANNEL_REPORT = 6,   /* ingest to review: fact-checks (feeds/report.h), acknowledged as 1 */
    CHANNEL_PAGES = 7,    /* review to ingest: addresses, a line each, to be looked at again */
};

struct channel_frame {
    enum channel_kind kind;
    uint64_t number;
    struct str payload; /* stands until the next call of channel_fill */
};

struct channel;

/* Takes over the socket `fd` and makes it non-blocking. Never NULL. */
MUST_CHECK struct channel *channel_new(int fd);
void channel_free(struct channel *channel); /* closes it; NULL is fine */

/* To poll for reading, and for writing while channel_backlog is not 0. */
int channel_fd(const struct channel *channel);

/* Queues a frame; channel_flush sends it. */
void channel_put(struct channel *channel, enum channel_kind kind, uint64_t number,
                 struct str payload);

/* Sends what the socket takes now. False when the peer is gone. */
MUST_CHECK bool channel_flush(struct channel *channel);

/* Bytes queued and not yet taken by the socket. */
size_t channel_backlog(const struct channel *channel);

/* Reads what the socket has now. False when the peer is gone; whole frames may still be there. */
MUST_CHECK bool channel_fill(struct channel *channel);

enum channel_answer { CHANNEL_FRAME, CHANNEL_NOTHING, CHANNEL_BROKEN };

/* The next whole frame read; CHANNEL_BROKEN, with the reason, when it can't be one. */
enum channel_answer channel_next(struct channel *channel, struct channel_frame *frame,
                                 struct err *err);
