/* How often somebody may be asked: a pause between two requests, and so many a minute. */
#pragma once

#include <stdint.h>

struct feeds_pace {
    int64_t minute_ms; /* when the present minute began; all times are monotonic */
    int64_t last_ms;
    unsigned requests; /* in the present minute */
    unsigned active;   /* under way: the owner counts them down */
};

/* How long until one more request may begin; 0: now. */
int64_t feeds_pace_wait(struct feeds_pace *pace, unsigned per_minute, int64_t gap_ms,
                        int64_t now_ms);

void feeds_pace_begin(struct feeds_pace *pace, int64_t now_ms);
