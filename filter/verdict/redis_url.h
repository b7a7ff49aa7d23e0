/* Where a Redis is: the URL in saring.yml. */
#pragma once

#include <stdbool.h>
#include <sys/un.h>

#include "filter/base/attr.h"

struct err;

struct verdict_redis_url {
    char path[sizeof((struct sockaddr_un *)0)->sun_path]; /* of a unix socket; "" for TCP */
    char host[256], port[8];
    char user[128], password[256]; /* "" if there is none */
    unsigned database;
};

/*
 * Reads redis://[user:password@]host[:port][/database] (host may be a bracketed IPv6 address;
 * user may be empty; both percent-encoded) or unix:PATH. False with what would be right; the
 * message never holds the URL, in which a password may be.
 */
MUST_CHECK bool verdict_redis_url_parse(const char *text, struct verdict_redis_url *url,
                                        struct err *err);

/* "host:port" or the path, for the log. Returns `out`. */
char *verdict_redis_url_name(const struct verdict_redis_url *url, char *out, unsigned size);
