/* What the files of `saring sources` share. */
#pragma once

#include <stdbool.h>

#include "feeds/parse.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"

/* Says the error; returns CLI_CANNOT. */
int sources_cannot(const struct err *err);

/* Prints what is in `out`, if anything, and frees it. */
bool sources_print(struct buf *out, struct err *err);

/* Appends `"name":"…"` for a time that is known. */
void sources_put_time(struct buf *out, const char *name, int64_t time_ms);

/* Appends an entry to the struct buf in `context` as `saring scan` reads it; never its author. */
bool sources_put_post(void *context, const struct feeds_entry *entry);

/*
 * A signed push as CGI hands it on, from standard input: verified posts as NDJSON; refused, it says
 * why and exits 1. `secret` is a file; `state` the folder in which replays are remembered.
 */
int sources_receive(const char *secret, const char *state);
