/*
 * Notices: who has to be told that a case waits for them, or that its deadline is near. Kept in the
 * casebook until they were sent, tried again with growing waits, and dropped when their deadline
 * has passed: a notice never holds anything up. They say a case's number and its deadline, nothing
 * of what it is about.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/casebook/casebook.h"

struct err;

/* What a notice says. X(constant, name) */
#define CASEBOOK_NOTICES(X)                                                                        \
    X(NOTICE_WAITS, "waits") /* it waits for you since now */                                      \
    X(NOTICE_SOON, "soon")   /* its deadline is near */

enum casebook_notice_kind {
#define X(constant, name) constant,
    CASEBOOK_NOTICES(X)
#undef X
};

const char *casebook_notice_name(enum casebook_notice_kind kind);

enum casebook_notice_to {
    NOTICE_TO_PEOPLE = 1,  /* by e-mail, whoever has an address */
    NOTICE_TO_WEBHOOK = 2, /* one for the case */
};

/*
 * Looks for what is to be told now and keeps it; `to` is a set of casebook_notice_to. The same is
 * never kept twice. `*added` counts.
 */
MUST_CHECK bool casebook_notices_look(struct casebook *casebook, unsigned to, size_t *added,
                                      struct err *err);

/* One that is to be sent. Text stands during the call. */
struct casebook_notice {
    int64_t id, case_id, due_ms;
    enum casebook_notice_kind kind;
    struct str address; /* "": to the webhook */
};

/*
 * Calls `each` for at most `most` that are due to be tried. They are not given again within five
 * minutes, unless casebook_notice_done says that it failed.
 */
MUST_CHECK bool casebook_notices_due(struct casebook *casebook, size_t most,
                                     void (*each)(void *context,
                                                  const struct casebook_notice *notice),
                                     void *context, struct err *err);

/* It was sent, or it was not: then it is tried again in 1, 2, 4 … minutes, at most 2 hours. */
MUST_CHECK bool casebook_notice_done(struct casebook *casebook, int64_t id, bool was_sent,
                                     struct err *err);
