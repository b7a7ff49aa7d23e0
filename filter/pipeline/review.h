/*
 * The process that owns the casebook and serves people: takes verdicts in durably before it says
 * so, makes the moves of the clock, and tells ingest which season runs.
 */
#pragma once

#include "filter/base/attr.h"
#include "filter/pipeline/supervisor.h"

struct clock;
struct err;
struct rule_set;

/* What serves people. It lies in a layer above this one, so the caller of supervisor_run brings it.
 */
struct casebook;

/* What the public pages are made of, besides the casebook. */
struct review_public {
    const struct config *config;
    const char *folder; /* made if need be */
    const char *state;
    const struct rule_set *rules; /* NULL: not loaded yet */
    const struct clock *clock;
};

struct review_console {
    /*
     * Serves the casebook at `path`, which is there, from threads of its own; `*bound` is the port.
     * NULL, with the reason, if it can't listen: it is then tried again.
     */
    void *(*start)(const struct config *config, const char *path, const struct clock *clock,
                   unsigned *bound, struct err *err);
    void (*stop)(void *console); /* never NULL */
    /* Writes the public pages; NULL: nobody does. */
    bool (*publish)(struct casebook *casebook, const struct review_public *pages, struct err *err);
};

/* The body of the process; `task->console` may be NULL. */
int review_run(const struct supervisor_task *task);
