/*
 * `saring run`: one small process that starts ingest, review, camera and, if notices are wanted,
 * notify, joins them, starts again what died, and passes signals on. It parses nothing but line
 * ends and its own messages.
 */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/pipeline/config.h"

struct err;

struct review_console; /* filter/pipeline/review.h */

/* What all child processes are given. */
struct supervisor_task {
    const struct config *config;
    const char *state;                    /* the folder of everything written */
    const struct review_console *console; /* what serves people, from a layer above this one */
    int control;                          /* the socket to the supervisor */
    int (*notify)(const struct supervisor_task *task); /* NULL: there is none */
    int (*camera)(const struct supervisor_task *task); /* likewise */
};

/* The body of a child process: serves until told to stop over `control`; returns its exit code. */
typedef int supervisor_child(const struct supervisor_task *task);

/*
 * Runs until SIGTERM or SIGINT, which drain: ingest first, then review. SIGHUP, and a line
 * "reload" on the socket STATE/control.sock, load the rules anew. Standard input is passed on as
 * posts if it is a file, a pipe or a socket, once ingest asks for it: without a season not a byte
 * of it is read. False if it could not start. `task->control` is not used.
 */
MUST_CHECK bool supervisor_run(const struct supervisor_task *task, supervisor_child *ingest,
                               supervisor_child *review, struct err *err);
