/* One run: what is offered, verified and put in place; or, without a network, what still holds. */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/clock.h"
#include "filter/pull/install.h"

struct err;

struct pull_run {
    const char *url, *removals; /* of folder and file; not asked for when `only_lapses` */
    const char *pins, *state;   /* folders */
    const char *zone;           /* the policy zone's name */
    struct pull_place place;
    struct clock clock;
    bool only_lapses;
};

enum pull_result {
    PULL_DONE,   /* what is in place is what should be */
    PULL_KEPT,   /* no new list: the last one stays until its end */
    PULL_EMPTY,  /* the consumer has an empty list, for a reason that stderr says */
    PULL_CANNOT, /* not even that could be put in place: `err` says why */
};

MUST_CHECK enum pull_result pull_once(const struct pull_run *run, struct err *err);
