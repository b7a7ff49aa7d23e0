#include "filter/base/err.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/replay.h"

/* Both signatures over exactly these bytes, verified anew each time. */
static bool is_signed(const struct casebook_replayed *entry)
{
    struct err why = ERR_NONE;
    return sshsig_verify(entry->reviewer_signature, entry->json, &entry->reviewer_key, &why) &&
           sshsig_verify(entry->approver_signature, entry->json, &entry->approver_key, &why);
}

static void hand_out(const struct casebook_replayed *one, bool is_demo,
                     void (*each)(void *context, const struct casebook_entry *entry), void *context)
{
    struct buf keys[2] = {BUF_EMPTY, BUF_EMPTY};
    sshsig_key_format(&one->reviewer_key, &keys[0]);
    sshsig_key_format(&one->approver_key, &keys[1]);
    struct casebook_entry entry = {
        .entry = one->entry,
        .json = one->json,
        .reviewer_org = one->reviewer_org,
        .approver_org = one->approver_org,
        .reviewer_signature = one->reviewer_signature,
        .approver_signature = one->approver_signature,
        .reviewer_key = buf_str(&keys[0]),
        .approver_key = buf_str(&keys[1]),
        .case_id = one->case_id,
        .seq = one->seq,
        .is_provisional = one->is_provisional,
        .is_demo = is_demo,
    };
    each(context, &entry);
    buf_fini(&keys[0]);
    buf_fini(&keys[1]);
}

bool casebook_entries(struct casebook *casebook,
                      void (*each)(void *context, const struct casebook_entry *entry),
                      void *context, struct err *err)
{
    struct casebook_replay *replay = casebook_replay_new();
    struct casebook_report report;
    struct casebook_head published;
    int64_t now = clock_now_ms(casebook->clock);
    /* A log that was cut at its end is sound in itself: without the head a removal could vanish. */
    bool done = casebook_head_published(casebook, &published, err) &&
                casebook_audit_walk(casebook, &published, &report, casebook_replay_row, replay,
                                    err) == AUDIT_INTACT;
    if (done && now < casebook_replay_last_ms(replay) - CASEBOOK_BACK_MS) {
        done = err_set(err, "the clock of this machine went back behind the log: nothing is in "
                            "force until it is right");
    }
    if (done) {
        now = now > casebook_replay_last_ms(replay) ? now : casebook_replay_last_ms(replay);
        size_t count = casebook_replay_finish(replay, now);
        for (size_t i = 0; i < count; i++) {
            const struct casebook_replayed *one = casebook_replay_entry(replay, i);
            if (is_signed(one)) {
                hand_out(one, casebook_replay_is_demo(replay), each, context);
            }
        }
    }
    casebook_replay_free(replay);
    return done;
}
