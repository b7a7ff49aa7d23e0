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
 * non-transitional), no root dot, no default port, no credentials, dot segments resolved, tracking
 * parameters, an empty query and the fragment gone. What is percent-encoded stays so, as the
 * standard has it. A text without a scheme is read as http. False, and `out` as before, if it is
 * no http(s) URL. The parts stand until `out` grows.
 */
MUST_CHECK bool url_canonical(struct str text, struct buf *out, struct url *parts, struct err *err);

/* The same for a text that may be relative to the canonical `base`, such as a link's target. */
MUST_CHECK bool url_resolve(struct str text, const struct url *base, struct buf *out,
                            struct url *parts, struct err *err);

/*
 * The host name in canonical form (lower case, A-labels, no trailing dot), appended to `out`.
 * False if it is no DNS name or address.
 */
MUST_CHECK bool url_host(struct str text, struct buf *out, struct str *host, struct err *err);

/*
 * When the Public Suffix List in use was made, as far as its file says. What became a platform's
 * suffix since is taken for a site of one owner: who makes lists should know.
 */
int64_t url_suffixes_made_ms(void);

/*
 * The registrable domain of a canonical host name: a suffix of `host`; "" if the host is an
 * address or itself a public suffix (ICANN or private section).
 */
struct str url_registrable(struct str host);

/*
 * Whether the canonical host is a name below a top-level domain that exists: what tells "kpu.go.id"
 * in running text from "selesai.Lalu".
 */
bool url_has_known_suffix(struct str host);

/* Whether the canonical host is itself a public suffix (ICANN or private section). */
bool url_is_public_suffix(struct str host);

/*
 * Whether the canonical host is, or lies below, a name that a platform gives to its users, as
 * budi.blogspot.com: its public suffix is of the list's private section.
 */
bool url_is_private_site(struct str host);
