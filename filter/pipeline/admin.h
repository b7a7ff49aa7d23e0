/* The socket STATE/control.sock, by which `saring rules reload` asks the running supervisor. */
#pragma once

#include <poll.h>
#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"

struct err;
struct admin;

enum { ADMIN_CLIENTS = 8, ADMIN_POLL = ADMIN_CLIENTS + 1 };

/* Listens below folder `state` (mode 0600). NULL if it can't, as when another one is running. */
MUST_CHECK struct admin *admin_open(const char *state, struct err *err);
void admin_close(struct admin *admin); /* removes the socket; NULL is fine */

/* What to poll; admin_act then says whether anybody asked for a reload. */
void admin_poll(struct admin *admin, struct pollfd fds[ADMIN_POLL]);
MUST_CHECK bool admin_act(struct admin *admin, const struct pollfd fds[ADMIN_POLL]);

/* Tells everyone who asked: `is_fine`, and one line of `text`. */
void admin_answer(struct admin *admin, bool is_fine, const char *text);

/*
 * The other side: asks the supervisor below `state` for a reload and waits for its answer, at
 * most `timeout_ms`. False if nobody answers; else `*is_fine`, and the line in `text`.
 */
MUST_CHECK bool admin_ask_reload(const char *state, int timeout_ms, bool *is_fine, struct buf *text,
                                 struct err *err);
