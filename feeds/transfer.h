/* One fetch over HTTP by libcurl, with every limit set; feeds/fetch.c says when and what. */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feeds/fetch.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/str.h"

/*
 * Behind a proxy we resolve and check a name first, then have the proxy CONNECT to that very
 * address: it never resolves for us, so that no name leads it to where we may not go.
 */
enum feeds_way {
    FEEDS_WAY_DIRECT,
    FEEDS_WAY_LOOK,   /* only resolves: the first address that may be connected to */
    FEEDS_WAY_TUNNEL, /* through the proxy to that address; redirects are the caller's */
};

enum { FEEDS_MAX_REDIRECTS = 5, FEEDS_MAX_ADDRESS = 64 };

struct feeds_transfer {
    CURL *easy;
    enum feeds_way way;
    struct curl_slist *connect_to;
    char address[FEEDS_MAX_ADDRESS]; /* of LOOK, when it found one: as CURLOPT_CONNECT_TO has it */
    struct curl_slist *headers;
    size_t source; /* whose it is: the owner's number */
    size_t max_bytes, header_bytes;
    struct buf private_host; /* host and port that may be private; empty: none */
    bool is_refused;         /* an address was not public */
    bool is_too_large;       /* the body or the headers */
    bool is_permanent;       /* all redirects so far were */
    unsigned redirects;
    struct buf body;
    struct buf content_type, etag, last_modified, cache_control; /* of the last answer */
    char reason[CURL_ERROR_SIZE];
};

struct feeds_transfer_options {
    const char *url;
    const char *etag, *last_modified; /* to ask whether it changed; NULL: ask for it anyway */
    const char *user_agent;
    /*
     * A URL whose host and port may be at a private address, NULL: none. A redirect to any other
     * place is held to public addresses all the same.
     */
    const char *private_url;
    const char *token; /* a header line; it is shown to `url` alone, redirects are not followed */
    const struct feeds_limits *limits; /* no zeros */
    size_t source;
    enum feeds_way way;
    const char *proxy;   /* of TUNNEL: http://… */
    const char *address; /* of TUNNEL: what LOOK found */
    unsigned redirects;  /* before this hop, and whether all were for good */
    bool was_permanent;
    bool is_hop;        /* one request alone: redirects are the caller's, as they are of TUNNEL */
    bool is_head;       /* HEAD instead of GET */
    const char *accept; /* the types asked for; NULL: those of feeds */
};

/* A transfer to be added to a multi handle; its CURLOPT_PRIVATE is itself. NULL with the reason. */
MUST_CHECK struct feeds_transfer *feeds_transfer_new(const struct feeds_transfer_options *options,
                                                     struct err *err);

/* Taken out of its multi handle before. NULL is fine. */
void feeds_transfer_free(struct feeds_transfer *transfer);

enum feeds_outcome {
    FEEDS_FETCHED,
    FEEDS_UNCHANGED,
    FEEDS_GONE, /* 410 */
    FEEDS_BUSY, /* 429 or 503: later */
    FEEDS_FAILED,
};

/* What became of it; `*wait_ms` is what a Retry-After asked for, 0 if nothing did. */
enum feeds_outcome feeds_transfer_outcome(struct feeds_transfer *transfer, CURLcode code,
                                          int64_t *wait_ms, struct err *err);

/* Where an answer of TUNNEL redirects to; NULL: nowhere, or once too often. */
const char *feeds_transfer_next(const struct feeds_transfer *transfer);

/* How long the answer may be kept as it is (Cache-Control: max-age; RFC 9111); 0 unknown. */
int64_t feeds_transfer_max_age(const struct feeds_transfer *transfer);

/* Where it ended, if it was redirected there and every redirect said "for good"; else empty. */
struct str feeds_transfer_moved(const struct feeds_transfer *transfer);

/* What stands between "://" and the path of a URL; empty if there is nothing. */
struct str feeds_transfer_host(struct str url);

/* Where it ended, redirected or not; stands until the transfer is freed. */
struct str feeds_transfer_url(const struct feeds_transfer *transfer);
