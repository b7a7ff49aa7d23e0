/* Hyperscan (vectorscan), all atoms of a set in one database: block mode, caseless, single match.
 */
#pragma once

#include <hs/hs.h>
#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "tests/bench/support/set.h"

struct bench_hyperscan {
    hs_database_t *database;
    hs_scratch_t *scratch;
    double build_s;
};

/* `mode` is HS_FLAG_UTF8 or 0. False, with a word printed, if it cannot build the set. */
MUST_CHECK bool bench_hyperscan_build(const struct bench_set *set, unsigned mode,
                                      struct bench_hyperscan *out);
void bench_hyperscan_fini(struct bench_hyperscan *peer);

/* Seconds for the first `count` posts; marks `atoms` that are found in any. */
double bench_hyperscan_time(const struct bench_hyperscan *peer, const struct bench_subject *subject,
                            size_t count, bool *atoms);

/* Compares its answers with ours on the first posts. */
void bench_hyperscan_compare(struct bench_set *set, const struct bench_hyperscan *peer,
                             const struct bench_subject *subject, size_t count, const char *name);
