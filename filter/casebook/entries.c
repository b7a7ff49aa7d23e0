#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/register.h"
#include "filter/casebook/replay.h"
#include "filter/casebook/sql.h"
#include "filter/casebook/verified.h"
#include "filter/casebook/walk.h"

/* `reach`: up to which row of the log the public register tells. */
static void hand_out(const struct casebook_replayed *one, bool is_demo, int64_t reach,
                     void (*each)(void *context, const struct casebook_entry *entry), void *context)
{
    const struct casebook_entry entry = {
        .entry = one->entry,
        .reviewer_org = one->reviewer_org,
        .approver_org = one->approver_org,
        .reviewer_key = &one->reviewer_key,
        .approver_key = &one->approver_key,
        .case_id = one->case_id,
        .seq = one->seq,
        .row = one->row,
        .is_provisional = one->is_provisional,
        .is_demo = is_demo,
        .is_registered = one->seq <= reach,
    };
    each(context, &entry);
}

static void note_signed(struct casebook_verified *verified, const struct casebook_replay *replay)
{
    for (size_t i = 0; i < casebook_replay_count(replay); i++) {
        const struct casebook_replayed *one = casebook_replay_entry(replay, i);
        if (one->is_signed) {
            casebook_verified_note(verified, &one->row, one->kept);
        }
    }
}

/* In the log's order, whoever looked at them. */
static void hand_out_signed(struct casebook_replay *replay, int64_t now_ms, int64_t reach,
                            void (*each)(void *context, const struct casebook_entry *entry),
                            void *context)
{
    size_t count = casebook_replay_finish(replay, now_ms);
    for (size_t i = 0; i < count; i++) {
        const struct casebook_replayed *one = casebook_replay_entry(replay, i);
        if (one->is_signed) {
            hand_out(one, casebook_replay_is_demo(replay), reach, each, context);
        }
    }
}

bool casebook_entries(struct casebook *casebook,
                      void (*each)(void *context, const struct casebook_entry *entry),
                      void *context, struct err *err)
{
    struct casebook_verified *verified = casebook_verified_load(casebook);
    struct casebook_replay *replay = casebook_replay_new(verified);
    const struct casebook_walk walk = {.prepare = casebook_replay_prepare,
                                       .each = casebook_replay_row,
                                       .drop = casebook_replay_drop,
                                       .context = replay};
    struct casebook_report report;
    struct casebook_head published;
    int64_t now = clock_now_ms(casebook->clock), reach = 0;
    /* A log that was cut at its end is sound in itself: without the head a removal could vanish. */
    bool done = casebook_head_published(casebook, &published, err) &&
                casebook_walk(casebook, &published, &report, &walk, err) == AUDIT_INTACT;
    if (done && now < casebook_replay_last_ms(replay) - CASEBOOK_BACK_MS) {
        done = err_set(err, "the clock of this machine went back behind the log: nothing is in "
                            "force until it is right");
    }
    done = done && casebook_register_reach(casebook, &reach, err);
    if (done) {
        note_signed(verified, replay);
        now = now > casebook_replay_last_ms(replay) ? now : casebook_replay_last_ms(replay);
        hand_out_signed(replay, now, reach, each, context);
    }
    casebook_replay_free(replay);
    casebook_verified_end(verified);
    return done;
}

bool casebook_entry_line(struct casebook *casebook, int64_t seq, const struct hash *row,
                         struct buf *out, struct err *err)
{
    struct casebook_row read;
    struct hash before, hash = {{0}};
    struct buf bytes = BUF_EMPTY;
    bool found = false;
    sqlite3_stmt *statement = casebook_audit_row(casebook, seq, &read, &before, &found, err);
    if (statement == NULL) {
        return false;
    }
    if (found) {
        casebook_row_bytes(&read, &before, &bytes);
        hash = hash_sha256(buf_str(&bytes));
    }
    bool done =
        (memcmp(&hash, row, sizeof hash) == 0 && casebook_proof_line(&read, out)) ||
        err_set(err, "row %lld of the log is another one than was read before", (long long)seq);
    casebook_sql_done(statement);
    buf_fini(&bytes);
    return done;
}
