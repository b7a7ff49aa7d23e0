/*
 * The log read from its first row: who was who, which seasons were signed, which entries are in
 * force. Nothing but the log's rows goes in, so that no edit of another table can list anything.
 */
#pragma once

#include "filter/casebook/internal.h"

struct casebook_replay;
struct blocklist_entry;

/* An entry that was listed and not removed; all of it is the replay's. */
struct casebook_replayed {
    int64_t case_id, seq;
    struct hash id;
    struct blocklist_entry *entry;
    struct str json, reviewer_signature, approver_signature, reviewer_org, approver_org;
    struct sshsig_key reviewer_key, approver_key;
    bool is_provisional; /* of the 24-hour lane: the approver is the second reviewer */
    bool is_over;        /* an approved one stands in its place */
    bool is_suspended;
    int64_t suspended_seq, appeal; /* the row that suspended it; the appeal behind it, or 0 */
};

MUST_CHECK struct casebook_replay *casebook_replay_new(void);
void casebook_replay_free(struct casebook_replay *replay); /* NULL is fine */

/* Takes the next row; `context` is the replay. Rows that prove nothing change nothing. */
void casebook_replay_row(void *context, const struct casebook_row *row);
int64_t casebook_replay_last_ms(
    const struct casebook_replay *replay); /* INT64_MIN + a day in an empty log */

/* Ends the reading: how many entries are in force at `now_ms`, their signatures not yet asked. */
size_t casebook_replay_finish(struct casebook_replay *replay, int64_t now_ms);
const struct casebook_replayed *casebook_replay_entry(const struct casebook_replay *replay,
                                                      size_t index);
bool casebook_replay_is_demo(
    const struct casebook_replay *replay); /* after casebook_replay_finish: no season runs */
