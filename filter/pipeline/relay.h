/*
 * Lines from standard input to ingest. A line is kept until ingest says that it is through, so that
 * an ingest that died gets it again.
 */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"

struct relay;

/* Will read lines from `in` (-1: there are none) while an ingest is connected. Never NULL. */
MUST_CHECK struct relay *relay_new(int in);
void relay_free(struct relay *relay); /* NULL is fine */

/* Whether anything is left to read, send or be acknowledged. */
bool relay_has_work(const struct relay *relay);

/* A new ingest reads from the other end of `out`, which the relay owns now: all kept lines go. */
void relay_connect(struct relay *relay, int out);

/* That ingest is gone, or wants no more: nothing is read until the next one is connected. */
void relay_disconnect(struct relay *relay);

/* Lines that ingests are through with, in all: what comes next is the line behind them. */
uint64_t relay_lines(const struct relay *relay);

/* Ingest says that so many lines of its present socket are through. */
void relay_through(struct relay *relay, uint64_t lines);

/* What to poll: two entries, fd -1 where there is nothing to wait for; then act on them. */
void relay_poll(struct relay *relay, struct pollfd fds[2]);
void relay_act(struct relay *relay, const struct pollfd fds[2]);
