/*
 * Captured evidence: pages of a case's site as WARC files, with when, by whom and their SHA-256,
 * which is what proposals name. They go with the case's content.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"
#include "filter/casebook/casebook.h"
#include "filter/casebook/people.h"

struct err;

enum {
    CASEBOOK_CAPTURES_MOST = 32,            /* of a case */
    CASEBOOK_CAPTURE_BYTES_MOST = 64 << 20, /* of one */
};

struct casebook_capture {
    int64_t id, case_id, time_ms;
    long status;        /* of the last answer */
    struct str url;     /* canonical; what was asked for */
    struct str person;  /* who asked */
    struct hash sha256; /* of the WARC file */
    size_t size;        /* bytes of it */
};

/*
 * Whether this person may capture `url` for the case: a reviewer, an approver or the panel; a page
 * of a site that a post of the case links to, or the post itself, or a page of its rule's evidence,
 * and nothing else. Appends the canonical URL. False with the reason; a refusal is logged.
 */
MUST_CHECK bool casebook_capture_may(struct casebook *casebook,
                                     const struct casebook_session *session, int64_t case_id,
                                     struct str url, struct buf *canonical, struct err *err);

/* Keeps what was fetched, with a row in the log; asks casebook_capture_may again. */
MUST_CHECK bool casebook_capture_add(struct casebook *casebook,
                                     const struct casebook_session *session, int64_t case_id,
                                     struct str url, long status, struct str warc,
                                     struct casebook_capture *capture, struct err *err);

/* Calls `each` for those of a case, the oldest first; text stands during the call. */
MUST_CHECK bool casebook_captures(struct casebook *casebook, int64_t case_id,
                                  void (*each)(void *context,
                                               const struct casebook_capture *capture),
                                  void *context, struct err *err);

/*
 * Appends the WARC file of this hash. `*found` is false if there is none (any more). One whose
 * bytes have another hash is damaged: false.
 */
MUST_CHECK bool casebook_capture_read(struct casebook *casebook, const struct hash *sha256,
                                      struct buf *out, bool *found, struct err *err);
