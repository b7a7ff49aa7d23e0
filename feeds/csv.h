/* Posts as CSV with a header row (RFC 4180; LF alone and a BOM are taken too). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/post.h"
#include "filter/base/str.h"

struct err;
struct feeds_csv_header; /* which column is which field; immutable, shared by all workers */
struct feeds_csv;        /* one per worker, reused for every row */

enum { FEEDS_CSV_MAX_ROW = 4 << 20, FEEDS_CSV_MAX_COLUMNS = 1024 };

enum feeds_csv_cut {
    FEEDS_CSV_ROW,      /* a whole row */
    FEEDS_CSV_MORE,     /* the row may go on behind these bytes */
    FEEDS_CSV_OVERLONG, /* FEEDS_CSV_MAX_ROW bytes without an end */
};

/*
 * Takes the first row off `*rest`: `*row` is it without its line end, `*lines` the line ends that
 * were taken. With `is_last` the bytes are the input's end, and what has no line end is a row too
 * (MORE then means that nothing is left). A row ends at a line end outside quotes. OVERLONG, when
 * most likely a quote was not closed, takes the first line alone (or, if it has no end, all there
 * is) off `*rest`: report it, and go on with the rest.
 */
enum feeds_csv_cut feeds_csv_cut(struct str *rest, bool is_last, struct str *row, size_t *lines);

/*
 * Reads the header row: columns named as a post's fields ("id", "source", "url", "title", "text",
 * "author_name", "lang", "published", in any case) are those fields, `text_column` (NULL: "text")
 * is the text, others are ignored. NULL if that column is missing or a field is there twice.
 */
MUST_CHECK struct feeds_csv_header *feeds_csv_header_new(struct str row, const char *text_column,
                                                         struct err *err);
void feeds_csv_header_free(struct feeds_csv_header *header); /* NULL is fine */

/* `header` must outlive the reader. Never NULL. */
MUST_CHECK struct feeds_csv *feeds_csv_new(const struct feeds_csv_header *header);
void feeds_csv_free(struct feeds_csv *csv); /* NULL is fine */

/*
 * Reads one row as feeds_csv_cut gave it into `post`, whose text stands until the next call and as
 * long as `row` does. A row may have fewer or more fields than the header. False with the line,
 * counted from 1 at the row's start, and the column in bytes: a quote not closed, text behind a
 * closed quote, no text, a time that is none, too long.
 */
MUST_CHECK bool feeds_csv_read(struct feeds_csv *csv, struct str row, struct post *post,
                               struct err *err);

/* How many bad byte sequences were replaced so far. */
uint64_t feeds_csv_mended(const struct feeds_csv *csv);
