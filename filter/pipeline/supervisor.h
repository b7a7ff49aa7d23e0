/*
 * `saring run`: one small process that starts ingest and review, joins them, starts again what
 * died, and passes signals on. It parses nothing but line ends and its own messages.
 */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/pipeline/config.h"

struct err;

/* The body of a child process: serves until told to stop over `control`; returns its exit code. */
typedef int supervisor_child(const struct config *config, const char *state, int control);

/*
 * Runs until SIGTERM or SIGINT, which drain: ingest first, then review. SIGHUP, and a line
 * "reload" on the socket STATE/control.sock, load the rules anew. Standard input is passed on as
 * posts if it is a file, a pipe or a socket. False if it could not start.
 */
MUST_CHECK bool supervisor_run(const struct config *config, const char *state,
                               supervisor_child *ingest, supervisor_child *review, struct err *err);
