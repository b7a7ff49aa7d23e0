/*
 * Posts that others push: whether a request comes from who knows the secret, is of now, and was
 * not there before. Whoever serves HTTP hands in what came; nothing of a post is kept.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

struct err;

enum {
    FEEDS_WEBHOOK_WINDOW_MS = 300000, /* how far a request's clock may be from ours */
    FEEDS_WEBHOOK_MAX_BODY = 4 << 20,
    FEEDS_WEBHOOK_LEAST_SECRET = 32, /* bytes */
};

struct feeds_webhook_request {
    struct str timestamp; /* X-Saring-Timestamp: seconds since 1970, in digits */
    struct str signature; /* X-Saring-Signature: "sha256=" and 64 hexadecimal digits */
    struct str body;      /* NDJSON */
};

/*
 * Whether the signature is HMAC-SHA256 (RFC 2104) with `secret` over timestamp, '.' and body, and
 * the timestamp within the window around `now_ms`. Compares in constant time.
 */
MUST_CHECK bool feeds_webhook_verify(struct str secret, const struct feeds_webhook_request *request,
                                     int64_t now_ms, struct err *err);

/*
 * Notes the signature, which was verified, in the file `path`, which is made if it is not there;
 * false if it is in it already: the request is a replay. What has left the window is forgotten. Any
 * process.
 */
MUST_CHECK bool feeds_webhook_is_first(const char *path,
                                       const struct feeds_webhook_request *request, int64_t now_ms,
                                       struct err *err);
