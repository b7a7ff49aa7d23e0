/* Fetching many sources, politely: libcurl's multi interface in one thread, each source when due.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feeds/parse.h"
#include "feeds/source.h"
#include "filter/base/attr.h"
#include "filter/base/clock.h"

struct err;
struct feeds_fetch;

/* Zero in any field: the default behind it. */
struct feeds_limits {
    size_t max_bytes;      /* of a document, unpacked: FEEDS_MAX_DOCUMENT */
    unsigned total_ms;     /* for one document, redirects included: 60 s */
    unsigned connect_ms;   /* 10 s */
    unsigned slow_seconds; /* below 100 bytes a second for so long: given up; 15 */
    unsigned every_ms;     /* at least between two fetches of a source: 10 minutes */
    unsigned longest_ms;   /* at most, of one that seldom changes: 6 times every_ms */
    unsigned retry_ms;     /* after the first failure, doubled with each further one: 1 minute */
    unsigned host_gap_ms;  /* between two fetches from one host: 1 s */
    unsigned per_host;     /* transfers from one host: 1 */
    unsigned at_once;      /* transfers: 64 */
};

struct feeds_fetch_options {
    const struct feeds_source *sources; /* borrowed for the fetcher's life */
    size_t source_count;
    const char *state_path; /* validators and due times survive a restart there; NULL: nowhere */
    const char *proxy;      /* http://HOST:PORT, for all sources; NULL: none */
    const char *contact;    /* in the user agent: whom a site can ask; may be NULL */
    struct clock clock;
    struct feeds_limits limits;
    /*
     * Called in the fetcher's thread with a document that came (an unchanged one does not). The
     * bytes are lent until it returns. The source is not fetched again, nor its ETag kept, until
     * feeds_fetch_settled(number) says that all its posts are done: so a crash loses none.
     */
    void (*on_document)(void *context, const struct feeds_source *source, uint64_t number,
                        const struct feeds_document *document);
    void *context;
};

/* NULL if libcurl can't start. A state file that can't be read is left with a warning. */
MUST_CHECK struct feeds_fetch *feeds_fetch_new(const struct feeds_fetch_options *options,
                                               struct err *err);
void feeds_fetch_free(struct feeds_fetch *fetch); /* writes the state; NULL is fine */

/* Fetches until feeds_fetch_stop; transfers under way are then given up. */
void feeds_fetch_run(struct feeds_fetch *fetch);

/* Any thread, any number of times. */
void feeds_fetch_stop(struct feeds_fetch *fetch);

/* Any thread: how many fetches failed so far. */
uint64_t feeds_fetch_failures(struct feeds_fetch *fetch);

/* Any thread: begins nothing new while paused; what is under way goes on. */
void feeds_fetch_pause(struct feeds_fetch *fetch, bool is_paused);

/*
 * Any thread, before feeds_fetch_settled: whether document `number` had posts that were new, and
 * how often the feed says that it changes (0: it does not); the next fetches keep to it.
 */
void feeds_fetch_observed(struct feeds_fetch *fetch, uint64_t number, bool has_news,
                          int64_t asked_ms);

/*
 * Any thread: all posts of document `number` are done. Not `is_fine`: it could not be read, which
 * counts as a failed fetch.
 */
void feeds_fetch_settled(struct feeds_fetch *fetch, uint64_t number, bool is_fine);
