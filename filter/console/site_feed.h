/* The register's newest changes as an Atom feed (RFC 4287). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/casebook/register.h"

enum { SITE_FEED_ENTRIES = 50 };

/* Starts zeroed; ends with site_feed_fini. */
struct site_feed {
    struct {
        int64_t seq, case_id, time_ms;
        struct hash hash;
        struct buf title;
    } entries[SITE_FEED_ENTRIES]; /* a ring */
    size_t added;
};

/* Rows in order; the last ones stay. */
void site_feed_add(struct site_feed *feed, const struct casebook_registered *row);

/* Appends the feed, the newest first. `origin` as in site.h. */
void site_feed_write(const struct site_feed *feed, const char *origin, struct buf *out);
void site_feed_fini(struct site_feed *feed);
