/* Checks the log's whole chain in a thread of its own: a million rows take seconds. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/hash.h"

struct clock;
struct verify;

/* Borrows both for as long as it stands. Never NULL. */
MUST_CHECK struct verify *verify_new(const char *casebook, const struct clock *clock);
void verify_free(struct verify *verify); /* waits for what runs; NULL is fine */

enum verify_state { VERIFY_NEVER, VERIFY_RUNS, VERIFY_INTACT, VERIFY_BROKEN, VERIFY_FAILED };

struct verify_report {
    enum verify_state state;
    int64_t rows, time_ms; /* sound ones; when it ended */
    struct hash head;
    char why[512]; /* where and how it is broken, or why it could not be read */
};

/* Starts one unless it runs. Any thread. */
void verify_start(struct verify *verify);
struct verify_report verify_report(struct verify *verify);
