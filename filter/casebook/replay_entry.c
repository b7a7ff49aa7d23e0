#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/blocklist/entry.h"
#include "filter/casebook/act.h"
#include "filter/casebook/decision.h"
#include "filter/casebook/replay_state.h"
#include "filter/text/url.h"

static bool is_same_season(const struct blocklist_draft *one, const struct blocklist_draft *other)
{
    return (one->season == NULL) == (other->season == NULL) &&
           (one->season == NULL || memcmp(one->season, other->season, sizeof *one->season) == 0);
}

static bool shares_evidence(const struct blocklist_draft *one, const struct blocklist_draft *other)
{
    for (size_t i = 0; i < one->evidence_count; i++) {
        for (size_t k = 0; k < other->evidence_count; k++) {
            if (memcmp(&one->evidence[i], &other->evidence[k], sizeof(struct hash)) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* The lane's own limits, of the log alone: 24 hours, ten at once, no sibling within 30 days. */
static bool is_lane_free(const struct casebook_replay *replay, const struct casebook_row *row,
                         const struct blocklist_entry *entry)
{
    const struct blocklist_draft *parts = blocklist_entry_parts(entry);
    struct str domain = url_registrable(blocklist_entry_host(entry));
    size_t live = 0;
    if (parts->end_ms - parts->start_ms > CASEBOOK_LANE_MS || row->time_ms >= parts->end_ms) {
        return false;
    }
    for (size_t i = 0; i < replay->lane_count; i++) {
        const struct casebook_replayed *one = &replay->entries[replay->lanes[i]];
        const struct blocklist_draft *other = blocklist_entry_parts(one->entry);
        if (!is_same_season(parts, other)) {
            continue;
        }
        bool is_live = !one->is_over && other->end_ms > row->time_ms &&
                       index_find(&replay->ended, (uint64_t)one->case_id) == 0;
        live += is_live ? 1 : 0;
        if (other->end_ms + CASEBOOK_LANE_BARRED > row->time_ms &&
            (shares_evidence(parts, other) ||
             str_equal(url_registrable(blocklist_entry_host(one->entry)), domain))) {
            return false;
        }
    }
    return live < CASEBOOK_LANE_MOST;
}

/* Eight bytes of an id: two ids of one start are no more likely than a broken hash. */
static uint64_t key_of(const struct hash *id)
{
    uint64_t key;
    memcpy(&key, id->bytes, sizeof key);
    return key;
}

/* The entry of the case that no other one stands in the place of; NULL if there is none. */
static struct casebook_replayed *entry_of_case(const struct casebook_replay *replay,
                                               int64_t case_id)
{
    size_t place = index_find(&replay->by_case, (uint64_t)case_id);
    struct casebook_replayed *last = place != 0 ? &replay->entries[place - 1] : NULL;
    return last != NULL && !last->is_over ? last : NULL;
}

/*
 * A row that lists something: `second` is who signed beside the reviewer. A second row about the
 * same bytes is a replay: a removed entry stays removed. And what both signed before one of them
 * withdrew or refused it is nobody's to list: no case opens again.
 */
void replay_entry_add(struct casebook_replay *replay, const struct casebook_row *row,
                      struct casebook_proof *proof)
{
    const struct replay_person *reviewer = replay_person_find(replay, proof->reviewer);
    const struct replay_person *other = replay_person_find(replay, proof->other);
    const struct blocklist_entry *entry = proof->entry;
    struct hash id = blocklist_entry_id(entry);
    struct casebook_replayed *before = entry_of_case(replay, row->case_id);
    bool gives_way =
        before == NULL || (!proof->is_lane && before->is_provisional && !before->is_suspended);
    bool holds = proof->is_lane ? replay_are_two_reviewers(replay, row, entry, reviewer, other) &&
                                      is_lane_free(replay, row, entry)
                                : replay_are_two(replay, row, entry, reviewer, other);
    if (!holds || !gives_way || index_find(&replay->by_id, key_of(&id)) != 0 ||
        index_find(&replay->ended, (uint64_t)row->case_id) != 0 ||
        blocklist_entry_parts(entry)->case_id != row->case_id) {
        return;
    }
    if (before != NULL) {
        before->is_over = true;
    }
    if (proof->is_lane) {
        mem_grow(&replay->lanes, &replay->lane_room, replay->lane_count + 1, sizeof *replay->lanes);
        replay->lanes[replay->lane_count++] = replay->entry_count;
    }
    mem_grow(&replay->entries, &replay->entry_room, replay->entry_count + 1,
             sizeof *replay->entries);
    index_put(&replay->by_id, key_of(&id), replay->entry_count);
    index_put(&replay->by_case, (uint64_t)row->case_id, replay->entry_count);
    replay->entries[replay->entry_count++] = (struct casebook_replayed){
        .case_id = row->case_id,
        .seq = row->seq,
        .id = id,
        .entry = proof->entry,
        .row = row->hash,
        .kept = proof->kept,
        .is_signed = proof->is_signed && sshsig_key_equal(&proof->reviewer_key, &reviewer->key) &&
                     sshsig_key_equal(&proof->other_key, &other->key),
        .reviewer_org = reviewer->organisation,
        .approver_org = other->organisation,
        .reviewer_key = reviewer->key,
        .approver_key = other->key,
        .is_provisional = proof->is_lane,
    };
    proof->entry = NULL;
}

void replay_entry_suspend(struct casebook_replay *replay, const struct casebook_row *row,
                          const json_t *detail)
{
    struct casebook_replayed *entry = entry_of_case(replay, row->case_id);
    if (entry != NULL) {
        entry->is_suspended = true;
        entry->suspended_seq = row->seq;
        entry->appeal = json_integer_value(json_object_get(detail, "appeal"));
        entry->upheld = 0;
    }
}

/* Whose key the panel's decision is signed by: of nobody tied to one of the two, and pinned. */
static bool is_panel(struct casebook_replay *replay, const struct casebook_row *row,
                     const struct replay_person *panel, const struct casebook_replayed *entry)
{
    bool is_over;
    const struct replay_season *season = replay_season_at(replay, row->time_ms, &is_over);
    return replay_person_may_sign(panel, ROLE_APPEALS) &&
           !replay_is_tied(replay, panel->organisation, entry->reviewer_org) &&
           !replay_is_tied(replay, panel->organisation, entry->approver_org) &&
           (season == NULL || replay_is_pinned(replay, season, panel));
}

/* A row without a signature, as they were before decisions were signed, decides nothing here. */
void replay_entry_uphold(struct casebook_replay *replay, const struct casebook_row *row,
                         const json_t *detail)
{
    struct err why = ERR_NONE;
    struct casebook_decision decision;
    enum casebook_action action;
    enum casebook_appeal_state result;
    struct casebook_replayed *entry = entry_of_case(replay, row->case_id);
    const struct replay_person *panel = replay_person_find(replay, row->actor);
    struct str bytes = casebook_json_text(detail, "bytes");
    if (entry == NULL || !entry->is_suspended || entry->appeal == 0 ||
        !is_panel(replay, row, panel, entry) ||
        !sshsig_verify(casebook_json_text(detail, "signature"), bytes, &panel->key, &why)) {
        return;
    }
    struct arena *arena = arena_new((size_t)4 * CASEBOOK_DECISION_BYTES);
    if (casebook_decision_read(bytes, arena, &decision, &why) &&
        casebook_action_parse(row->action, &action) && casebook_decision_result(action, &result) &&
        decision.result == result && decision.appeal == entry->appeal &&
        decision.case_id == row->case_id && decision.has_entry &&
        memcmp(&decision.entry, &entry->id, sizeof entry->id) == 0 &&
        str_equal(decision.organisation, panel->organisation)) {
        entry->upheld = decision.appeal;
    }
    arena_free(arena);
}

/* The panel signed that the appeal which suspended it changes nothing. */
static bool is_upheld(const json_t *detail, const struct casebook_replayed *entry)
{
    return entry->appeal != 0 && entry->upheld == entry->appeal &&
           json_integer_value(json_object_get(detail, "appeal")) == entry->appeal;
}

/* Reviewer and approver signed anew, of this very suspension. */
static bool is_signed_anew(struct casebook_replay *replay, const struct casebook_row *row,
                           const json_t *detail, const struct casebook_replayed *entry)
{
    struct err why = ERR_NONE;
    struct buf expected = BUF_EMPTY;
    const struct casebook_listing listing = {
        .case_id = row->case_id, .id = entry->id, .suspended_seq = entry->suspended_seq};
    struct str bytes = casebook_json_text(detail, "bytes");
    const struct replay_person *reviewer =
        replay_person_find(replay, casebook_json_text(detail, "reviewer"));
    const struct replay_person *approver =
        replay_person_find(replay, casebook_json_text(detail, "approver"));
    bool holds = casebook_restore_bytes(&listing, &expected, &why) &&
                 str_equal(buf_str(&expected), bytes) &&
                 replay_are_two(replay, row, entry->entry, reviewer, approver) &&
                 sshsig_verify(casebook_json_text(detail, "reviewer_signature"), bytes,
                               &reviewer->key, &why) &&
                 sshsig_verify(casebook_json_text(detail, "approver_signature"), bytes,
                               &approver->key, &why);
    buf_fini(&expected);
    return holds;
}

void replay_entry_restore(struct casebook_replay *replay, const struct casebook_row *row,
                          const json_t *detail)
{
    struct casebook_replayed *entry = entry_of_case(replay, row->case_id);
    if (entry != NULL && entry->is_suspended && !entry->is_provisional &&
        str_is(casebook_json_text(detail, "to"), casebook_entry_state_name(ENTRY_ACTIVE)) &&
        (is_upheld(detail, entry) || is_signed_anew(replay, row, detail, entry))) {
        entry->is_suspended = false;
    }
}
