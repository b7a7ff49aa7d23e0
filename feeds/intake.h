/*
 * From sources to posts that were not seen before: fetches, parses, leaves out what is done, and
 * keeps a document's ETag and a post's hash only once the posts are done. This is what the
 * pipeline uses; the rest of feeds/ is behind it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feeds/fetch.h"
#include "feeds/source.h"
#include "filter/base/attr.h"
#include "filter/base/clock.h"
#include "filter/base/hash.h"
#include "filter/base/post.h"

struct err;
struct feeds_intake;

/* Tickets are below this, so that the bits above are free for the caller's own. */
#define FEEDS_TICKET_END (UINT64_C(1) << 62)

struct feeds_intake_options {
    const struct feeds_source *sources; /* borrowed for the intake's life; disabled ones are left */
    size_t source_count;
    const char *state;  /* folder, which is there: feeds.state and feeds.seen are kept in it */
    const char *prefix; /* of those two names, to keep the example apart: "example."; NULL: none */
    const struct hash_key *secret; /* copied */
    const char *proxy;             /* as fetch.h's; may be NULL */
    const char *contact;           /* may be NULL */
    struct clock clock;
    struct feeds_limits limits;
    /*
     * Called in the intake's own thread with each new post: may wait (fetching goes on meanwhile,
     * up to a few documents ahead). False: the post was not taken and the intake is being stopped.
     * The text is lent until it returns.
     */
    bool (*on_post)(void *context, const struct post *post, uint64_t ticket);
    /*
     * The same with what a document of fact-checks says (feeds/report.h): of sources whose kind
     * reads nothing else, which are no posts then. One that says what it said the last time is left
     * out. NULL: they are posts like all others.
     */
    bool (*on_report)(void *context, struct str report, uint64_t ticket);
    void *context;
};

/* Starts two threads (fetching, parsing). NULL with the reason. */
MUST_CHECK struct feeds_intake *feeds_intake_start(const struct feeds_intake_options *options,
                                                   struct err *err);

/*
 * Any thread, also after feeds_intake_stop: the post of this ticket is done (nothing matched, or
 * its verdict is acknowledged) and will not come again.
 */
void feeds_intake_done(struct feeds_intake *intake, uint64_t ticket);

/* No on_post is called any more when this returns; on_post must not be waiting for ever. */
void feeds_intake_stop(struct feeds_intake *intake);

/* Stops if need be; tickets not done by now come again with the next start. NULL is fine. */
void feeds_intake_free(struct feeds_intake *intake);

struct feeds_intake_counts {
    uint64_t documents, posts; /* came; new */
    uint64_t reports;          /* of fact-checks, handed out */
    uint64_t seen;             /* posts left out */
    uint64_t bad;              /* entries and lines that could not be read */
    uint64_t failures;         /* fetches that failed */
};

/* Any thread. */
struct feeds_intake_counts feeds_intake_counts(struct feeds_intake *intake);
