#include "feeds/pace.h"

enum { MINUTE_MS = 60000 };

int64_t feeds_pace_wait(struct feeds_pace *pace, unsigned per_minute, int64_t gap_ms,
                        int64_t now_ms)
{
    if (now_ms - pace->minute_ms >= MINUTE_MS) {
        pace->minute_ms = now_ms;
        pace->requests = 0;
    }
    int64_t minute = pace->requests >= per_minute ? pace->minute_ms + MINUTE_MS - now_ms : 0;
    int64_t gap = pace->last_ms + gap_ms - now_ms;
    int64_t wait = minute > gap ? minute : gap;
    return wait > 0 ? wait : 0;
}

void feeds_pace_begin(struct feeds_pace *pace, int64_t now_ms)
{
    pace->minute_ms = pace->requests == 0 ? now_ms : pace->minute_ms;
    pace->last_ms = now_ms;
    pace->requests++;
    pace->active++;
}
