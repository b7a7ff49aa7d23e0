/*
 * Redis' protocol without a socket (RESP2, by hiredis' reader): commands to bytes, bytes to
 * answers. Only what our commands can be answered with is taken; all else is a broken server.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

struct err;
struct verdict_redis_wire;

enum { VERDICT_REDIS_MAX_VALUE = 256 << 10 }; /* bytes of a value; an answer may be little more */

enum verdict_redis_answer {
    VERDICT_REDIS_MORE,   /* no whole answer yet */
    VERDICT_REDIS_STATUS, /* "OK", "PONG" */
    VERDICT_REDIS_VALUE,
    VERDICT_REDIS_NIL,
    VERDICT_REDIS_ERROR, /* its code: "NOAUTH", "OOM", …; "?" if it has none */
    VERDICT_REDIS_BROKEN,
};

MUST_CHECK struct verdict_redis_wire *verdict_redis_wire_new(void);
void verdict_redis_wire_free(struct verdict_redis_wire *wire); /* NULL is fine */

/* Takes what came from the socket. False, with the reason, if it is too much for one answer. */
MUST_CHECK bool verdict_redis_wire_feed(struct verdict_redis_wire *wire, struct str bytes,
                                        struct err *err);

/*
 * The next answer; `*text` stands until the next call. The reason why it is broken never quotes
 * what came: a server could send us back what we gave it, into the log.
 */
enum verdict_redis_answer verdict_redis_wire_next(struct verdict_redis_wire *wire, struct str *text,
                                                  struct err *err);

/* Appends a command of `count` words. */
void verdict_redis_wire_command(struct buf *out, const struct str *words, size_t count);
