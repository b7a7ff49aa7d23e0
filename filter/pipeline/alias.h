/*
 * What names are aliases of (CNAME, RFC 1034, section 3.6.2), asked of one resolver. Answers are
 * written by whoever owns a name, so they are read by a process of its own that can do nothing
 * else; here come names alone.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

struct err;

enum alias_state {
    ALIAS_UNKNOWN, /* no answer, or none that says anything: nobody knows what it is */
    ALIAS_NONE,    /* a name of its own, or none at all */
    ALIAS_FOUND,
};

enum { ALIAS_CHAIN_MOST = 16 };

struct alias {
    enum alias_state state;
    struct str chain; /* canonical names with a space between; in `bytes` of the look-up */
};

struct alias_lookup {
    struct alias *answers; /* one for each name */
    struct buf bytes;
};

/*
 * Asks for `count` canonical names at "ADDRESS:PORT" ("[::1]:53"), many at a time, for at most
 * `deadline_ms`; what was not answered by then is unknown. False if nothing could be asked. End it
 * with _fini. Forks: call it from a process without threads.
 */
MUST_CHECK bool alias_ask(struct alias_lookup *lookup, const char *resolver,
                          const struct str *names, size_t count, int deadline_ms, struct err *err);
void alias_lookup_fini(struct alias_lookup *lookup);

/* The next name of a chain, cut from its front; "" at its end. */
struct str alias_next(struct str *chain);

/* What the child does with an answer (RFC 1035): appends the chain's names. Whatever is no name in
 * our letters is left out. False if the bytes are no answer. Known here for the fuzzer. */
MUST_CHECK bool alias_read(const unsigned char *message, size_t len, struct buf *chain);
