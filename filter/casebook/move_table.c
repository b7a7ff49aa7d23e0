#include "filter/casebook/case.h"

#define CASE(from_, action_, to_, limit_, ...)                                                     \
    {                                                                                              \
        .of = OF_CASE, .from = CASE_##from_, .action = ACTION_##action_, .to = CASE_##to_,         \
        .limit = (limit_), __VA_ARGS__                                                             \
    }
#define ENTRY(from_, action_, to_, limit_, ...)                                                    \
    {                                                                                              \
        .of = OF_ENTRY, .from = ENTRY_##from_, .action = ACTION_##action_, .to = ENTRY_##to_,      \
        .limit = (limit_), __VA_ARGS__                                                             \
    }
#define APPEAL(from_, action_, to_, limit_, ...)                                                   \
    {                                                                                              \
        .of = OF_APPEAL, .from = APPEAL_##from_, .action = ACTION_##action_, .to = APPEAL_##to_,   \
        .limit = (limit_), __VA_ARGS__                                                             \
    }

#define ANYONE_ON_CASES (BY_TEAM | BY_INDEPENDENT | BY_APPEALS)
#define FULL_APPROVAL (NEEDS_SIGNATURE | NEEDS_CONFLICT | NEEDS_FRESH)
#define PURGE(from_)                                                                               \
    CASE(from_, PURGE, PURGED, "90 days, later if appealed, at most 29 days after the season",     \
         .by = BY_CLOCK, .after_ms = 90 * CASEBOOK_DAY)
#define WITHDRAW(from_)                                                                            \
    CASE(from_, WITHDRAW, WITHDRAWN, "", .by = ANYONE_ON_CASES, .needs = NEEDS_REASON)
#define OVERTURNED(from_)                                                                          \
    CASE(from_, WITHDRAW, WITHDRAWN, "an appeal of it was not decided in 72 hours", .by = BY_CLOCK)
#define VOIDED(from_, limit_) CASE(from_, VOID, VOID, limit_, .by = BY_MACHINE)

/* REVIEW, section 4. Where a row is not there word for word, a comment says why it is here. */
static const struct casebook_move table[] = {
    CASE(NONE, FLAG, FLAGGED, "", .by = BY_MACHINE),
    CASE(FLAGGED, CLAIM, CLAIMED, "20 minutes, with a token", .by = BY_TEAM),
    CASE(CLAIMED, RELEASE, FLAGGED, "", .by = BY_HOLDER),
    CASE(CLAIMED, RELEASE, FLAGGED, "after 20 minutes", .by = BY_CLOCK,
         .after_ms = 20 * CASEBOOK_MINUTE),
    CASE(CLAIMED, HOLD, HELD, "a question; 48 hours", .by = BY_HOLDER, .needs = NEEDS_REASON),
    CASE(HELD, RELEASE, FLAGGED, "after 48 hours", .by = BY_CLOCK, .after_ms = 48 * CASEBOOK_HOUR),
    /* "R/T back": the answer came before the 48 hours were over; its 7 days run on meanwhile. */
    CASE(HELD, RELEASE, FLAGGED, "with the answer", .by = BY_TEAM, .needs = NEEDS_REASON),
    CASE(FLAGGED, DISMISS, DISMISSED, "7 days after it was opened", .by = BY_CLOCK,
         .after_ms = 7 * CASEBOOK_DAY),
    CASE(CLAIMED, DISMISS, DISMISSED, "", .by = BY_HOLDER, .needs = NEEDS_REASON),
    /* Merging and splitting by hand: neither leads anywhere but to a case that waits. */
    CASE(CLAIMED, MERGE, MERGED, "into a waiting case of its class, of no proposal",
         .by = BY_HOLDER, .needs = NEEDS_REASON | NEEDS_INTO),
    CASE(CLAIMED, SPLIT, CLAIMED, "some of its posts", .by = BY_HOLDER,
         .needs = NEEDS_REASON | NEEDS_POSTS),
    CASE(NONE, SPLIT, FLAGGED, "as old as the case that it was split from", .by = BY_HOLDER),
    CASE(CLAIMED, PROPOSE, PROPOSED, "", .by = BY_HOLDER, .needs = NEEDS_PROPOSAL),
    /* R1+R2: the first of the two offers it, within the lease; the second one's signature moves. */
    CASE(CLAIMED, URGENT, CLAIMED, "offered to a second reviewer", .by = BY_HOLDER,
         .needs = NEEDS_PROPOSAL | NEEDS_HARVEST | NEEDS_CALL, .fraud_only = true),
    CASE(CLAIMED, URGENT, URGENT, "at most 10 live; never a domain or evidence of the last 30 days",
         .by = BY_SECOND,
         .needs = NEEDS_SIGNATURE | NEEDS_CONFLICT | NEEDS_FRESH | NEEDS_HARVEST | NEEDS_CALL,
         .fraud_only = true),
    CASE(PROPOSED, ANSWER, PROPOSED, "once for each proposal", .by = BY_INDEPENDENT,
         .needs = NEEDS_ANSWERS),
    CASE(URGENT, ANSWER, URGENT, "once for each proposal", .by = BY_INDEPENDENT,
         .needs = NEEDS_ANSWERS),
    CASE(PROPOSED, APPROVE, APPROVED, "after the blind answers", .by = BY_INDEPENDENT,
         .needs = FULL_APPROVAL),
    CASE(URGENT, APPROVE, APPROVED, "after the blind answers; not while it is suspended",
         .by = BY_INDEPENDENT, .needs = FULL_APPROVAL, .fraud_only = true),
    CASE(PROPOSED, RETURN, RETURNED, "once", .by = BY_INDEPENDENT, .needs = NEEDS_REASON),
    CASE(RETURNED, PROPOSE, PROPOSED, "old signatures are void", .by = BY_PROPOSER,
         .needs = NEEDS_PROPOSAL),
    CASE(PROPOSED, REJECT, REJECTED, "", .by = BY_INDEPENDENT, .needs = NEEDS_REASON),
    CASE(RETURNED, REJECT, REJECTED, "", .by = BY_INDEPENDENT, .needs = NEEDS_REASON),
    CASE(URGENT, REJECT, REJECTED, "its entry is removed", .by = BY_INDEPENDENT,
         .needs = NEEDS_REASON),
    CASE(PROPOSED, LAPSE, LAPSED, "after 72 hours", .by = BY_CLOCK, .after_ms = 72 * CASEBOOK_HOUR),
    CASE(RETURNED, LAPSE, LAPSED, "after 48 hours", .by = BY_CLOCK, .after_ms = 48 * CASEBOOK_HOUR),
    CASE(URGENT, LAPSE, LAPSED, "24 hours after its entry's start, with it",
         .by = BY_CLOCK | BY_MACHINE, .after_ms = CASEBOOK_LANE_MS, .fraud_only = true),
    CASE(URGENT, CLOSE, CLOSED, "its entry was removed", .by = BY_MACHINE, .fraud_only = true),
    CASE(APPROVED, LIST, LISTED, "at once", .by = BY_MACHINE, .fraud_only = true),
    CASE(APPROVED, CORRECT, CORRECTED, "an approved correction", .by = BY_TEAM),
    CASE(APPROVED, REFER, REFERRED, "an approved referral", .by = BY_TEAM),
    CASE(REFERRED, REPLY, ANSWERED, "their decision", .by = BY_TEAM, .needs = NEEDS_REASON),
    CASE(REFERRED, NO_REPLY, UNANSWERED, "after 14 days", .by = BY_CLOCK,
         .after_ms = 14 * CASEBOOK_DAY),
    WITHDRAW(PROPOSED),
    WITHDRAW(RETURNED),
    CASE(URGENT, WITHDRAW, WITHDRAWN, "its entry is removed", .by = ANYONE_ON_CASES,
         .needs = NEEDS_REASON),
    WITHDRAW(APPROVED),
    WITHDRAW(CORRECTED),
    WITHDRAW(REFERRED),
    WITHDRAW(ANSWERED),
    /* Not in REVIEW's list, but an appeal about it must be able to end in something. */
    WITHDRAW(UNANSWERED),
    OVERTURNED(CORRECTED),
    OVERTURNED(REFERRED),
    OVERTURNED(ANSWERED),
    OVERTURNED(UNANSWERED),
    CASE(LISTED, CLOSE, CLOSED, "when its entry is over", .by = BY_MACHINE),
    VOIDED(FLAGGED, ""),
    VOIDED(CLAIMED, ""),
    VOIDED(HELD, ""),
    VOIDED(PROPOSED, ""),
    VOIDED(RETURNED, ""),
    VOIDED(URGENT, "its entry is removed"),
    VOIDED(APPROVED, ""),
    VOIDED(LISTED, "its entry is removed"),
    VOIDED(CORRECTED, ""),
    VOIDED(REFERRED, ""),
    VOIDED(ANSWERED, ""),
    VOIDED(UNANSWERED, ""),
    CASE(DISMISSED, PURGE, PURGED, "after 72 hours", .by = BY_CLOCK,
         .after_ms = 72 * CASEBOOK_HOUR),
    PURGE(REJECTED),
    PURGE(LAPSED),
    PURGE(WITHDRAWN),
    PURGE(CLOSED),
    PURGE(VOID),
    PURGE(CORRECTED),
    PURGE(ANSWERED),
    PURGE(UNANSWERED),
    PURGE(MERGED),

    ENTRY(NONE, LIST, ACTIVE, "both signatures, register row first; at most 30 days",
          .by = BY_MACHINE, .fraud_only = true),
    ENTRY(NONE, URGENT, PROVISIONAL, "24 hours from its start", .by = BY_SECOND,
          .needs = NEEDS_SIGNATURE | NEEDS_HARVEST | NEEDS_CALL, .fraud_only = true),
    ENTRY(PROVISIONAL, APPROVE, ACTIVE, "at most 30 days from its start", .by = BY_INDEPENDENT,
          .needs = FULL_APPROVAL, .fraud_only = true),
    ENTRY(PROVISIONAL, LAPSE, LAPSED,
          "24 hours after its start; domain and evidence barred 30 days", .by = BY_CLOCK),
    ENTRY(SUSPENDED, LAPSE, LAPSED, "if it was provisional: 24 hours after its start",
          .by = BY_CLOCK),
    ENTRY(ACTIVE, SUSPEND, SUSPENDED, "one is enough", .by = ANYONE_ON_CASES,
          .needs = NEEDS_REASON),
    ENTRY(PROVISIONAL, SUSPEND, SUSPENDED, "one is enough", .by = ANYONE_ON_CASES,
          .needs = NEEDS_REASON),
    ENTRY(ACTIVE, SUSPEND, SUSPENDED, "by an appeal, or in doubt", .by = BY_ANYONE | BY_MACHINE),
    ENTRY(PROVISIONAL, SUSPEND, SUSPENDED, "by an appeal, or in doubt",
          .by = BY_ANYONE | BY_MACHINE),
    ENTRY(ACTIVE, REMOVE, REMOVED, "one is enough", .by = ANYONE_ON_CASES, .needs = NEEDS_REASON),
    ENTRY(PROVISIONAL, REMOVE, REMOVED, "one is enough", .by = ANYONE_ON_CASES,
          .needs = NEEDS_REASON),
    ENTRY(SUSPENDED, REMOVE, REMOVED, "one is enough", .by = ANYONE_ON_CASES,
          .needs = NEEDS_REASON),
    ENTRY(ACTIVE, REMOVE, REMOVED, "its case is void", .by = BY_MACHINE),
    ENTRY(PROVISIONAL, REMOVE, REMOVED, "its case is void", .by = BY_MACHINE),
    ENTRY(SUSPENDED, REMOVE, REMOVED, "its case is void", .by = BY_MACHINE),
    ENTRY(SUSPENDED, REMOVE, REMOVED, "after 72 hours undecided", .by = BY_CLOCK,
          .after_ms = 72 * CASEBOOK_HOUR),
    /* R1+A anew: the first of the two asks, the second one's signature moves. The end stays. */
    ENTRY(SUSPENDED, RESTORE, SUSPENDED, "asked of an approver; no appeal waits", .by = BY_PROPOSER,
          .needs = NEEDS_REASON),
    ENTRY(SUSPENDED, RESTORE, ACTIVE, "a new signature; end unchanged; no appeal waits",
          .by = BY_INDEPENDENT, .needs = FULL_APPROVAL),
    ENTRY(SUSPENDED, RESTORE, ACTIVE,
          "the appeal that suspended it is upheld, signed by J; A signed the entry",
          .by = BY_APPEALS, .needs = NEEDS_REASON),
    ENTRY(ACTIVE, EXPIRE, EXPIRED, "at its end", .by = BY_CLOCK),
    ENTRY(SUSPENDED, EXPIRE, EXPIRED, "at its end", .by = BY_CLOCK),

    APPEAL(NONE, LODGE, LODGED, "the first about a case: suspends, or \"disputed\"",
           .by = BY_ANYONE, .needs = NEEDS_REASON),
    APPEAL(NONE, LODGE, ASKED, "a further one", .by = BY_ANYONE, .needs = NEEDS_REASON),
    APPEAL(ASKED, ADMIT, LODGED, "new facts: suspends again", .by = BY_APPEALS,
           .needs = NEEDS_REASON),
    APPEAL(ASKED, DECLINE, DECLINED, "no new facts", .by = BY_APPEALS, .needs = NEEDS_REASON),
    APPEAL(ASKED, DECLINE, DECLINED, "after 24 hours", .by = BY_CLOCK,
           .after_ms = 24 * CASEBOOK_HOUR),
    /*
     * What keeps or puts an entry in force is signed. What releases is not: a lost key or a doubt
     * about one must never keep anything blocked.
     */
    APPEAL(LODGED, UPHOLD, UPHELD, "what was decided stands", .by = BY_APPEALS,
           .needs = NEEDS_REASON | NEEDS_SIGNATURE),
    APPEAL(LODGED, OVERTURN, OVERTURNED,
           "the entry is removed, else the case withdrawn; it releases", .by = BY_APPEALS,
           .needs = NEEDS_REASON),
    APPEAL(LODGED, ABUSIVE, ABUSIVE, "within an hour", .by = BY_APPEALS,
           .needs = NEEDS_REASON | NEEDS_SIGNATURE),
    APPEAL(LODGED, OVERTURN, OVERTURNED, "after 72 hours", .by = BY_CLOCK,
           .after_ms = 72 * CASEBOOK_HOUR),
};

enum { ROWS = sizeof table / sizeof *table };

const struct casebook_move *casebook_moves(size_t *count)
{
    *count = ROWS;
    return table;
}

const struct casebook_move *casebook_move_find(enum casebook_thing of, int from,
                                               enum casebook_action action, unsigned by)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct casebook_move *move = &table[i];
        if (move->of == of && move->from == from && move->action == action &&
            (move->by & by) != 0) {
            return move;
        }
    }
    return NULL;
}

const struct casebook_move *casebook_move_into(enum casebook_thing of, int from,
                                               enum casebook_action action, unsigned by, int to)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct casebook_move *move = &table[i];
        if (move->of == of && move->from == from && move->action == action && move->to == to &&
            (move->by & by) != 0) {
            return move;
        }
    }
    return NULL;
}

const struct casebook_move *casebook_move_due(enum casebook_thing of, int from)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct casebook_move *move = &table[i];
        if (move->of == of && move->from == from && (move->by & BY_CLOCK) != 0 &&
            move->after_ms > 0) {
            return move;
        }
    }
    return NULL;
}
