/* HTML to the text that people read, and the links that stand in it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "feeds/reference.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

/* Where links go: each one's text ends in `text` at ends[i]. */
struct feeds_links {
    struct buf text;
    size_t *ends;
    size_t count, room;
    size_t most; /* further ones are dropped */
};

void feeds_links_fini(struct feeds_links *links);

struct feeds_html {
    struct str base;                       /* of relative links; may be empty */
    const struct feeds_entities *declared; /* of the document it stands in; may be NULL */
    bool is_xml;                           /* inline XHTML: "<script/>" is closed already */
    struct feeds_links *links;             /* NULL: not collected */
};

/*
 * Appends the text of `markup` (valid UTF-8) to `out`: white space collapsed, a line end between
 * blocks, scripts, styles and comments left out, references resolved. Links of <a>, <area>, <form>,
 * <iframe> are made absolute and collected.
 */
void feeds_html_text(const struct feeds_html *html, struct str markup, struct buf *out);
