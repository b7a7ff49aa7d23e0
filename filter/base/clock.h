/* Time: where it comes from, and how it is written. Always UTC milliseconds since 1970. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

/* "No time known", in a field that may have none. */
#define CLOCK_NEVER INT64_MIN

/* Where "now" comes from; a test passes one that stands still. */
struct clock {
    int64_t (*now_ms)(const struct clock *clock);
    int64_t fixed_ms; /* for clock_fixed */
};

/* The system's clock. */
struct clock clock_system(void);

/* A clock that always says `now_ms`; change `fixed_ms` to move it. */
struct clock clock_fixed(int64_t now_ms);

int64_t clock_now_ms(const struct clock *clock);

/* Milliseconds that only ever grow, for time-outs; not comparable with clock_now_ms. */
int64_t clock_monotonic_ms(void);

enum { CLOCK_TEXT = 32 }; /* bytes that any of the forms below needs, NUL included */

/* RFC 3339, "2026-11-24T14:19:21Z" (milliseconds only if there are any); returns `out`. */
char *clock_format(int64_t time_ms, char out[CLOCK_TEXT]);

/* "2026-11-24"; returns `out`. */
char *clock_format_date(int64_t time_ms, char out[CLOCK_TEXT]);

/*
 * RFC 3339 date-time with any offset ("T" may be a space), or a bare date "2026-11-24", which is
 * its midnight UTC. False, without an error text, if it is neither.
 */
MUST_CHECK bool clock_parse(struct str text, int64_t *time_ms);
