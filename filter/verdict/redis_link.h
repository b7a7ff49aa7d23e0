/* One connection to a Redis: made, logged in and tried within a deadline. One thread's. */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/verdict/redis_url.h"
#include "filter/verdict/redis_wire.h"

struct err;

/*
 * Connects within `connect_ms`, and logs in, selects the database and has a PING answered within
 * `answer_ms`. Gives up when `stop_fd` becomes readable. A non-blocking socket that the caller
 * closes, or -1 with the reason.
 */
MUST_CHECK int verdict_redis_connect(const struct verdict_redis_url *url, unsigned connect_ms,
                                     unsigned answer_ms, int stop_fd,
                                     struct verdict_redis_wire *wire, struct err *err);

/* Reads once into `wire`. False when the server is gone or sends too much. */
MUST_CHECK bool verdict_redis_read(int fd, struct verdict_redis_wire *wire, struct err *err);

/* Writes what the socket takes of `out`, from `*at` on; empties `out` at its end. */
MUST_CHECK bool verdict_redis_write(int fd, struct buf *out, size_t *at, struct err *err);
