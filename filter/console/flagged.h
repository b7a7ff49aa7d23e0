/*
 * A flagged post as text on a page: what matched is marked, links are written so that they open
 * nowhere (hxxp, [.]), and a long post comes in parts, so that any post fits on a small page.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/casebook/casebook.h"
#include "filter/console/html.h"

struct flagged;

/*
 * Reads title and text of `post`, which is borrowed until flagged_free, into parts that cost at
 * most about `max_cost` bytes of page each. Never NULL.
 */
MUST_CHECK struct flagged *flagged_new(const struct casebook_post *post, size_t max_cost);
void flagged_free(struct flagged *flagged); /* NULL is fine */

/* How many parts there are, at least one; part numbers start at 0. */
size_t flagged_parts(const struct flagged *flagged);

/* Whether anything in the part is marked. */
bool flagged_is_marked(const struct flagged *flagged, size_t part);

/* Writes a part: a paragraph of the title, a paragraph of the text, or both. */
void flagged_write(const struct flagged *flagged, size_t part, struct html *page);

/* Text on one line without marks, its links as above, isolated; at most about `max_cost` bytes. */
void flagged_line(struct html *page, struct str text, size_t max_cost);

/* A URL that opens nowhere, isolated; at most about `max_cost` bytes of it. */
void flagged_link(struct html *page, struct str url, size_t max_cost);
