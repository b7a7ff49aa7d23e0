/* Times on a page: a moment in Western Indonesia Time (UTC+7), and how long ago or ahead it is. */
#pragma once

#include <stdint.h>

#include "filter/console/html.h"
#include "filter/console/message.h"

/* "24 Nov 2026 21.19 WIB" within <time>; "-" for CLOCK_NEVER. */
void when_put(struct html *page, enum language language, int64_t time_ms);

/* "24 Nov 2026" within <time>; "-" for CLOCK_NEVER. */
void when_put_date(struct html *page, enum language language, int64_t time_ms);

/* "3 jam", the time from then to now without a direction, or "baru saja"; within <time>. */
void when_put_age(struct html *page, enum language language, int64_t time_ms, int64_t now_ms);

/* "3 jam lalu", or "baru saja". */
void when_put_ago(struct html *page, enum language language, int64_t time_ms, int64_t now_ms);

/* "2 hari lagi", "lewat 5 menit", or that there is none (CLOCK_NEVER). */
void when_put_deadline(struct html *page, enum language language, int64_t time_ms, int64_t now_ms);
