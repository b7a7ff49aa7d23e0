/*
 * Which posts are done: a keyed 128-bit hash of (source, id), in memory and in a file, kept while
 * the source lists the post and at most 14 days. Every call here may come from any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/clock.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"

struct err;
struct feeds_seen;

enum {
    FEEDS_SEEN_MAX_DAYS = 14,       /* limit 5 */
    FEEDS_SEEN_MAX = 1 << 20,       /* posts; beyond, the oldest are forgotten */
    FEEDS_SEEN_UNLISTED_HOURS = 24, /* a cache in between may show an older list for a while */
};

struct feeds_seen_key {
    unsigned char bytes[16];
};

/*
 * Opens the file `path`, or makes it. One that is damaged is used up to the damage, with a warning
 * in the log. False only if the file can't be made or written.
 */
MUST_CHECK struct feeds_seen *feeds_seen_open(const char *path, const struct hash_key *secret,
                                              struct clock clock, struct err *err);
void feeds_seen_close(struct feeds_seen *seen); /* NULL is fine */

struct feeds_seen_key feeds_seen_key(const struct feeds_seen *seen, struct str source,
                                     struct str id);

/* Whether the post is done; if so, notes that its source lists it now. */
MUST_CHECK bool feeds_seen_check(struct feeds_seen *seen, const struct feeds_seen_key *key);

/*
 * The post is done: nothing matched, or its verdict is acknowledged. It is in the file when this
 * returns (and after a crash of the process; a crash of the machine may lose the last seconds,
 * whose posts are then read again). A failing disk is logged once; memory goes on.
 */
void feeds_seen_mark(struct feeds_seen *seen, struct str source, const struct feeds_seen_key *key);

/*
 * A whole list of `source` was read, each of its posts checked or marked: forgets posts of the
 * source that it has not listed for FEEDS_SEEN_UNLISTED_HOURS.
 */
void feeds_seen_listed(struct feeds_seen *seen, struct str source);

/* To be called every few minutes: forgets what is too old, in memory and on disk, once an hour. */
void feeds_seen_sweep(struct feeds_seen *seen);

size_t feeds_seen_count(struct feeds_seen *seen);
