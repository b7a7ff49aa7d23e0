/*
 * Tells when something below the rules' folders changed (inotify): once, when it has been quiet for
 * a moment, so that a save of many files is one change.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"

enum {
    WATCH_QUIET_MS = 300,
    WATCH_LONGEST_MS = 3000, /* a folder that never is quiet is looked at so often */
};

struct watch;

/* `folders` (a NULL at the end) is borrowed. Never NULL; where the kernel refuses it stays silent,
 * and says so in the log: then a signal or `saring rules reload` is needed. */
MUST_CHECK struct watch *watch_new(const char *const *folders);
void watch_free(struct watch *watch); /* NULL is fine */

int watch_fd(const struct watch *watch); /* to poll for reading; -1: none */

/* Takes in what happened. Times are monotonic. */
void watch_read(struct watch *watch, int64_t now_ms);

/* When a change is to be told of; INT64_MAX: nothing changed. */
int64_t watch_due_ms(const struct watch *watch);

/* Whether it is time. If so the change counts as told, and new sub-folders are watched. */
MUST_CHECK bool watch_take(struct watch *watch, int64_t now_ms);
