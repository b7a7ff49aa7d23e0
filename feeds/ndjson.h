/* Posts as NDJSON: one JSON object a line (RFC 8259), read by YAJL's events. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/post.h"
#include "filter/base/str.h"

struct err;
struct feeds_ndjson; /* one per worker, reused for every line */

enum {
    FEEDS_NDJSON_MAX_LINE = 8 << 20, /* a post of POST_MAX_BYTES, each byte as \u00XX, and more */
    FEEDS_NDJSON_MAX_DEPTH = 64,
};

MUST_CHECK struct feeds_ndjson *feeds_ndjson_new(void);
void feeds_ndjson_free(struct feeds_ndjson *reader); /* NULL is fine */

/*
 * Reads one line, with or without its line end, into `post`: the text stands until the next call
 * and as long as `line` does (text without escapes is not copied). Fields: "text", which must be
 * there, and "id", "source", "url", "title", "author_name", "lang", "published" (RFC 3339 or
 * another usual form), "links" (a list of text); null counts as absent, other names are ignored.
 * Bad UTF-8 and lone surrogates become U+FFFD. False with the column (in bytes) and what is wrong:
 * no object, a field of the wrong type or there twice, no text, too long, too deep.
 */
MUST_CHECK bool feeds_ndjson_read(struct feeds_ndjson *reader, struct str line, struct post *post,
                                  struct err *err);

/* How many bad byte sequences and lone surrogates were replaced so far. */
uint64_t feeds_ndjson_mended(const struct feeds_ndjson *reader);
