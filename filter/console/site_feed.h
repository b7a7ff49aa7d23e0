/*
 * The register's changes as an Atom feed (RFC 4287): the newest in perubahan.atom, all before them
 * in archives of a hundred (RFC 5005, section 4), so that no reader misses one.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/casebook/register.h"

struct err;
struct site_data;
struct site_feed;

enum { SITE_FEED_ENTRIES = 100 }; /* of an archive; the feed itself has fewer than twice as many */

MUST_CHECK struct site_feed *site_feed_new(void); /* never NULL */
void site_feed_free(struct site_feed *feed);      /* NULL is fine */

/* Rows in order, all of them. */
void site_feed_add(struct site_feed *feed, const struct casebook_registered *row);

/* The time of the last row; 0: there was none. */
int64_t site_feed_newest(const struct site_feed *feed);

/* Writes the feed's files. `origin` as in site.h. */
MUST_CHECK bool site_feed_write(const struct site_feed *feed, struct site_data *data,
                                const char *origin, struct err *err);
