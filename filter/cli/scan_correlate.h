/* What `saring scan` finds in all of its flagged posts together. */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/cli/scan_work.h"
#include "filter/rule/set.h"

struct err;
struct scan_correlate;

/* False if a correlation counts too far; `*correlate` is NULL if the set has none. */
MUST_CHECK bool scan_correlate_new(const struct rule_set *set, enum scan_look look,
                                   struct scan_correlate **correlate, struct err *err);
void scan_correlate_free(struct scan_correlate *correlate); /* NULL is fine */

/* Takes in a block's sightings (rule/sighting.h) and appends what is found to `out`. */
void scan_correlate_take(struct scan_correlate *correlate, struct str sightings, struct buf *out);

/* The end of all files: appends what waited for that. */
void scan_correlate_end(struct scan_correlate *correlate, struct buf *out);

/*
 * Which rules and correlations are not told of, by their places among the program's heads, because
 * one that names them does not say `generate: true`. The caller's to free. In a scan each of them
 * speaks: what is written by hand wants to be seen before its release.
 */
MUST_CHECK bool *scan_correlate_silent(const struct rule_program *program);

/* Events that had no time, and events and groups there was no room for. */
uint64_t scan_correlate_lost(const struct scan_correlate *correlate);
