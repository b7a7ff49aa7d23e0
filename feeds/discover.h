/* The feeds that a web page names (RSS Advisory Board and WHATWG: <link rel="alternate">). */
#pragma once

#include <stddef.h>

#include "filter/base/buf.h"
#include "filter/base/str.h"

enum { FEEDS_DISCOVER_MOST = 16 };

struct feeds_discovered {
    struct buf text;
    struct {
        size_t at, len, title_at, title_len; /* in `text` */
    } list[FEEDS_DISCOVER_MOST];
    size_t count;
};

void feeds_discovered_fini(struct feeds_discovered *found);
struct str feeds_discovered_url(const struct feeds_discovered *found, size_t i);
struct str feeds_discovered_title(const struct feeds_discovered *found, size_t i);

/*
 * Finds them in `page` (valid UTF-8), made absolute against `url`, which stands where no <base>
 * does: what <link> says first, in the page's order; where it says nothing, links whose addresses
 * look like feeds.
 */
void feeds_discover(struct str page, struct str url, struct feeds_discovered *found);
