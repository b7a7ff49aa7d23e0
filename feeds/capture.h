/* A page fetched as it is, for evidence: every hop's request and answer, as WARC. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/clock.h"

struct err;

enum { FEEDS_CAPTURE_MOST = 8 << 20 }; /* bytes of one answer that are kept */

struct feeds_capture_options {
    const char *contact, *proxy; /* as in fetch.h; NULL: none */
    const char *private_url; /* as in transfer.h: of a test or a team's own server; NULL: none */
    struct clock clock;
};

/*
 * The file ends with what people read on the last page, as a conversion record, if it was one.
 * Fetches `url` with every limit of transfer.h (public addresses only, at most 5 hops), by GET
 * alone: no form is ever sent. Appends the WARC file to `out`; `*status` is the last answer's. An
 * answer that is too large is cut and says so. False if nothing answered.
 */
MUST_CHECK bool feeds_capture(const char *url, const struct feeds_capture_options *options,
                              struct buf *out, long *status, struct err *err);
