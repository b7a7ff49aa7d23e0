/*
 * How soon somebody who failed may try again: a few failures are free, each one more doubles the
 * wait up to a bound, and time forgives. In memory of bounded size; what a key was is not kept.
 */
#pragma once

#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

struct pace; /* one thread */

struct pace_rule {
    unsigned free;    /* failures without a wait */
    int64_t first_ms; /* the wait behind the first one that is not */
    int64_t most_ms;
};

MUST_CHECK struct pace *pace_new(void); /* never NULL */
void pace_free(struct pace *pace);      /* NULL is fine */

/* How long `key` still has to wait; 0: it may try. Failures count for half every ten minutes. */
int64_t pace_wait_ms(const struct pace *pace, struct str key, const struct pace_rule *rule,
                     int64_t now_ms);

/* How many failures of `key` count now. */
unsigned pace_failures(const struct pace *pace, struct str key, int64_t now_ms);

void pace_failed(struct pace *pace, struct str key, int64_t now_ms);
void pace_forgive(struct pace *pace, struct str key);
