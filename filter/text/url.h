/* Canonical http(s) URLs (WHATWG URL Standard) and the names in them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

struct err;

enum { URL_MAX_BYTES = 8192 };

/* Parts of a canonical URL; they point into the buffer it was written to. */
struct url {
    struct str whole;
    struct str host;   /* A-labels, dotted IPv4 or bracketed IPv6 */
    struct str domain; /* registrable domain; "" for an address or a bare public suffix */
    struct str path;   /* path and query */
    unsigned port;     /* 0: the scheme's default */
    bool is_https;
};

/*
 * Appends the canonical form of `text` to `out`: scheme and host in lower case, IDNA (UTS #46,
 * non-transitional), no default port, no credentials, dot segments resolved, percent-encoding
 * normal, tracking parameters and fragment gone. A text without a scheme is read as http. False,
 * and `out` as before, if it is no http(s) URL. The parts stand until `out` grows.
 */
MUST_CHECK bool url_canonical(struct str text, struct buf *out, struct url *parts, struct err *err);

/*
 * The host name in canonical form (lower case, A-labels, no trailing dot), appended to `out`.
 * False if it is no DNS name or address.
 */
MUST_CHECK bool url_host(struct str text, struct buf *out, struct str *host, struct err *err);

/*
 * The registrable domain of a canonical host name: a suffix of `host`; "" if the host is an
 * address or itself a public suffix (ICANN or private section).
 */
struct str url_registrable(struct str host);

/* Whether the canonical host is itself a public suffix (ICANN or private section). */
bool url_is_public_suffix(struct str host);
