/*
 * The console: pages and forms over HTTP (Ulfius) in a thread of the review process, over the
 * casebook that lies there. Loopback by default; TLS of its own, or one named proxy that speaks it.
 */
#pragma once

#include "filter/base/attr.h"

struct clock;
struct config;
struct console;
struct err;

/*
 * Listens where `config` says (an address, no name; port 0: any free one, `*bound` is the real one)
 * and serves the casebook at `casebook`. It opens that in a thread of its own, so the file must be
 * there (casebook_open makes it), and opens it again after a fault. `config` and the clock are
 * borrowed until console_stop; the clock must be usable from another thread. NULL, with the
 * reason, if it can't listen, or the certificate can't be read.
 */
MUST_CHECK struct console *console_start(const struct config *config, const char *casebook,
                                         const struct clock *clock, unsigned *bound,
                                         struct err *err);

/* Ends what is being answered, closes the casebook and the sockets. NULL is fine. */
void console_stop(struct console *console);
