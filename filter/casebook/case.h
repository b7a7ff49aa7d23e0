/* A case and its entry as moves change them; within one transaction, the log's row first. */
#pragma once

#include "filter/casebook/internal.h"

#define CASEBOOK_MACHINE STR("machine")
#define CASEBOOK_CLOCK STR("clock")
#define CASEBOOK_PUBLIC STR("public") /* whoever sent an appeal */

enum { CASEBOOK_POSTS_KEPT = 100 }; /* of a case, with their text: half first, half newest */

/* The lane's limits, for moves and for the log's replay. */
#define CASEBOOK_LANE_BARRED (30 * CASEBOOK_DAY)

#define CASEBOOK_RESTORE_TYPE "saring-restore-1"

/* The states in which a case waits for somebody or something; SQL's list of them. */
#define CASEBOOK_WAITING                                                                           \
    "('flagged', 'claimed', 'held', 'proposed', 'urgent', 'returned', 'approved')"
/* The states that are not final. */
#define CASEBOOK_LIVE                                                                              \
    "('flagged', 'claimed', 'held', 'proposed', 'urgent', 'returned', 'approved', 'listed',"       \
    " 'corrected', 'referred', 'answered', 'unanswered')"

/* Rows of the log about what was decided, as the index log_decisive has them. */
#define CASEBOOK_DECISIVE                                                                          \
    "action IN ('dismiss', 'propose', 'urgent', 'approve', 'return', 'reject', 'lapse', 'list',"   \
    " 'correct', 'refer', 'reply', 'no-reply', 'remove', 'withdraw', 'void', 'lodge', 'uphold',"   \
    " 'abusive', 'overturn')"

struct casebook_dossier {
    int64_t id, version, opened_ms, since_ms, due_ms, lease, returns;
    struct str season, rule_id, holder, proposer; /* in the arena */
    struct hash revision;
    bool is_disputed;
    enum rule_class class;
    enum casebook_state state;
};

struct casebook_listing {
    int64_t case_id, due_ms, end_ms;
    int64_t suspended_seq; /* of the log's row that suspended it last; 0: it never was */
    int64_t appeal;        /* that suspended it; 0: no appeal did */
    struct hash id;
    struct str json, reviewer, approver; /* in the arena */
    enum casebook_entry_state state;
    bool is_lane; /* of the 24-hour lane: nobody independent signed it */
};

/* Now, or the log's last time if the clock went back: time never does here. */
MUST_CHECK bool casebook_time(struct casebook *casebook, int64_t *now_ms, struct err *err);

struct str casebook_keep(struct arena *arena, struct str text);

/* captures.c: casebook_capture_add in the name of a person who asked for it before. */
struct casebook_capture;
MUST_CHECK bool casebook_capture_keep(struct casebook *casebook, struct str person, int64_t case_id,
                                      struct str url, long status, struct str warc,
                                      struct casebook_capture *capture, struct err *err);

MUST_CHECK bool casebook_case_load(struct casebook *casebook, struct arena *arena, int64_t id,
                                   struct casebook_dossier *dossier, bool *found, struct err *err);

/*
 * Makes a move of the table: logs it with `detail` (stolen; from, to and version are added) and
 * writes the dossier's state, holder, lease, returns and proposer. Keeps the decision about the
 * case's posts where people made one.
 */
MUST_CHECK bool casebook_case_enter(struct casebook *casebook, struct casebook_dossier *dossier,
                                    const struct casebook_move *move, struct str actor,
                                    json_t *detail, struct err *err);

MUST_CHECK bool casebook_entry_load(struct casebook *casebook, struct arena *arena, int64_t case_id,
                                    struct casebook_listing *listing, bool *found, struct err *err);

/*
 * The same for its entry: `detail` (stolen; entry, from and to are added). The case's version goes
 * up with it: who saw its page before must look again.
 */
MUST_CHECK bool casebook_entry_enter(struct casebook *casebook, struct casebook_dossier *dossier,
                                     struct casebook_listing *listing,
                                     const struct casebook_move *move, struct str actor,
                                     json_t *detail, struct err *err);
json_t *casebook_reason_json(struct str reason); /* {"reason": …}, or {} */

/* Ends a case whose entry is over, as that ended; nothing if the entry or the case is not so. */
MUST_CHECK bool casebook_entry_close(struct casebook *casebook, struct casebook_dossier *dossier,
                                     const struct casebook_listing *listing, struct err *err);

/* An appeal of it was decided: if it waits for its purge, that is counted from now. */
MUST_CHECK bool casebook_case_postpone(struct casebook *casebook, struct casebook_dossier *dossier,
                                       struct err *err);

/* Makes a case void, and removes its entry, if its state lets it. */
MUST_CHECK bool casebook_case_void(struct casebook *casebook, struct arena *arena, int64_t id,
                                   const char *reason, bool *voided, struct err *err);

/* The table's row for this, by any of `by`; NULL: there is no such move. */
const struct casebook_move *casebook_move_find(enum casebook_thing of, int from,
                                               enum casebook_action action, unsigned by);

/* The same among those to `to`. */
const struct casebook_move *casebook_move_into(enum casebook_thing of, int from,
                                               enum casebook_action action, unsigned by, int to);

/* The move that the clock makes a fixed time after a state was entered; NULL: none. */
const struct casebook_move *casebook_move_due(enum casebook_thing of, int from);

/* An appeal as moves change it. */
struct casebook_grievance {
    int64_t id, case_id, number, lodged_ms, since_ms;
    enum casebook_appeal_state state;
    bool suspends;               /* it took the entry out of force */
    struct str bytes, signature; /* decision.h: of what the panel signed; "" of all else */
};

/* appeal.c: what is kept of a receipt. */
struct hash casebook_appeal_mark(struct str receipt);

/* appeal.c: the appeal of that number, if it is of that case. */
MUST_CHECK bool casebook_appeal_load(struct casebook *casebook, int64_t case_id, int64_t id,
                                     struct casebook_grievance *appeal, bool *found,
                                     struct err *err);
/*
 * appeal.c: decides it, and does what follows for the entry or the case; `by` is what the mover
 * acts as.
 */
MUST_CHECK bool casebook_appeal_decide(struct casebook *casebook, struct arena *arena,
                                       struct casebook_dossier *dossier,
                                       struct casebook_grievance *appeal,
                                       const struct casebook_move *move, unsigned by,
                                       struct str actor, struct str reason, struct err *err);

/* appeal.c: the clock's moves of the case's appeals that are due; within a transaction. */
MUST_CHECK bool casebook_appeals_tick(struct casebook *casebook, struct arena *arena,
                                      struct casebook_dossier *dossier, int64_t now_ms,
                                      size_t *moved, struct err *err);

/* move.c: makes what the clock has due on this case, in a transaction of its own. */
MUST_CHECK bool casebook_case_settle(struct casebook *casebook, struct arena *arena,
                                     int64_t case_id, struct err *err);

/* tick.c: the clock's moves of one case that are due; within a transaction. */
MUST_CHECK bool casebook_case_tick(struct casebook *casebook, struct arena *arena, int64_t id,
                                   size_t *moved, struct err *err);
