/*
 * Where short links led, in memory alone and bounded: by keyed hashes of the links, which are
 * gone with the process. Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"

struct feeds_short_cache;

/* Room for about `entries` links. `secret` is copied. Never NULL. */
MUST_CHECK struct feeds_short_cache *feeds_short_cache_new(size_t entries,
                                                           const struct hash_key *secret);
void feeds_short_cache_free(struct feeds_short_cache *cache); /* NULL is fine */

enum feeds_short_known {
    FEEDS_SHORT_UNKNOWN,
    FEEDS_SHORT_RESOLVED,
    FEEDS_SHORT_NOWHERE, /* asked not long ago, in vain */
};

/* What is known of `link` at `now_ms` (monotonic); its target is appended to `target`. */
enum feeds_short_known feeds_short_cache_find(struct feeds_short_cache *cache, struct str link,
                                              int64_t now_ms, struct buf *target);

/* Keeps it until `until_ms`; an empty target says that it led nowhere. */
void feeds_short_cache_put(struct feeds_short_cache *cache, struct str link, struct str target,
                           int64_t until_ms);
