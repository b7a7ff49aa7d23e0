/* How a source is, in words that a person can act on. */
#pragma once

#include <stdint.h>

#include "feeds/source.h"
#include "feeds/state.h"
#include "filter/base/buf.h"

enum feeds_status {
    FEEDS_STATUS_OFF, /* disabled */
    FEEDS_STATUS_NEW, /* never fetched */
    FEEDS_STATUS_FINE,
    FEEDS_STATUS_SILENT, /* fine, but without news for FEEDS_SILENT_DAYS */
    FEEDS_STATUS_FAILING,
    FEEDS_STATUS_GONE,
};

enum { FEEDS_SILENT_DAYS = 14 };

enum feeds_status feeds_status_of(const struct feeds_source *source,
                                  const struct feeds_state *state, int64_t now_ms);
const char *feeds_status_name(enum feeds_status status); /* "fine", … */

/* Appends a sentence in Indonesian and in English, on one line: what is, and what to do. */
void feeds_status_explain(const struct feeds_source *source, const struct feeds_state *state,
                          int64_t now_ms, struct buf *out);
