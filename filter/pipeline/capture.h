/* A page captured by a process of its own that can do nothing else. */
#pragma once

#include "filter/base/attr.h"
#include "filter/base/buf.h"

struct err;

struct capture_options {
    const char *contact, *proxy; /* of the configuration; NULL: none */
    int stop;                    /* given up as soon as something can be read there; -1: never */
};

enum { CAPTURE_MS = 90000 }; /* the longest that it takes, all hops together */

/* What fetching reads: the system's names, certificates and libraries; NULL at the end. */
extern const char *const capture_readable[];

/*
 * Forks, and in the child, as nobody, in a sandbox without a folder to write to, with bounded
 * memory and time, fetches `url` (feeds/capture.h). Appends the WARC file. The parent only copies
 * bytes. Call it from a process without threads.
 */
MUST_CHECK bool capture_fetch(const char *url, const struct capture_options *options,
                              struct buf *warc, long *status, struct err *err);
