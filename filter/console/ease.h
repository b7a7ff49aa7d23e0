/*
 * What somebody asked for to be well at this work: breaks, and classes not to see for now. It lies
 * in a cookie of their own browser and nowhere else: nobody counts it, nothing logs it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/str.h"
#include "filter/rule/rule.h"

struct ease {
    unsigned break_minutes; /* 0: no reminder; 30, 50 or 90 */
    unsigned hidden;        /* bits 1 << enum rule_class; never all of them */
};

enum { EASE_TEXT = 8 };

/* Reads a cookie's value; anything but what ease_write gives is nothing asked for. */
struct ease ease_read(struct str cookie);
char *ease_write(const struct ease *ease, char out[EASE_TEXT]); /* "50fp"; returns `out` */

/* Whether it is time for a break now, in a session since `since_ms`: five minutes each time. */
bool ease_is_time(const struct ease *ease, int64_t since_ms, int64_t now_ms);
