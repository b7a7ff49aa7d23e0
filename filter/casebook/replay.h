/*
 * The log read from its first row: who was who, which seasons were signed, which entries are in
 * force. Nothing but the log's rows goes in, so that no edit of another table can list anything.
 */
#pragma once

#include "filter/casebook/internal.h"
#include "filter/casebook/proof.h"

struct casebook_replay;
struct blocklist_entry;

/* An entry that was listed and not removed; all of it is the replay's. */
struct casebook_replayed {
    int64_t case_id, seq;
    struct hash id;
    struct blocklist_entry *entry;
    struct hash row; /* that listed it: its hash */
    size_t kept;     /* where that is remembered (verified.h); 0: it was verified just now */
    bool is_signed;  /* both signatures fit, by these keys */
    struct str reviewer_org, approver_org;
    struct sshsig_key reviewer_key, approver_key;
    bool is_provisional; /* of the 24-hour lane: the approver is the second reviewer */
    bool is_over;        /* an approved one stands in its place */
    bool is_suspended;
    int64_t suspended_seq, appeal; /* the row that suspended it; the appeal behind it, or 0 */
    int64_t upheld; /* the appeal against it that the panel signed to be none; 0: not since */
};

/* `verified` (NULL: nothing is remembered) must outlive it. */
MUST_CHECK struct casebook_replay *casebook_replay_new(const struct casebook_verified *verified);
void casebook_replay_free(struct casebook_replay *replay); /* NULL is fine */

/*
 * For casebook_walk, `context` is the replay: what a row proves by itself, on any thread; then the
 * rows in their order, with it. Rows that prove nothing change nothing.
 */
void *casebook_replay_prepare(void *context, const struct casebook_row *row);
void casebook_replay_row(void *context, const struct casebook_row *row, void *prepared);
void casebook_replay_drop(void *prepared);

int64_t casebook_replay_last_ms(
    const struct casebook_replay *replay); /* INT64_MIN + a day in an empty log */

/* All entries that were ever listed, in the log's order until the reading ends. */
size_t casebook_replay_count(const struct casebook_replay *replay);

/* Ends the reading: how many entries are in force at `now_ms`, signed or not. They are the first.
 */
size_t casebook_replay_finish(struct casebook_replay *replay, int64_t now_ms);
const struct casebook_replayed *casebook_replay_entry(const struct casebook_replay *replay,
                                                      size_t index);
bool casebook_replay_is_demo(
    const struct casebook_replay *replay); /* after casebook_replay_finish: no season runs */
