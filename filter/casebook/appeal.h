/*
 * Appeals (REVIEW, section 4): anyone may send one, without an account; the first about a case
 * suspends its entry at once, or makes its correction or referral "disputed"; nobody's appeal is
 * ever dropped for the number of others. The panel decides with casebook_move (ACTION_UPHOLD,
 * ACTION_OVERTURN, ACTION_ABUSIVE, and ACTION_ADMIT or ACTION_DECLINE for a further one); what it
 * does not decide within 72 hours is overturned by the clock.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/casebook/casebook.h"
#include "filter/casebook/move.h"

struct err;

enum {
    APPEAL_GROUND_LEAST = 20, /* characters of a ground */
    APPEAL_GROUND_MOST = 4000,
    APPEAL_RECEIPT_CHARS = 26, /* of a receipt */
    APPEAL_WAITING_MOST = 20,  /* further ones of one case that wait for the panel at once */
};

/* What somebody gets who appealed. No name or address of theirs is asked or kept. */
struct casebook_lodged {
    int64_t appeal, case_id;
    enum casebook_appeal_state state;       /* APPEAL_LODGED, or APPEAL_ASKED for a further one */
    char receipt[APPEAL_RECEIPT_CHARS + 1]; /* a secret, by which its sender finds it again */
    bool suspended;                         /* the entry is out of force because of it */
};

/*
 * Takes an appeal about a case whose entry is in force or suspended, or that was corrected or
 * referred. REFUSED: nothing of that case can be appealed now, the ground is too short, too long or
 * no text, or as many further appeals of it wait as may; logged. A first one is always taken.
 */
MUST_CHECK enum casebook_outcome casebook_appeal_lodge(struct casebook *casebook, int64_t case_id,
                                                       struct str ground,
                                                       struct casebook_lodged *lodged,
                                                       struct err *err);

/* Whether an appeal about that case would be the first, and would be taken. Changes nothing. */
MUST_CHECK bool casebook_appeal_is_first(struct casebook *casebook, int64_t case_id, bool *is_first,
                                         struct err *err);

/* An appeal and its case, for lists. Text stands during the call. */
struct casebook_appeal {
    struct casebook_objection objection;
    int64_t case_id, version; /* of the case */
    enum rule_class class;
    enum casebook_state case_state;
    struct str entry_state; /* "" if the case has none */
};

struct casebook_appeal_filter {
    bool waiting;                /* only what waits for the panel */
    struct casebook_after after; /* from behind this place on; id 0: from the first one on */
    size_t offset, limit;        /* limit 0: all */
};

/* Calls `row` for each, those that wait first, by their deadline; it returns false to stop. */
MUST_CHECK bool casebook_appeals(struct casebook *casebook,
                                 const struct casebook_appeal_filter *filter,
                                 bool (*row)(void *context, const struct casebook_appeal *one),
                                 void *context, struct err *err);

/* Its place in that order. */
struct casebook_after casebook_appeal_place(const struct casebook_appeal *one);

/* The one of this receipt; `*found` is false, and `each` not called, if there is none. */
MUST_CHECK bool casebook_appeal_find(struct casebook *casebook, struct str receipt,
                                     void (*each)(void *context, const struct casebook_appeal *one),
                                     void *context, bool *found, struct err *err);

/* For transparency figures: how many appeals came to which end, and how long that took. */
struct casebook_appeal_figures {
    size_t of[APPEAL_DECLINED + 1]; /* by enum casebook_appeal_state */
    size_t by_clock;                /* of those overturned: because nobody decided */
    int64_t median_ms;              /* from lodging to decision; 0 if none was decided */
};
MUST_CHECK bool casebook_appeal_count(struct casebook *casebook,
                                      struct casebook_appeal_figures *figures, struct err *err);
