/*
 * Where short links lead: a thread that asks known shorteners, and nobody else. It follows from
 * shortener to shortener, at most FEEDS_MAX_REDIRECTS times, and stops at the first address that is
 * none: what stands there is never visited. Each request is held to the addresses that
 * feeds/fetch.h is held to. Which links may be asked for is the caller's to know.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feeds/short_cache.h"
#include "feeds/shortener.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"

struct err;
struct feeds_short;

enum { FEEDS_SHORT_MAX_TARGET = 2048 }; /* bytes of an address that a link may lead to */

/* Zero in any field: the default behind it. */
struct feeds_short_limits {
    unsigned total_ms;        /* from asking to the answer, whatever happens: 12 s */
    unsigned request_ms;      /* for one request: 4 s */
    unsigned host_gap_ms;     /* between two requests to one shortener, one at a time: 250 ms */
    unsigned host_per_minute; /* requests to one shortener: 60 */
    unsigned per_minute;      /* requests in all: 240 */
    unsigned at_once;         /* requests under way: 8 */
    unsigned waiting;         /* links asked for and not answered: 256 */
    unsigned remembered;      /* links: 8192 */
    unsigned keep_ms;         /* what was found: 6 hours */
    unsigned keep_nowhere_ms; /* that nothing was: 10 minutes */
};

struct feeds_short_options {
    const struct feeds_shorteners *list; /* borrowed for the resolver's life */
    const struct hash_key *secret;       /* copied */
    const char *proxy, *contact;         /* as fetch.h's; may be NULL */
    struct feeds_short_limits limits;
    /*
     * The answer to each feeds_short_ask that returned true, once, in the resolver's thread: the
     * canonical address that the link leads to, lent; empty: it stays as it is.
     */
    void (*on_answer)(void *context, uint64_t ticket, struct str target);
    void *context;
};

/* NULL with the reason. */
MUST_CHECK struct feeds_short *feeds_short_start(const struct feeds_short_options *options,
                                                 struct err *err);

/* Answers what is open, with nothing; no on_answer is called any more when this returns. */
void feeds_short_stop(struct feeds_short *resolver);
void feeds_short_free(struct feeds_short *resolver); /* stops if need be; NULL is fine */

/* Any thread: what is known of a canonical link without asking; its target is appended. */
enum feeds_short_known feeds_short_find(struct feeds_short *resolver, struct str link,
                                        struct buf *target);

/* Any thread: somebody else found out; false, and not kept, if that is no target a link may have.
 */
bool feeds_short_learn(struct feeds_short *resolver, struct str link, struct str target);

/*
 * Any thread, returns at once: false if the link is at no shortener, too many wait already, or it
 * was stopped; on_answer is not called for it then.
 */
MUST_CHECK bool feeds_short_ask(struct feeds_short *resolver, struct str link, uint64_t ticket);

struct feeds_short_counts {
    uint64_t asked;    /* by feeds_short_ask, taken */
    uint64_t refused;  /* not taken: too many waited */
    uint64_t requests; /* sent to shorteners */
    uint64_t resolved, nowhere;
};

/* Any thread. */
struct feeds_short_counts feeds_short_counts(struct feeds_short *resolver);
