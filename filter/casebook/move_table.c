#include "filter/casebook/case.h"

#define CASE(from_, action_, to_, limit_, ...)                                                     \
    {                                                                                              \
        .from = CASE_##from_, .action = ACTION_##action_, .to = CASE_##to_, .limit = (limit_),     \
        __VA_ARGS__                                                                                \
    }
#define ENTRY(from_, action_, to_, limit_, ...)                                                    \
    {                                                                                              \
        .is_entry = true, .from = ENTRY_##from_, .action = ACTION_##action_, .to = ENTRY_##to_,    \
        .limit = (limit_), __VA_ARGS__                                                             \
    }

#define ANYONE_ON_CASES (BY_TEAM | BY_INDEPENDENT | BY_APPEALS)

/* REVIEW, section 4. */
static const struct casebook_move table[] = {
    CASE(NONE, FLAG, FLAGGED, "", .by = BY_MACHINE),
    CASE(FLAGGED, CLAIM, CLAIMED, "20 minutes, with a token", .by = BY_TEAM),
    CASE(CLAIMED, RELEASE, FLAGGED, "", .by = BY_HOLDER),
    CASE(CLAIMED, RELEASE, FLAGGED, "after 20 minutes", .by = BY_CLOCK,
         .after_ms = 20 * CASEBOOK_MINUTE),
    CASE(FLAGGED, DISMISS, DISMISSED, "7 days after it was opened", .by = BY_CLOCK,
         .after_ms = 7 * CASEBOOK_DAY),
    CASE(CLAIMED, DISMISS, DISMISSED, "", .by = BY_HOLDER, .needs = NEEDS_REASON),
    CASE(CLAIMED, PROPOSE, PROPOSED, "", .by = BY_HOLDER, .needs = NEEDS_PROPOSAL),
    CASE(PROPOSED, ANSWER, PROPOSED, "once for each proposal", .by = BY_INDEPENDENT,
         .needs = NEEDS_ANSWERS),
    CASE(PROPOSED, APPROVE, APPROVED, "after the blind answers", .by = BY_INDEPENDENT,
         .needs = NEEDS_SIGNATURE | NEEDS_CONFLICT),
    CASE(PROPOSED, RETURN, RETURNED, "once", .by = BY_INDEPENDENT, .needs = NEEDS_REASON),
    CASE(PROPOSED, REJECT, REJECTED, "", .by = BY_INDEPENDENT, .needs = NEEDS_REASON),
    CASE(PROPOSED, LAPSE, LAPSED, "after 72 hours", .by = BY_CLOCK, .after_ms = 72 * CASEBOOK_HOUR),
    CASE(RETURNED, PROPOSE, PROPOSED, "", .by = BY_PROPOSER, .needs = NEEDS_PROPOSAL),
    CASE(RETURNED, REJECT, REJECTED, "", .by = BY_INDEPENDENT, .needs = NEEDS_REASON),
    CASE(RETURNED, LAPSE, LAPSED, "after 48 hours", .by = BY_CLOCK, .after_ms = 48 * CASEBOOK_HOUR),
    CASE(APPROVED, LIST, LISTED, "at once", .by = BY_MACHINE, .fraud_only = true),
    CASE(APPROVED, CORRECT, CORRECTED, "an approved correction", .by = BY_TEAM),
    CASE(APPROVED, REFER, REFERRED, "an approved referral", .by = BY_TEAM),
    CASE(PROPOSED, WITHDRAW, WITHDRAWN, "", .by = ANYONE_ON_CASES, .needs = NEEDS_REASON),
    CASE(RETURNED, WITHDRAW, WITHDRAWN, "", .by = ANYONE_ON_CASES, .needs = NEEDS_REASON),
    CASE(APPROVED, WITHDRAW, WITHDRAWN, "", .by = ANYONE_ON_CASES, .needs = NEEDS_REASON),
    CASE(CORRECTED, WITHDRAW, WITHDRAWN, "", .by = ANYONE_ON_CASES, .needs = NEEDS_REASON),
    CASE(REFERRED, WITHDRAW, WITHDRAWN, "", .by = ANYONE_ON_CASES, .needs = NEEDS_REASON),
    CASE(LISTED, CLOSE, CLOSED, "when its entry is over", .by = BY_MACHINE),
    CASE(FLAGGED, VOID, VOID, "", .by = BY_MACHINE),
    CASE(CLAIMED, VOID, VOID, "", .by = BY_MACHINE),
    CASE(PROPOSED, VOID, VOID, "", .by = BY_MACHINE),
    CASE(RETURNED, VOID, VOID, "", .by = BY_MACHINE),
    CASE(APPROVED, VOID, VOID, "", .by = BY_MACHINE),
    CASE(LISTED, VOID, VOID, "its entry is removed", .by = BY_MACHINE),
    CASE(CORRECTED, VOID, VOID, "", .by = BY_MACHINE),
    CASE(REFERRED, VOID, VOID, "", .by = BY_MACHINE),
    CASE(DISMISSED, PURGE, PURGED, "after 72 hours", .by = BY_CLOCK,
         .after_ms = 72 * CASEBOOK_HOUR),
    CASE(REJECTED, PURGE, PURGED, "after 90 days, or 29 after the season", .by = BY_CLOCK,
         .after_ms = 90 * CASEBOOK_DAY),
    CASE(LAPSED, PURGE, PURGED, "after 90 days, or 29 after the season", .by = BY_CLOCK,
         .after_ms = 90 * CASEBOOK_DAY),
    CASE(WITHDRAWN, PURGE, PURGED, "after 90 days, or 29 after the season", .by = BY_CLOCK,
         .after_ms = 90 * CASEBOOK_DAY),
    CASE(CLOSED, PURGE, PURGED, "after 90 days, or 29 after the season", .by = BY_CLOCK,
         .after_ms = 90 * CASEBOOK_DAY),
    CASE(VOID, PURGE, PURGED, "after 90 days, or 29 after the season", .by = BY_CLOCK,
         .after_ms = 90 * CASEBOOK_DAY),
    CASE(CORRECTED, PURGE, PURGED, "after 90 days, or 29 after the season", .by = BY_CLOCK,
         .after_ms = 90 * CASEBOOK_DAY),
    CASE(REFERRED, PURGE, PURGED, "after 90 days, or 29 after the season", .by = BY_CLOCK,
         .after_ms = 90 * CASEBOOK_DAY),

    ENTRY(NONE, LIST, ACTIVE, "both signatures; at most 30 days", .by = BY_MACHINE,
          .fraud_only = true),
    ENTRY(ACTIVE, SUSPEND, SUSPENDED, "", .by = ANYONE_ON_CASES, .needs = NEEDS_REASON),
    ENTRY(ACTIVE, REMOVE, REMOVED, "", .by = ANYONE_ON_CASES, .needs = NEEDS_REASON),
    ENTRY(SUSPENDED, REMOVE, REMOVED, "", .by = ANYONE_ON_CASES, .needs = NEEDS_REASON),
    ENTRY(ACTIVE, REMOVE, REMOVED, "its case is void", .by = BY_MACHINE),
    ENTRY(SUSPENDED, REMOVE, REMOVED, "its case is void", .by = BY_MACHINE),
    ENTRY(SUSPENDED, REMOVE, REMOVED, "after 72 hours undecided", .by = BY_CLOCK,
          .after_ms = 72 * CASEBOOK_HOUR),
    ENTRY(ACTIVE, EXPIRE, EXPIRED, "at its end", .by = BY_CLOCK),
    ENTRY(SUSPENDED, EXPIRE, EXPIRED, "at its end", .by = BY_CLOCK),
};

enum { ROWS = sizeof table / sizeof *table };

const struct casebook_move *casebook_moves(size_t *count)
{
    *count = ROWS;
    return table;
}

const struct casebook_move *casebook_move_find(bool is_entry, int from, enum casebook_action action,
                                               unsigned by)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct casebook_move *move = &table[i];
        if (move->is_entry == is_entry && move->from == from && move->action == action &&
            (move->by & by) != 0) {
            return move;
        }
    }
    return NULL;
}

const struct casebook_move *casebook_move_due(bool is_entry, int from)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct casebook_move *move = &table[i];
        if (move->is_entry == is_entry && move->from == from && (move->by & BY_CLOCK) != 0 &&
            move->after_ms > 0) {
            return move;
        }
    }
    return NULL;
}

static void put_bits(struct buf *out, unsigned bits, const char *const *names, size_t count)
{
    const char *comma = "";
    for (size_t i = 0; i < count; i++) {
        if ((bits & (1u << i)) != 0) {
            buf_printf(out, "%s%s", comma, names[i]);
            comma = ", ";
        }
    }
}

void casebook_moves_print(struct buf *out)
{
    static const char *const who[] = {"team",    "holder", "proposer", "independent",
                                      "appeals", "clock",  "machine"};
    static const char *const what[] = {"reason", "proposal", "answers", "signature", "conflict"};
    for (size_t i = 0; i < ROWS; i++) {
        const struct casebook_move *move = &table[i];
        struct buf by = BUF_EMPTY, needs = BUF_EMPTY;
        const char *from = move->is_entry ? casebook_entry_state_name(move->from)
                                          : casebook_state_name(move->from);
        const char *to =
            move->is_entry ? casebook_entry_state_name(move->to) : casebook_state_name(move->to);
        put_bits(&by, move->by, who, sizeof who / sizeof *who);
        put_bits(&needs, move->needs, what, sizeof what / sizeof *what);
        buf_printf(out, "%-5s  %-9s  %-8s  %-9s  %-28s  %-19s  %s%s\n",
                   move->is_entry ? "entry" : "case", from, casebook_action_name(move->action), to,
                   by.bytes, needs.len > 0 ? needs.bytes : "-", move->fraud_only ? "fraud; " : "",
                   move->limit);
        buf_fini(&by);
        buf_fini(&needs);
    }
}
