/*
 * Captured evidence: pages of a case's site as WARC files, with when, by whom and their SHA-256,
 * which is what proposals name. They go with the case's content.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"
#include "filter/casebook/casebook.h"
#include "filter/casebook/move.h"
#include "filter/casebook/people.h"
#include "filter/text/url.h"

struct casebook_page;
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

/*
 * What a page of the console asks for: nobody who has the casebook opens a connection, so that an
 * order waits in it for the process that does (filter/pipeline/camera.h). It is gone once its
 * capture is kept.
 */
enum {
    CASEBOOK_ORDERS_MOST = 4,       /* of a case that wait or are being fetched */
    CASEBOOK_ORDER_URL_MOST = 2000, /* bytes of a canonical URL */
};

/* The states of orders. X(constant, name) */
#define CASEBOOK_ORDERS(X)                                                                         \
    X(ORDER_WAITS, "waits")                                                                        \
    X(ORDER_FETCHING, "fetching")                                                                  \
    X(ORDER_FAILED, "failed") /* and says why; the next one for the page takes its place */

enum casebook_order_state {
#define X(constant, name) constant,
    CASEBOOK_ORDERS(X)
#undef X
};

struct casebook_order {
    int64_t id, case_id, asked_ms, since_ms; /* since: in this state */
    enum casebook_order_state state;
    struct str url, person, why;
};

/* As casebook_capture_may has it; REFUSED, and logged, if not. */
MUST_CHECK enum casebook_outcome casebook_order(struct casebook *casebook,
                                                const struct casebook_session *session,
                                                int64_t case_id, struct str url, struct err *err);

/* Calls `each` for the orders of a case, the oldest first; text stands during the call. */
MUST_CHECK bool casebook_orders(struct casebook *casebook, int64_t case_id,
                                void (*each)(void *context, const struct casebook_order *order),
                                void *context, struct err *err);

/* The oldest that waits is being fetched from now on; text in the arena. `*found`: there is one. */
MUST_CHECK bool casebook_order_take(struct casebook *casebook, struct arena *arena,
                                    struct casebook_order *order, bool *found, struct err *err);

/*
 * What came of it is kept as casebook_capture_add does, in the name of who asked, whose rights are
 * looked up anew. If they have none any more, or the case is over, the order says that it failed.
 */
MUST_CHECK bool casebook_order_done(struct casebook *casebook, int64_t id, long status,
                                    struct str warc, struct err *err);
MUST_CHECK bool casebook_order_failed(struct casebook *casebook, int64_t id, const char *why,
                                      struct err *err);

/* Whoever fetched is gone: what was being fetched waits anew, or failed if it is the second time.
 */
MUST_CHECK bool casebook_orders_again(struct casebook *casebook, struct err *err);

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

/* The same without its bytes; text in the arena. */
MUST_CHECK bool casebook_capture_find(struct casebook *casebook, const struct hash *sha256,
                                      struct arena *arena, struct casebook_capture *capture,
                                      bool *found, struct err *err);

/*
 * Whether `wanted` is where a post of the case is, or a page that one links to; of a site that
 * nobody shares any page. Nothing else of the world is the case's.
 */
bool casebook_is_of_posts(const struct casebook *casebook, const struct casebook_page *page,
                          const struct url *wanted);
