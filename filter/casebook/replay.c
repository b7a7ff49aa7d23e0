#include "filter/casebook/replay.h"

#include <assert.h>
#include <stdlib.h>

#include "filter/base/arena.h"
#include "filter/base/mem.h"
#include "filter/blocklist/entry.h"
#include "filter/casebook/act.h"
#include "filter/casebook/replay_state.h"

enum { ROOM = 1 << 30 }; /* bytes of log text that may be kept of people and seasons */

struct casebook_replay *casebook_replay_new(const struct casebook_verified *verified)
{
    struct casebook_replay *replay = mem_zero(1, sizeof *replay);
    replay->verified = verified;
    replay->arena = arena_new(ROOM);
    replay->last_ms = INT64_MIN + CASEBOOK_DAY;
    replay->is_demo = true;
    return replay;
}

void casebook_replay_free(struct casebook_replay *replay)
{
    if (replay == NULL) {
        return;
    }
    for (size_t i = 0; i < replay->entry_count; i++) {
        blocklist_entry_free(replay->entries[i].entry);
    }
    free(replay->people);
    free(replay->keys);
    free(replay->sectors);
    free(replay->ties);
    free(replay->seasons);
    free(replay->entries);
    free(replay->lanes);
    index_fini(&replay->ended);
    index_fini(&replay->by_case);
    index_fini(&replay->by_id);
    arena_free(replay->arena);
    free(replay);
}

struct str replay_text(struct casebook_replay *replay, const json_t *detail, const char *name)
{
    return casebook_keep(replay->arena, casebook_json_text(detail, name));
}

typedef void change(struct casebook_replay *replay, const struct casebook_row *row,
                    const json_t *detail);

/* What rows change that neither list nor end anything; `is_of_people`: who may list what. */
static const struct {
    const char *action;
    change *change;
    bool is_of_people;
} changes[] = {
    {"user", replay_person_add, true},
    {"disable", replay_person_disable, true},
    {"key", replay_key_change, true},
    {"certify", replay_key_certify, true},
    {"revoke", replay_key_revoke, true},
    {"move", replay_person_move, true},
    {"factor", replay_person_factor, true},
    {"sector", replay_sector_add, true},
    {"tie", replay_tie_add, true},
    {"season", replay_season_add, true},
    {"season_end", replay_season_end, true},
    {"suspend", replay_entry_suspend, false},
    {"uphold", replay_entry_uphold, false},
    {"abusive", replay_entry_uphold, false},
    {"restore", replay_entry_restore, false},
};

/* Any of these rows about a case ends it and what it listed, for good. */
static bool is_end(struct str action)
{
    static const char *const ending[] = {"remove",  "expire", "void",   "close", "withdraw",
                                         "dismiss", "lapse",  "reject", "purge"};
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        if (str_is(action, ending[i])) {
            return true;
        }
    }
    return false;
}

static void change_anything(struct casebook_replay *replay, const struct casebook_row *row)
{
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        if (!str_is(row->action, changes[i].action)) {
            continue;
        }
        json_t *detail = json_loadb(row->detail.len > 0 ? row->detail.at : "", row->detail.len,
                                    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
        changes[i].change(replay, row, detail);
        json_decref(detail);
        if (changes[i].is_of_people) {
            memset(replay->pairs, 0, sizeof replay->pairs);
        }
        return;
    }
}

void *casebook_replay_prepare(void *context, const struct casebook_row *row)
{
    const struct casebook_replay *replay = context;
    return casebook_proof_new(replay->verified, row);
}

void casebook_replay_drop(void *proof)
{
    casebook_proof_free(proof);
}

void casebook_replay_row(void *context, const struct casebook_row *row, void *prepared)
{
    struct casebook_replay *replay = context;
    struct casebook_proof *proof = prepared;
    replay->last_ms = row->time_ms;
    if (proof != NULL) {
        replay_entry_add(replay, row, proof);
        casebook_proof_free(proof);
    } else if (is_end(row->action)) {
        index_put(&replay->ended, (uint64_t)row->case_id, 0);
    } else {
        change_anything(replay, row); /* most rows change nothing here */
    }
}

int64_t casebook_replay_last_ms(const struct casebook_replay *replay)
{
    return replay->last_ms;
}

/* What is asked of an entry's organisations and keys, of the last entry's: most are of the same. */
struct standing {
    const struct casebook_replayed *of;
    bool holds;
};

/* A tie that came to light later counts for what was listed before, too. */
static bool is_standing(const struct casebook_replay *replay, const struct casebook_replayed *one,
                        struct standing *last)
{
    const struct casebook_replayed *before = last->of;
    if (before == NULL || before->reviewer_org.at != one->reviewer_org.at ||
        before->approver_org.at != one->approver_org.at ||
        before->is_provisional != one->is_provisional ||
        !sshsig_key_equal(&before->reviewer_key, &one->reviewer_key) ||
        !sshsig_key_equal(&before->approver_key, &one->approver_key)) {
        last->of = one;
        last->holds = !replay_key_is_revoked(replay, &one->reviewer_key) &&
                      !replay_key_is_revoked(replay, &one->approver_key) &&
                      (one->is_provisional ||
                       (!replay_is_tied(replay, one->reviewer_org, one->approver_org) &&
                        !replay_is_barred(replay, one->approver_org)));
    }
    return last->holds;
}

static bool is_in_force(const struct casebook_replay *replay, const struct casebook_replayed *one,
                        const struct replay_season *season, bool is_over, int64_t now_ms)
{
    const struct blocklist_draft *parts = blocklist_entry_parts(one->entry);
    char hex[HASH_HEX];
    bool of_season = season == NULL ? parts->season == NULL && !is_over
                                    : parts->season != NULL &&
                                          str_is(season->id, hash_format(parts->season, hex));
    return of_season && !one->is_over && !one->is_suspended &&
           index_find(&replay->ended, (uint64_t)one->case_id) == 0 && parts->start_ms <= now_ms &&
           now_ms < parts->end_ms;
}

size_t casebook_replay_finish(struct casebook_replay *replay, int64_t now_ms)
{
    bool is_over;
    struct standing last = {.of = NULL};
    struct casebook_replayed copy;
    const struct replay_season *season = replay_season_at(replay, now_ms, &is_over);
    size_t kept = 0;
    replay->is_demo = season == NULL;
    for (size_t i = 0; i < replay->entry_count; i++) {
        struct casebook_replayed one = replay->entries[i];
        if (is_in_force(replay, &one, season, is_over, now_ms) &&
            is_standing(replay, &one, &last)) {
            replay->entries[i] = replay->entries[kept];
            replay->entries[kept++] = one;
        }
        if (last.of == &one) { /* which goes with this round */
            copy = one;
            last.of = &copy;
        }
    }
    return kept;
}

const struct casebook_replayed *casebook_replay_entry(const struct casebook_replay *replay,
                                                      size_t index)
{
    return &replay->entries[index];
}

size_t casebook_replay_count(const struct casebook_replay *replay)
{
    return replay->entry_count;
}

bool casebook_replay_is_demo(const struct casebook_replay *replay)
{
    return replay->is_demo;
}
