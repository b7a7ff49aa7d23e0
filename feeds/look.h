/* A page looked at once, now: what it answers, and where that was in the end. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"

struct err;

struct feeds_look_options {
    const char *contact, *proxy;    /* as in fetch.h; NULL: none */
    const atomic_bool *is_stopping; /* set: it is given up; NULL: it never is */
};

struct feeds_look {
    long status; /* HTTP; 0: nothing answered */
    struct buf at, content_type, body;
};

/*
 * GET with the limits of transfer.h: public addresses only, at most FEEDS_MAX_REDIRECTS redirects,
 * FEEDS_MAX_DOCUMENT bytes, 30 s a hop. False if nothing answered, with the reason; `look` is the
 * caller's to empty (feeds_look_fini) either way.
 */
MUST_CHECK bool feeds_look(const char *url, const struct feeds_look_options *options,
                           struct feeds_look *look, struct err *err);
void feeds_look_fini(struct feeds_look *look);
