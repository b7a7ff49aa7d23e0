#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/register.h"
#include "filter/casebook/replay.h"
#include "filter/casebook/sql.h"
#include "filter/casebook/verified.h"
#include "filter/casebook/walk.h"

enum { SOME = 4096 };

/* What is handed out: some entries at a time. */
struct handing {
    bool is_demo;
    int64_t reach; /* up to which row of the log the public register tells */
    struct casebook_entry entries[SOME];
    size_t count;
    void (*some)(void *context, const struct casebook_entry *entries, size_t count);
    void *context;
};

static void add(struct handing *out, const struct casebook_replayed *one)
{
    out->entries[out->count++] = (struct casebook_entry){
        .entry = one->entry,
        .reviewer_org = one->reviewer_org,
        .approver_org = one->approver_org,
        .reviewer_key = &one->reviewer_key,
        .approver_key = &one->approver_key,
        .case_id = one->case_id,
        .seq = one->seq,
        .row = one->row,
        .is_provisional = one->is_provisional,
        .is_demo = out->is_demo,
        .is_registered = one->seq <= out->reach,
    };
}

static void hand_out(struct handing *out)
{
    if (out->count > 0) {
        out->some(out->context, out->entries, out->count);
        out->count = 0;
    }
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
static void hand_out_signed(struct handing *out, struct casebook_replay *replay, int64_t now_ms)
{
    size_t count = casebook_replay_finish(replay, now_ms);
    out->is_demo = casebook_replay_is_demo(replay);
    for (size_t i = 0; i < count; i++) {
        const struct casebook_replayed *one = casebook_replay_entry(replay, i);
        if (one->is_signed) {
            add(out, one);
        }
        if (out->count == SOME) {
            hand_out(out);
        }
    }
    hand_out(out);
}

bool casebook_entries_some(struct casebook *casebook,
                           void (*some)(void *context, const struct casebook_entry *entries,
                                        size_t count),
                           void *context, struct err *err)
{
    struct casebook_verified *verified = casebook_verified_load(casebook);
    struct casebook_replay *replay = casebook_replay_new(verified);
    struct handing *out = mem_zero(1, sizeof *out);
    const struct casebook_walk walk = {.prepare = casebook_replay_prepare,
                                       .each = casebook_replay_row,
                                       .drop = casebook_replay_drop,
                                       .context = replay};
    struct casebook_report report;
    struct casebook_head published;
    int64_t now = clock_now_ms(casebook->clock);
    out->some = some;
    out->context = context;
    /* A log that was cut at its end is sound in itself: without the head a removal could vanish. */
    bool done = casebook_head_published(casebook, &published, err) &&
                casebook_walk(casebook, &published, &report, &walk, err) == AUDIT_INTACT;
    if (done && now < casebook_replay_last_ms(replay) - CASEBOOK_BACK_MS) {
        done = err_set(err, "the clock of this machine went back behind the log: nothing is in "
                            "force until it is right");
    }
    done = done && casebook_register_reach(casebook, &out->reach, err);
    if (done) {
        note_signed(verified, replay);
        now = now > casebook_replay_last_ms(replay) ? now : casebook_replay_last_ms(replay);
        hand_out_signed(out, replay, now);
    }
    free(out);
    casebook_replay_free(replay);
    casebook_verified_end(verified);
    return done;
}

struct one_by_one {
    void (*each)(void *context, const struct casebook_entry *entry);
    void *context;
};

static void hand_each(void *context, const struct casebook_entry *entries, size_t count)
{
    const struct one_by_one *to = context;
    for (size_t i = 0; i < count; i++) {
        to->each(to->context, &entries[i]);
    }
}

bool casebook_entries(struct casebook *casebook,
                      void (*each)(void *context, const struct casebook_entry *entry),
                      void *context, struct err *err)
{
    struct one_by_one to = {.each = each, .context = context};
    return casebook_entries_some(casebook, hand_each, &to, err);
}

/* Lines wanted of the log's rows, which come in order. */
struct wanting {
    const struct casebook_ref *ref, *end;
    struct hash before; /* in the row before */
    struct buf bytes, line;
    bool (*each)(void *context, struct str line, struct err *err);
    void *context;
    struct err *err;
};

static bool is_row(struct wanting *all, const struct casebook_row *row)
{
    buf_clear(&all->bytes);
    casebook_row_bytes(row, &all->before, &all->bytes);
    struct hash hash = hash_sha256(buf_str(&all->bytes));
    return memcmp(&hash, &all->ref->row, sizeof hash) == 0;
}

static bool want_row(void *context, const struct casebook_row *row)
{
    struct wanting *all = context;
    if (row->seq == all->ref->seq) {
        buf_clear(&all->line);
        if (!is_row(all, row) || !casebook_proof_line(row, &all->line)) {
            return err_set(all->err, "row %lld of the log is another one than was read before",
                           (long long)row->seq);
        }
        if (!all->each(all->context, buf_str(&all->line), all->err)) {
            return false;
        }
        all->ref++;
    }
    all->before = row->hash;
    return all->ref < all->end && row->seq < all->ref->seq;
}

bool casebook_entry_lines(struct casebook *casebook, const struct casebook_ref *refs, size_t count,
                          bool (*each)(void *context, struct str line, struct err *err),
                          void *context, struct err *err)
{
    struct wanting all = {
        .ref = refs, .end = refs + count, .each = each, .context = context, .err = err};
    bool done = count == 0 || casebook_audit_read(casebook, refs->seq - 1, want_row, &all, err);
    buf_fini(&all.bytes);
    buf_fini(&all.line);
    return done && !err_is_set(err) &&
           (all.ref == all.end ||
            err_set(err, "row %lld of the log is there no longer", (long long)all.ref->seq));
}
