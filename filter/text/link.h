/* Links in a post: cut out of its text and mark-up, canonical form beside the original. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/post.h"
#include "filter/base/str.h"
#include "filter/text/view.h"

struct text_link {
    bool in_mark_up;       /* from post.links: `span` is the whole of the original */
    enum post_field field; /* else the field it stands in (title or text) … */
    struct text_span span; /* … and where there */
    struct str original;   /* as written; borrowed from the post */
    struct str url;        /* canonical (WHATWG URL; own short list of tracking parameters cut) */
    struct str host;       /* lower-case, IDNA A-labels, no trailing dot */
    struct str domain; /* registrable domain (Public Suffix List); "" for an address or suffix */
    struct str path;   /* with query, from '/' on */
};

/* Finds links; one per worker, reused. */
struct text_links;

MUST_CHECK struct text_links *text_links_new(void);
void text_links_free(struct text_links *links); /* NULL is fine */

/*
 * Finds the http(s) links, "www." and bare names under a known public suffix, in the post's title
 * and text and canonicalises those and post->links, at most POST_MAX_LINKS in all. A link that
 * can't be canonicalised is left out. Returns their number; `*found` stands until the next call.
 */
size_t text_links_find(struct text_links *links, const struct post *post,
                       const struct text_link **found);
