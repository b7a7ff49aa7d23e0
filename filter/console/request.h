/*
 * What a request asks for, read from the few parts of its head that we look at. Knows no socket:
 * strings in, decisions out.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/str.h"
#include "filter/console/message.h"
#include "filter/console/place.h"

/* The parts of a request's head, borrowed; "" where there is none. */
struct request_head {
    struct str method, target;
    struct str host, accept, accept_language, accept_encoding;
    size_t hosts; /* how many Host fields there were */
    struct str origin, cookie, content_type, if_none_match, authorization;
    struct str range, if_range, if_match, if_modified_since;
    struct str forwarded; /* X-Forwarded-For: believed of the named proxy alone */
    bool is_forwarded;    /* a proxy says of itself that it stands between: any such field */
    struct str peer;      /* the address at the other end of the connection */
    struct str body;
    bool is_body_too_long;
};

/* The names under which the console answers, besides loopback's. */
struct request_names {
    struct str address; /* as configured */
    bool is_wildcard;   /* it listens on all addresses: any address literal will do */
    bool is_tls;        /* it speaks TLS itself */
    struct str origin;  /* "https://saring.example.id", its name behind a proxy or of its own; "" */
    struct str proxy;   /* the address of the one proxy that is believed; "" for none */
};

enum { REQUEST_MAX_TARGET = 1024 };

enum request_method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_OPTIONS, METHOD_OTHER };

/* The name of the cookie; a browser takes it only with Secure, Path=/ and no Domain (RFC 6265bis).
 */
#define REQUEST_COOKIE "__Host-saring"
#define REQUEST_EASE "__Host-saring-ease"     /* what somebody asked for (ease.h) */
#define REQUEST_DEVICE "__Host-saring-device" /* a browser that signed in before (web.h) */

struct request {
    enum request_method method;
    bool is_too_long; /* its target is longer than any of ours */
    bool is_ours; /* the Host is a name of ours: else another site's page asks (DNS rebinding) */
    enum place_answer answer;
    struct place place;
    enum language language;
    bool wants_json, takes_gzip;
    bool takes_none;     /* neither a page nor JSON */
    bool is_local;       /* by this machine itself, over loopback, and through no proxy */
    bool is_secure;      /* the browser keeps secrets here: TLS, or its own machine */
    bool is_same_origin; /* the Origin is this console's own: no other site's page sends it */
    bool is_form;        /* the body is application/x-www-form-urlencoded */
    bool is_json;        /* it is application/json */
    bool is_body_too_long;
    struct str cookie, device, ease; /* what our cookies hold; "" if not there, or twice */
    bool is_bearer;                  /* it comes with a token (RFC 6750); then no cookie counts */
    struct str bearer;               /* which one */
    struct str from; /* whose address to count against: the peer, or whom our proxy names */
    struct str if_none_match; /* what the client has already (request_has_tag) */
    struct str body, target;
};

struct request request_read(const struct request_head *head, const struct request_names *names);

/*
 * Whether a Host field (RFC 9110, section 7.2) names this console: localhost, a loopback address,
 * the configured address, or any address literal when listening on all; any port.
 */
bool request_host_is_ours(struct str host, const struct request_names *names);

/*
 * Whether an If-None-Match field (RFC 9110, section 13.1.2) names this entity tag, `"…"` without
 * its W/: compared weakly. "*" names all.
 */
bool request_has_tag(struct str field, struct str tag);

/*
 * How much a field such as Accept likes `item` (RFC 9110, section 12.5), in thousandths: the
 * weight of the most specific range that covers it, -1 if none does. Items are "type/subtype" or
 * a plain word.
 */
int request_weight(struct str field, struct str item);
