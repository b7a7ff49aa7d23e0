/*
 * The console: pages over HTTP (Ulfius) in a thread of the review process. Read-only: it answers
 * GET and HEAD from the casebook, opened for reading, and refuses every other method.
 */
#pragma once

#include "filter/base/attr.h"

struct clock;
struct console;
struct err;

/*
 * Listens on `address` (IPv4 or IPv6, no name) and `port` (0: any free one; `*bound` is the real
 * one) and serves the casebook at `casebook`. It opens that in a thread of its own, so the file
 * must be there (casebook_open makes it), and opens it again after a fault. The clock is
 * borrowed and must be usable from another thread. NULL, with the reason, if it can't listen.
 */
MUST_CHECK struct console *console_start(const char *address, unsigned port, const char *casebook,
                                         const struct clock *clock, unsigned *bound,
                                         struct err *err);

/* Ends what is being answered, closes the casebook and the sockets. NULL is fine. */
void console_stop(struct console *console);
