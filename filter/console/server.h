/*
 * A web server (Ulfius on libmicrohttpd) with one thread of its own, for the console and for the
 * public pages: bounded connections, heads and bodies, the headers that every answer has, TLS.
 */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/console/answer.h"
#include "filter/console/request.h"

struct err;
struct server;

enum { SERVER_CONNECTIONS_MOST = 256 };

/*
 * Borrowed until server_stop. When three quarters of the connections are taken, each new one ends
 * the oldest of the address that has most: who opens many only shuts out themselves.
 */
struct server_options {
    const char *name;              /* of its part in saring.yml: "console", "public" */
    const char *address;           /* an IPv4 or IPv6 address, no name */
    unsigned port;                 /* 0: any free one */
    const char *certificate, *key; /* files in PEM form; NULL: no TLS */
    unsigned connections;          /* at most, up to SERVER_CONNECTIONS_MOST; 0: 64 */
    /* Called in the server's thread; fills `response`, whose body the server ends. */
    void (*give)(void *context, const struct request_head *head, struct response *response);
    void *context;
};

/* `*bound` is the port. NULL with the reason if it can't listen or the certificate can't be read.
 */
MUST_CHECK struct server *server_start(const struct server_options *options, unsigned *bound,
                                       struct err *err);

/* Ends what is being answered. NULL is fine. */
void server_stop(struct server *server);

/* Whether an address stands for all of the machine's. */
bool server_is_wildcard(const char *address);
