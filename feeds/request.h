/* What each fetch brings along, in the fetcher or for a person: limits, user agent, token. */
#pragma once

#include <stdbool.h>

#include "feeds/fetch.h"
#include "feeds/source.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

struct err;

/* Fills in the defaults. */
void feeds_request_defaults(struct feeds_limits *limits);

/* What every fetch begins with: libcurl; the user agent; the header line of a source's token. */
MUST_CHECK bool feeds_request_start(struct err *err);
void feeds_request_agent(const char *contact, struct buf *agent);
MUST_CHECK bool feeds_request_token(const struct feeds_source *source, struct buf *line,
                                    struct err *err);

/* Whether what is at `url` may be this source's: limit 5 holds wherever a redirect leads. */
MUST_CHECK bool feeds_request_may_be_at(const struct feeds_source *source, struct str url,
                                        struct err *err);
