#include "filter/console/ease.h"

#include <stdio.h>

enum { SHOWN_MINUTES = 5, ALL = 1 << RULE_FRAUD | 1 << RULE_PROCEDURE | 1 << RULE_CLAIM };

static const char letters[] = {[RULE_FRAUD] = 'f', [RULE_PROCEDURE] = 'p', [RULE_CLAIM] = 'c'};

static bool is_choice(unsigned minutes)
{
    return minutes == 0 || minutes == 30 || minutes == 50 || minutes == 90;
}

struct ease ease_read(struct str cookie)
{
    struct ease ease = {.break_minutes = 0};
    size_t at = 0;
    for (; at < cookie.len && at < 2 && cookie.at[at] >= '0' && cookie.at[at] <= '9'; at++) {
        ease.break_minutes = ease.break_minutes * 10 + (unsigned)(cookie.at[at] - '0');
    }
    for (; at < cookie.len; at++) {
        unsigned class = 0;
        while (class < sizeof letters && letters[class] != cookie.at[at]) {
            class ++;
        }
        if (class == sizeof letters) {
            return (struct ease){.break_minutes = 0};
        }
        ease.hidden |= 1u << class;
    }
    if (!is_choice(ease.break_minutes) || ease.hidden == ALL) {
        return (struct ease){.break_minutes = 0};
    }
    return ease;
}

char *ease_write(const struct ease *ease, char out[EASE_TEXT])
{
    size_t len = (size_t)snprintf(out, EASE_TEXT, "%u", ease->break_minutes % 100);
    for (unsigned class = 0; class < sizeof letters; class ++) {
        if ((ease->hidden & (1u << class)) != 0) {
            out[len++] = letters[class];
        }
    }
    out[len] = '\0';
    return out;
}

bool ease_is_time(const struct ease *ease, int64_t since_ms, int64_t now_ms)
{
    int64_t minutes = (now_ms - since_ms) / 60000;
    return ease->break_minutes > 0 && minutes >= ease->break_minutes &&
           minutes % ease->break_minutes < SHOWN_MINUTES;
}
