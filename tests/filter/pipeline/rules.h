/* A small rule set for the tests of the pipeline, in a temporary folder. */
#pragma once

#include "filter/pipeline/ruleset.h"

#define RULES_NOW INT64_C(1768003200000) /* 2026-01-10T00:00:00Z */
#define RULES_END INT64_C(1769904000000) /* 2026-02-01T00:00:00Z: when `undian tinta` ends */

/*
 * "undian tinta" in the text, until RULES_END; "hadiah sepeda" in the text, longer; and, if asked
 * for, "kpu palsu" in the author's name beside "halo semua" or "sepeda nomor" in the text.
 */
struct rule_set *rules_load(bool with_author);

/* The same with these documents behind them, each with its "---" line. */
struct rule_set *rules_load_with(bool with_author, const char *documents);

/* The release hashes of all rules and correlations of the set, as ruleset_new takes them. */
struct buf rules_released(const struct rule_set *set);
/* As ruleset_new, with all rules released. */
struct ruleset *rules_use(struct rule_set *set, int64_t now_ms);
