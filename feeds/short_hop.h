/* Where one answer of a shortener leads (feeds/short.h follows them). */
#pragma once

#include <stdbool.h>

#include "feeds/transfer.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

enum feeds_hop {
    FEEDS_HOP_ON,      /* to the URL that was written */
    FEEDS_HOP_ASK_GET, /* nothing in answer to HEAD: ask by GET, which some want */
    FEEDS_HOP_NOWHERE,
};

/*
 * What the answer to HEAD, or to GET, says: a Location, or in a page `<meta http-equiv=refresh>`.
 * The URL is absolute and appended to `next`.
 */
enum feeds_hop feeds_hop_of(const struct feeds_transfer *transfer, CURLcode code, bool was_head,
                            struct buf *next);

/*
 * The address that a page sends its reader to at once, made absolute against `url` and appended to
 * `next`; false if it sends nowhere. The page may be any bytes.
 */
bool feeds_hop_refresh(struct str page, struct str url, struct buf *next);
