#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/register.h"
#include "filter/casebook/replay.h"
#include "filter/casebook/verified.h"

enum { CHUNK = 256, HANDS_MOST = 8 };

/* The entries whose signatures are asked for, by all processors. */
struct asking {
    const struct casebook_replay *replay;
    const struct casebook_verified *verified;
    struct answer {
        struct hash tag;
        bool is_signed;
    } * answers;
    size_t count;
    atomic_size_t next;
};

static struct str key_bytes(const struct sshsig_key *key)
{
    return (struct str){.at = (const char *)key->bytes, .len = sizeof key->bytes};
}

/* Both signatures over exactly these bytes by these keys: verified now, or, these very ones,
 * before. */
static void ask(const struct asking *all, size_t index)
{
    const struct casebook_replayed *entry = casebook_replay_entry(all->replay, index);
    struct answer *answer = &all->answers[index];
    struct err why = ERR_NONE;
    const struct str parts[] = {entry->json, key_bytes(&entry->reviewer_key),
                                entry->reviewer_signature, key_bytes(&entry->approver_key),
                                entry->approver_signature};
    answer->tag = casebook_verified_tag(all->verified, parts, sizeof parts / sizeof *parts);
    answer->is_signed =
        casebook_verified_has(all->verified, &answer->tag) ||
        (sshsig_verify(entry->reviewer_signature, entry->json, &entry->reviewer_key, &why) &&
         sshsig_verify(entry->approver_signature, entry->json, &entry->approver_key, &why));
}

static void *ask_some(void *context)
{
    struct asking *all = context;
    for (size_t at; (at = atomic_fetch_add(&all->next, CHUNK)) < all->count;) {
        for (size_t i = at; i < at + CHUNK && i < all->count; i++) {
            ask(all, i);
        }
    }
    return NULL;
}

static void ask_all(struct asking *all)
{
    pthread_t hands[HANDS_MOST];
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t hired = 0;
    while (hired < HANDS_MOST && (long)hired + 1 < processors && (hired + 1) * CHUNK < all->count &&
           pthread_create(&hands[hired], NULL, ask_some, all) == 0) {
        hired++;
    }
    ask_some(all);
    while (hired > 0) {
        pthread_join(hands[--hired], NULL);
    }
}

/* `reach`: up to which row of the log the public register tells. */
static void hand_out(const struct casebook_replayed *one, bool is_demo, int64_t reach,
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
        .is_registered = one->seq <= reach,
    };
    each(context, &entry);
    buf_fini(&keys[0]);
    buf_fini(&keys[1]);
}

/* In the log's order, whoever verified them. */
static void hand_out_signed(struct casebook *casebook, const struct casebook_replay *replay,
                            size_t count, int64_t reach,
                            void (*each)(void *context, const struct casebook_entry *entry),
                            void *context)
{
    struct casebook_verified *verified = casebook_verified_load(casebook);
    struct asking all = {.replay = replay,
                         .verified = verified,
                         .answers = mem_zero(count, sizeof *all.answers),
                         .count = count};
    ask_all(&all);
    for (size_t i = 0; i < count; i++) {
        if (all.answers[i].is_signed) {
            casebook_verified_note(verified, &all.answers[i].tag);
            hand_out(casebook_replay_entry(replay, i), casebook_replay_is_demo(replay), reach, each,
                     context);
        }
    }
    free(all.answers);
    casebook_verified_end(verified);
}

bool casebook_entries(struct casebook *casebook,
                      void (*each)(void *context, const struct casebook_entry *entry),
                      void *context, struct err *err)
{
    struct casebook_replay *replay = casebook_replay_new();
    struct casebook_report report;
    struct casebook_head published;
    int64_t now = clock_now_ms(casebook->clock), reach = 0;
    /* A log that was cut at its end is sound in itself: without the head a removal could vanish. */
    bool done = casebook_head_published(casebook, &published, err) &&
                casebook_audit_walk(casebook, &published, &report, casebook_replay_row, replay,
                                    err) == AUDIT_INTACT;
    if (done && now < casebook_replay_last_ms(replay) - CASEBOOK_BACK_MS) {
        done = err_set(err, "the clock of this machine went back behind the log: nothing is in "
                            "force until it is right");
    }
    done = done && casebook_register_reach(casebook, &reach, err);
    if (done) {
        now = now > casebook_replay_last_ms(replay) ? now : casebook_replay_last_ms(replay);
        size_t count = casebook_replay_finish(replay, now);
        hand_out_signed(casebook, replay, count, reach, each, context);
    }
    casebook_replay_free(replay);
    return done;
}
