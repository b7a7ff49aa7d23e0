/*
 * When a source is due: as often as it changes, later and later after failures, and never in step
 * with others.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "feeds/fetch.h"
#include "feeds/state.h"

enum {
    FEEDS_SCHEDULE_LONGEST_MS = 86400000, /* between two tries of a source, but for jitter */
    FEEDS_SCHEDULE_MOVED_TRIES = 3, /* failures until a source is looked for where it was before */
};

/*
 * Whether the last document had posts that were new, and how long the source asks to be left alone
 * (ttl, sy:updatePeriod, Cache-Control; 0: it does not say). News halve the interval, none makes
 * it half as long again, between every_ms, or what was asked for, and longest_ms.
 */
void feeds_schedule_observe(struct feeds_state *state, const struct feeds_limits *limits,
                            bool has_news, int64_t asked_ms);

/* All went well at `now_ms`: due again after the interval and up to an eighth of it. */
void feeds_schedule_next(struct feeds_state *state, const struct feeds_limits *limits,
                         int64_t now_ms);

/*
 * It failed: due after retry_ms, doubled with each failure in a row, or after `asked_ms` where the
 * server asked for a longer wait (Retry-After); jitter as above.
 */
void feeds_schedule_retry(struct feeds_state *state, const struct feeds_limits *limits,
                          int64_t now_ms, int64_t asked_ms);

/* How long until it is due; 0: now. A time too far ahead is a clock that went back, and is now. */
int64_t feeds_schedule_wait(const struct feeds_state *state, int64_t now_ms);
