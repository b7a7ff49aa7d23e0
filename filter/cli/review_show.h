/* A case on the terminal, or as JSON: what people need to decide about it. */
#pragma once

#include <stdbool.h>

#include "filter/base/buf.h"
#include "filter/casebook/casebook.h"

enum review_look {
    REVIEW_JSON,
    REVIEW_PLAIN,  /* spans as [[…]] */
    REVIEW_COLOUR, /* spans in reverse video */
};

/* Appends a whole case. Nothing that a stranger wrote controls the terminal or becomes a link. */
void review_show(const struct casebook_page *page, int64_t now_ms, enum review_look look,
                 struct buf *out);

/*
 * Appends a line of the queue, cut to a terminal `columns` wide; whole if that is 0. A narrow one
 * leaves out the rule.
 */
void review_show_line(const struct casebook_case *one, int64_t now_ms, enum review_look look,
                      size_t columns, struct buf *out);

/* Appends what stands above the lines on a terminal `columns` wide. */
void review_show_header(size_t columns, struct buf *out);
