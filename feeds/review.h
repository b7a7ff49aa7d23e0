/*
 * A fact-check's verdict on a claim (schema.org ClaimReview), as sites embed it, as the Fact Check
 * Tools API answers it, and as people write it in lists.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

struct err;

/* What is missing has length 0. */
struct feeds_review {
    struct str url;       /* of the fact-check's page */
    struct str publisher; /* as it names itself */
    struct str claim;     /* what was checked */
    struct str title;     /* of the page */
    struct str rating;    /* in words; or "1/5" where there is a number alone */
    int64_t rated_ms;     /* CLOCK_NEVER: unknown */
    bool is_lowest;       /* the rating is a number alone, and the lowest of its scale */
    bool is_withdrawn;    /* creativeWorkStatus says so, or "withdrawn": true */
    bool is_partial;      /* an answer to a search: the page may hold further reviews */
    unsigned line;        /* of the document, from 1; 0: it is not by lines */
};

/* Called for each review; its text stands during the call. False stops. */
typedef bool feeds_review_take(void *context, const struct feeds_review *review);

/* ClaimReview objects alone, in lists, in "@graph", in items; how many were found. */
typedef bool feeds_review_object(void *context, const json_t *object);
size_t feeds_review_find(const json_t *root, feeds_review_object *each, void *context);

enum { FEEDS_REVIEW_DOCUMENT_MOST = 64 << 20 }; /* bytes of a document */

/*
 * All reviews of a document: JSON-LD, an answer of claims:search, or NDJSON, one object a line:
 * a ClaimReview, or {"url","claim","rating"} with "publisher", "title", "rated", "withdrawn".
 * `bad` is told of each line that holds none, with its number from 1, and goes on. False with
 * `err` if the document as a whole is none of these.
 */
MUST_CHECK bool feeds_review_read(struct str document, feeds_review_take *take,
                                  void (*bad)(void *context, unsigned line, const char *why),
                                  void *context, struct err *err);

/*
 * The same of whatever bytes a checker's site answers with: a document as above, or a page with
 * JSON-LD in it (<script type="application/ld+json">). Blocks that are broken are left out; false
 * if there is no review at all.
 */
MUST_CHECK bool feeds_review_read_page(struct str utf8, feeds_review_take *take,
                                       void (*bad)(void *context, unsigned line, const char *why),
                                       void *context, struct err *err);

/* Each block of JSON-LD of a page, as it stands there; `each` returns false to stop. */
void feeds_review_blocks(struct str html, bool (*each)(void *context, struct str block),
                         void *context);

/* Appends a review as a line of NDJSON that feeds_review_read reads as the same. */
void feeds_review_put(const struct feeds_review *review, struct buf *out);
