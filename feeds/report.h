/*
 * What a document of fact-checks says, as ingest tells it to review: lines of JSON, the first about
 * the document, each other one a review (feeds_review_put). Who may say what of which page is for
 * the reader to judge, who has the list of checkers (filter/casebook/claims.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "feeds/review.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

struct err;

/* The first line. Text is lent. */
struct feeds_report {
    struct str source; /* its id; empty: a page was looked at again */
    struct str at;     /* where the document was in the end, redirects followed; empty: a file */
    bool is_own;       /* the team's own file or server, or an index: it speaks for every checker */
    bool is_part;      /* more of the document is in other reports: none of them is all there is */
    struct str page;   /* the page that was looked at again */
    long status;       /* HTTP, of that look; 0: nothing answered */
};

enum {
    FEEDS_REPORT_REVIEWS_MOST = 20000, /* of a document; further ones are left out */
    FEEDS_REPORT_BYTES = 1 << 20,      /* of a report, about */
};

/*
 * Reads a document in UTF-8, and hands out its reports, none if it is an answer that found
 * nothing; `each` returns false to stop. A review without an address is of the page `report->at`.
 * `*left_out` is how many reviews or lines could not be read, or were too long. False, with nothing
 * handed out, if it holds no review, or is none of the forms.
 */
MUST_CHECK bool feeds_report_write(const struct feeds_report *report, struct str utf8,
                                   bool (*each)(void *context, struct str bytes), void *context,
                                   size_t *left_out, struct err *err);

/* One that has a first line alone: of a look that found no review. */
void feeds_report_put(const struct feeds_report *report, struct buf *out);

/*
 * Reads the first line; `*rest` is what stands behind it. False if it is none. Its text is
 * appended to `text`, which must stand as long as the report is used.
 */
MUST_CHECK bool feeds_report_read(struct str bytes, struct feeds_report *report, struct buf *text,
                                  struct str *rest, struct err *err);
