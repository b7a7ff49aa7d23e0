/* An element with a value of its own (title, link, content, …): collected, then put into an entry.
 */
#pragma once

#include <stdbool.h>

#include "feeds/build.h"
#include "feeds/markup.h"
#include "feeds/reference.h"
#include "feeds/vocabulary.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

struct feeds_leaf {
    struct feeds_element_use use;
    struct str name;       /* as written */
    struct str attributes; /* as written */
    struct str base;       /* of relative links in it */
    const struct feeds_entities *entities;
    size_t start;      /* in the document: where its inside begins */
    bool has_children; /* set by the reader; the inside is then read as mark-up */
    bool is_broken;    /* a reference in it is none of XML's */
    size_t pieces;     /* of text so far */
    struct str plain;  /* its text while one piece without references is all there is */
    struct buf joined; /* else here */
    struct buf value;  /* an attribute's or a decoded value */
};

void feeds_leaf_fini(struct feeds_leaf *leaf);

void feeds_leaf_start(struct feeds_leaf *leaf, const struct feeds_markup_piece *piece,
                      struct feeds_element_use use, struct str base,
                      const struct feeds_entities *entities);

/* A piece of text or CDATA directly or indirectly in it. */
void feeds_leaf_text(struct feeds_leaf *leaf, const struct feeds_markup_piece *piece);

/* The element is closed; `inside` is all that stands between its tags. */
void feeds_leaf_end(struct feeds_leaf *leaf, struct str inside, struct feeds_build *build);
