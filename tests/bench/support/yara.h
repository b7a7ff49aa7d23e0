/* YARA (libyara) with the rules of a set in its own words. */
#pragma once

#include <stdbool.h>
#include <yara.h>

#include "filter/base/attr.h"
#include "tests/bench/support/set.h"

/* Never NULL; `*build_s` is how long it took. YARA is initialised. */
MUST_CHECK YR_RULES *bench_yara_build(const struct bench_set *set, double *build_s);

/* Marks the rules that match a text. */
void bench_yara_scan(YR_RULES *rules, struct str text, bool *matching);

/* Compares its answers with ours on the first `count` posts. */
void bench_yara_compare(struct bench_set *set, YR_RULES *rules, const struct bench_subject *subject,
                        size_t count);
