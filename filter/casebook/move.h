/*
 * The moves of cases, entries and appeals (REVIEW, section 4): one table says who may move what
 * from which state to which, with what attached and until when; one function makes every move. What
 * is not in the table is refused, and the refusal is logged.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"
#include "filter/casebook/casebook.h"
#include "filter/casebook/people.h"
#include "filter/casebook/proposal.h"

struct err;

/* The states of entries. X(constant, name) */
#define CASEBOOK_ENTRY_STATES(X)                                                                   \
    X(ENTRY_NONE, "none")                                                                          \
    X(ENTRY_ACTIVE, "active")                                                                      \
    X(ENTRY_PROVISIONAL, "provisional") /* the 24-hour lane */                                     \
    X(ENTRY_SUSPENDED, "suspended")                                                                \
    X(ENTRY_REMOVED, "removed")                                                                    \
    X(ENTRY_LAPSED, "lapsed") /* a provisional one that nobody approved in time */                 \
    X(ENTRY_EXPIRED, "expired")

enum casebook_entry_state {
#define X(constant, name) constant,
    CASEBOOK_ENTRY_STATES(X)
#undef X
};

enum { CASEBOOK_LANE_MOST = 10 }; /* provisional entries that may be in force at once */

const char *casebook_entry_state_name(enum casebook_entry_state state);
MUST_CHECK bool casebook_entry_state_parse(struct str name, enum casebook_entry_state *state);

/* What can be done. The first block is for people, the second for the clock and the machine. */
#define CASEBOOK_ACTIONS(X)                                                                        \
    X(ACTION_CLAIM, "claim")     /* take a flagged case for 20 minutes */                          \
    X(ACTION_RELEASE, "release") /* give it back */                                                \
    X(ACTION_HOLD, "hold")       /* put a question; 48 hours */                                    \
    X(ACTION_MERGE, "merge")     /* into another case of the same class */                         \
    X(ACTION_SPLIT, "split")     /* some of its posts into a case of their own */                  \
    X(ACTION_DISMISS, "dismiss") /* nothing to do about it */                                      \
    X(ACTION_PROPOSE, "propose") /* an entry, a correction or a referral */                        \
    X(ACTION_URGENT, "urgent")   /* the 24-hour lane: R1 offers, R2 signs; then it is in force */  \
    X(ACTION_ANSWER, "answer")   /* the approver's blind form */                                   \
    X(ACTION_APPROVE, "approve") /* the second signature; an entry is in force with it */          \
    X(ACTION_RETURN, "return")   /* to the reviewer, once, with what is missing */                 \
    X(ACTION_REJECT, "reject")   /* final */                                                       \
    X(ACTION_CORRECT, "correct") /* the approved correction was published */                       \
    X(ACTION_REFER, "refer")     /* the approved referral was sent */                              \
    X(ACTION_REPLY, "reply")     /* the recipient of a referral decided */                         \
    X(ACTION_WITHDRAW, "withdraw") /* a proposal or its outcome, short of an entry */              \
    X(ACTION_SUSPEND, "suspend")   /* an entry: out of force until decided */                      \
    X(ACTION_RESTORE, "restore")   /* a suspended one: R1 asks, A signs; or the panel upheld it */ \
    X(ACTION_REMOVE, "remove")     /* an entry: one person is enough */                            \
    X(ACTION_LODGE, "lodge")       /* an appeal, by anyone (appeal.h) */                           \
    X(ACTION_ADMIT, "admit")       /* a further appeal has new facts */                            \
    X(ACTION_DECLINE, "decline")   /* it has none */                                               \
    X(ACTION_UPHOLD, "uphold")     /* an appeal is decided: what was decided stands */             \
    X(ACTION_OVERTURN, "overturn") /* it does not */                                               \
    X(ACTION_ABUSIVE, "abusive")   /* an appeal that is none; within an hour */                    \
    X(ACTION_FLAG, "flag")                                                                         \
    X(ACTION_LAPSE, "lapse")                                                                       \
    X(ACTION_NO_REPLY, "no-reply")                                                                 \
    X(ACTION_LIST, "list")                                                                         \
    X(ACTION_EXPIRE, "expire")                                                                     \
    X(ACTION_CLOSE, "close")                                                                       \
    X(ACTION_VOID, "void")                                                                         \
    X(ACTION_PURGE, "purge")

enum casebook_action {
#define X(constant, name) constant,
    CASEBOOK_ACTIONS(X)
#undef X
};

const char *casebook_action_name(enum casebook_action action);
MUST_CHECK bool casebook_action_parse(struct str name, enum casebook_action *action);

/* Who may move: bits of a set. */
enum casebook_by {
    BY_TEAM = 1,        /* R */
    BY_HOLDER = 2,      /* R who claimed the case, with the token of that claim */
    BY_PROPOSER = 4,    /* R1: who proposed it before */
    BY_INDEPENDENT = 8, /* A: neither the proposer nor of an organisation tied to theirs */
    BY_APPEALS = 16,    /* J */
    BY_CLOCK = 32,      /* T */
    BY_MACHINE = 64,    /* M */
    BY_ANYONE = 128,    /* X: without an account */
    BY_SECOND = 256,    /* R2: of the team, not who holds the case, with a key not on this server */
};

/* What must be attached: bits of a set. */
enum casebook_needs {
    NEEDS_REASON = 1,    /* in words, 3 to 1,500 characters */
    NEEDS_PROPOSAL = 2,  /* the signed bytes, the record behind them, the reviewer's signature */
    NEEDS_ANSWERS = 4,   /* the non-listable tests, answered before seeing the reviewer's */
    NEEDS_SIGNATURE = 8, /* an SSHSIG over the same bytes by a key that is not on this server */
    NEEDS_CONFLICT = 16, /* a statement about conflicts of interest */
    NEEDS_FRESH = 32,    /* the second factor, shown anew for this move (people.h) */
    NEEDS_HARVEST = 64,  /* the harvest, reproduced by the mover at most 2 hours ago */
    NEEDS_CALL = 128,    /* an approver on call and the registrant told, or why not */
    NEEDS_INTO = 256,    /* another case */
    NEEDS_POSTS = 512,   /* some, not all, of the case's posts */
};

/* Whose states a row is about. X(constant, name) */
#define CASEBOOK_THINGS(X)                                                                         \
    X(OF_CASE, "case")                                                                             \
    X(OF_ENTRY, "entry")                                                                           \
    X(OF_APPEAL, "appeal")

enum casebook_thing {
#define X(constant, name) constant,
    CASEBOOK_THINGS(X)
#undef X
};

const char *casebook_thing_name(enum casebook_thing thing);
MUST_CHECK bool casebook_thing_parse(struct str name, enum casebook_thing *thing);

/* A row of the table. */
struct casebook_move {
    enum casebook_thing of;
    int from, to; /* enum casebook_state, casebook_entry_state or casebook_appeal_state */
    enum casebook_action action;
    unsigned by, needs;
    bool fraud_only;
    int64_t after_ms;  /* BY_CLOCK: due so long after the state was entered; 0: `limit` says when */
    const char *limit; /* for people to read; "" if there is none */
};

const struct casebook_move *casebook_moves(size_t *count);

/* The name of a thing's state: of `from` or `to` above. */
const char *casebook_thing_state(enum casebook_thing of, int state);

/* The whole table, for people to read: as text, as NDJSON, and as a table in Markdown. */
enum casebook_print { CASEBOOK_PRINT_TEXT, CASEBOOK_PRINT_JSON, CASEBOOK_PRINT_MARKDOWN };
void casebook_moves_print(enum casebook_print how, struct buf *out);

/* A move that a person wants. Text is borrowed during the call. */
struct casebook_request {
    enum casebook_action action;
    int64_t case_id;
    int64_t version;   /* of the case as the person saw it (casebook_case, casebook_moved) */
    int64_t lease;     /* the token of the claim, for moves out of claimed */
    struct str reason; /* NEEDS_REASON */
    /*
     * propose: `draft`, for a session that can sign by itself; or `proposal` and `record`, as
     * casebook_draft wrote them, and `signature` over `proposal`.
     */
    const struct casebook_draft *draft;
    struct str proposal, record;
    struct str signature;                   /* NEEDS_SIGNATURE, propose: armored SSHSIG */
    const struct casebook_answers *answers; /* answer */
    struct str conflict;                    /* NEEDS_CONFLICT: "tidak ada", or what there is */
    /*
     * urgent, by R1: as propose, with draft->urgent; or `proposal`, `record` and `signature` as
     * there, and `lane_signature` over casebook_lane of `proposal`. By R2: `signature` over what
     * casebook_to_sign gives them.
     */
    struct str lane_signature;
    int64_t into, into_version; /* merge: the case to merge into, as the person saw it */
    const int64_t *posts;       /* split: casebook_post.number of those that go */
    size_t post_count;
    /*
     * admit, decline, uphold, overturn, abusive: casebook_objection.id. uphold and abusive:
     * `proposal` is the decision as decision.h writes it, with the reason, and `signature` over it.
     */
    int64_t appeal;
};

/* What a move led to. */
struct casebook_moved {
    enum casebook_state state; /* of the case, now */
    int64_t version;
    int64_t lease;     /* claim: the token to show at the next move */
    struct hash entry; /* approve or urgent, of an entry in force now: its identity */
    int64_t other;     /* split: the new case */
};

enum casebook_outcome {
    CASEBOOK_DONE,
    CASEBOOK_REFUSED, /* against the rules: `err` says which; logged, nothing else changed */
    CASEBOOK_STALE,   /* the case moved on since: show it anew; logged, nothing else changed */
    CASEBOOK_FAILED,  /* could not be done: disk, database; nothing changed */
};

/* The row of a move that was refused before it got here, by who could ask more: a resolver. */
MUST_CHECK bool casebook_refuse(struct casebook *casebook, const struct casebook_session *session,
                                enum casebook_action action, int64_t case_id, const char *why,
                                struct err *err);

/*
 * Makes a move, or refuses it. Everything is checked in the transaction that writes the log's row
 * and the effect. `err` is set unless CASEBOOK_DONE.
 */
MUST_CHECK enum casebook_outcome casebook_move(struct casebook *casebook,
                                               const struct casebook_session *session,
                                               const struct casebook_request *request,
                                               struct casebook_moved *moved, struct err *err);

/*
 * Makes the canonical JSON that is to be signed and the record behind it out of a draft, for
 * those who sign elsewhere; checks all that a proposal is checked for but the signature.
 */
MUST_CHECK enum casebook_outcome casebook_draft(struct casebook *casebook,
                                                const struct casebook_session *session,
                                                const struct casebook_draft *draft,
                                                struct buf *proposal, struct buf *record,
                                                struct err *err);

/*
 * Appends what an approver is to sign, byte for byte, and the record behind it, with the
 * reviewer's answers. Refused until the approver's own answers (ACTION_ANSWER) are in: the second
 * look is a blind one. Sign it with `ssh-keygen -Y sign -n saring`. For a second reviewer, of a
 * case that is offered for the 24-hour lane, it gives the lane's bytes; for an approver whom the
 * reviewer asked to restore a suspended entry, those of the restoration ("saring-restore-1").
 */
MUST_CHECK enum casebook_outcome casebook_to_sign(struct casebook *casebook,
                                                  const struct casebook_session *session,
                                                  int64_t case_id, struct buf *proposal,
                                                  struct buf *record, struct err *err);

/*
 * Appends the bytes that both reviewers of the 24-hour lane sign: the proposed entry with its end
 * 24 hours from its start.
 */
MUST_CHECK bool casebook_lane(struct str proposal, struct buf *lane, struct err *err);

/*
 * The machine takes an entry out of force, for a reason that a person wrote or a check found
 * (BY_MACHINE of suspend); nothing happens unless it is in force.
 */
MUST_CHECK bool casebook_suspend(struct casebook *casebook, int64_t case_id, const char *reason,
                                 bool *suspended, struct err *err);

/*
 * After rules were loaded: makes void what rests on a rule whose class or evidence changed, or
 * that is gone or expired (an edit of its detection is no reason), and removes such entries.
 * `*voided` counts cases. The set's folders must hold all rules that cases may rest on.
 */
struct rule_set;
MUST_CHECK bool casebook_check_rules(struct casebook *casebook, const struct rule_set *set,
                                     size_t *voided, struct err *err);

/*
 * The protected list of now: asked at proposal and approval, and at once about every entry in
 * force, which is removed if it may no longer be listed (`*voided` counts them). Without a guard
 * nothing can be proposed as an entry or approved as one. It also says which domains are shared:
 * without it near-copies are not gathered by domain. Borrowed until the next call or the close.
 */
struct blocklist_guard;
MUST_CHECK bool casebook_protect(struct casebook *casebook, const struct blocklist_guard *guard,
                                 size_t *voided, struct err *err);
