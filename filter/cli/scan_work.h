/* What a worker of `saring scan` does with a block: read each post, match it, render what matched.
 */
#pragma once

#include "filter/cli/scan_blocks.h"
#include "filter/rule/set.h"

enum scan_look {
    SCAN_JSON,   /* one verdict a line */
    SCAN_PLAIN,  /* for people, spans as [[…]] */
    SCAN_COLOUR, /* for people, spans in reverse video */
};

struct feeds_sources;
struct scan_worker;

/*
 * `set` and `sources` must outlive the worker. Posts count by source where `sources` (NULL: none)
 * say that it is an organisation's. Never NULL.
 */
MUST_CHECK struct scan_worker *scan_worker_new(const struct rule_set *set, enum scan_look look,
                                               const struct feeds_sources *sources);
void scan_worker_free(struct scan_worker *worker); /* NULL is fine */

/* Works through the block's lines. */
void scan_worker_run(struct scan_worker *worker, struct scan_block *block);
