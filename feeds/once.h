/* One source fetched and read now, for people who add or check it; nothing is kept. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "feeds/discover.h"
#include "feeds/parse.h"
#include "feeds/source.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"

struct err;

struct feeds_once {
    struct buf url;         /* where it ended */
    struct buf title, lang; /* of the feed */
    const char *version;    /* "rss20", …; "" if it is none of those that have one */
    enum feeds_format format;
    size_t entries, bad;
    bool is_broken;
    int64_t newest_ms;             /* CLOCK_NEVER: no entry says */
    bool has_moved;                /* for good, to `url` */
    struct feeds_discovered found; /* of a web page that is no feed: the feeds that it names */
};

/* As in fetch.h; NULL: none. */
struct feeds_once_options {
    const char *contact, *proxy;
};

void feeds_once_fini(struct feeds_once *once);

/*
 * Fetches the source's url or reads its path, with every limit of fetch.h, and hands each entry to
 * `on_entry` (NULL: to nobody). False with words for the person who asked; `once->found` then has
 * what may be meant instead.
 */
MUST_CHECK bool feeds_once_read(const struct feeds_source *source,
                                const struct feeds_once_options *how, feeds_on_entry *on_entry,
                                void *context, struct feeds_once *once, struct err *err);
