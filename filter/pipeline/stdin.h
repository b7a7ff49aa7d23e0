/*
 * Posts from standard input, through the supervisor's relay: lines of NDJSON from a socket into
 * the queue, in a thread of its own. A line is through when its post is done, or is none; a post
 * that was done before, in this run or an earlier one, is passed over.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "feeds/seen.h"
#include "filter/base/attr.h"
#include "filter/base/hash.h"
#include "filter/base/post.h"
#include "filter/pipeline/queue.h"

struct stdin_reader;

struct stdin_options {
    int socket;      /* taken over */
    uint64_t before; /* lines that came before its first one, for messages */
    struct queue *queue;
    struct feeds_seen *seen;
    const struct hash_key *secret; /* names posts that have no id; copied */
    struct clock clock;
    uint64_t ticket_bit;            /* set in the tickets of these posts */
    void (*through)(void *context); /* any thread: stdin_through has grown */
    void *context;
};

/* Never NULL. */
MUST_CHECK struct stdin_reader *stdin_new(const struct stdin_options *options);

/* Begins to read: posts may come out of the queue, and back here, before this returns. */
void stdin_start(struct stdin_reader *reader);

/* No more lines are read when this returns; once. The queue must be read or closed meanwhile. */
void stdin_stop(struct stdin_reader *reader);
void stdin_free(struct stdin_reader *reader); /* after stdin_stop, when no post is under way */

/* How many of the socket's lines are through, from the first one on without a gap. */
uint64_t stdin_through(struct stdin_reader *reader);

/* Any thread: the post came out clean. */
void stdin_clean(struct stdin_reader *reader, const struct post *post, uint64_t ticket);

/* Any thread: its verdict is about to be sent, … */
void stdin_flagged(struct stdin_reader *reader, const struct post *post, uint64_t ticket);

/* … and is durable. */
void stdin_acknowledged(struct stdin_reader *reader, uint64_t ticket);

struct stdin_counts {
    uint64_t lines, bad, seen;
};

struct stdin_counts stdin_counts(struct stdin_reader *reader);
