/*
 * What lies on an approver's desk: the session with the server, the offer that was checked last,
 * and what came of each step. For approver*.c alone.
 */
#pragma once

#include <jansson.h>

#include "filter/base/arena.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/sshsig.h"
#include "filter/blocklist/entry.h"
#include "filter/blocklist/guard.h"
#include "filter/casebook/offer.h"
#include "filter/console/remote.h"

struct approver_desk {
    struct remote *remote;
    struct clock clock;
    struct blocklist_guard *guard;
    const char *key_path;
    struct sshsig_key key;
};

enum desk_answer {
    DESK_DONE,
    DESK_SIGN_IN, /* the server knows us no more, or not yet */
    DESK_WRONG,   /* name, password or code; the server does not say which */
    DESK_WAIT,    /* too many tries */
    DESK_REFUSED, /* by the server, or by us: `err` says why */
    DESK_FAILED,  /* no answer, or none that a console of saring gives */
};

/* A case as it is shown; all of it in the arena. */
struct desk_case {
    int64_t id;
    json_t *facts; /* what the server says of the case: shown as its words, never signed */
    bool has_offer;
    struct casebook_offer offer;
    enum casebook_kind kind; /* from here on: only if the bytes were found right */
    bool is_checked, has_entry;
    struct hash entry;            /* if has_entry: the identity of what is shown */
    json_t *said, *record;        /* the signed bytes and their record, read */
    struct hash hash;             /* SHA-256 of the bytes */
    struct err why;               /* if not: what is wrong */
    struct str token, once;       /* for the server's forms */
    bool is_fresh;                /* the second factor */
    bool has_outcome, is_refused; /* what the last form led to */
    struct str outcome;
};
void desk_case_fini(struct desk_case *one);

MUST_CHECK enum desk_answer desk_sign_in(struct approver_desk *desk, struct str name,
                                         struct str password, struct str code, struct err *err);
void desk_sign_out(struct approver_desk *desk);

/* What waits for an approver: the server's JSON, the caller decrefs it. */
MUST_CHECK enum desk_answer desk_waiting(struct approver_desk *desk, json_t **cases,
                                         struct err *err);

/* Gets a case and checks its offer; `said` names the outcome to ask for, "" for none. */
MUST_CHECK enum desk_answer desk_look(struct approver_desk *desk, int64_t id, struct str said,
                                      struct arena *arena, struct desk_case *one, struct err *err);

/* The blind form; the name of the outcome goes to `said`. */
MUST_CHECK enum desk_answer desk_tell(struct approver_desk *desk, struct desk_case *one,
                                      const struct casebook_answers *answers, struct buf *said,
                                      struct err *err);

/* Signs the bytes that were shown, which `hash` names, and sends the signature. */
MUST_CHECK enum desk_answer desk_approve(struct approver_desk *desk, struct desk_case *one,
                                         struct str hash, struct str conflict, struct str code,
                                         struct buf *said, struct err *err);

/*
 * What the panel decides of the appeal that is shown (ACTION_UPHOLD, ACTION_ABUSIVE: the bytes are
 * made here, of what was shown and of this reason, and signed; ACTION_OVERTURN: no signature).
 */
MUST_CHECK enum desk_answer desk_decide(struct approver_desk *desk, struct desk_case *one,
                                        enum casebook_action action, struct str reason,
                                        struct buf *said, struct err *err);

/* Returns or rejects it. */
MUST_CHECK enum desk_answer desk_decline(struct approver_desk *desk, struct desk_case *one,
                                         enum casebook_action action, struct str reason,
                                         struct buf *said, struct err *err);
