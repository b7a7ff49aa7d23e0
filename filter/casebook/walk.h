/*
 * The whole log, verified row by row on all processors: a row's hash is of its bytes and of the
 * hash that stands in the row before, so each can be computed alone; only that they link is a
 * matter of order.
 */
#pragma once

#include "filter/base/attr.h"
#include "filter/casebook/audit.h"

struct casebook;
struct err;

struct casebook_walk {
    /*
     * Called once for each row, on any thread and in any order, also for rows that then turn out to
     * be unsound: what can be worked out about a row alone.
     */
    void *(*prepare)(void *context, const struct casebook_row *row);
    /* Called for each sound row in order on the caller's thread; `prepared` is its own then. */
    void (*each)(void *context, const struct casebook_row *row, void *prepared);
    /* Gives back what was prepared of rows that were not sound. */
    void (*drop)(void *prepared);
    void *context;
};

/*
 * Reads the whole chain from the file, as casebook_audit_verify; `walk` may be NULL. Rows before
 * the place where the log is broken are handed on.
 */
MUST_CHECK enum casebook_audit casebook_walk(struct casebook *casebook,
                                             const struct casebook_head *published,
                                             struct casebook_report *report,
                                             const struct casebook_walk *walk, struct err *err);
