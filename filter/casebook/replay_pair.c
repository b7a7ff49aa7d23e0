#include "filter/blocklist/entry.h"
#include "filter/casebook/replay_state.h"

/* An approver's account in a season: as in judge.c, of the log's own times. */
#define ACCOUNT_AGE (72 * CASEBOOK_HOUR)

/* Whatever no time of a row changes: who they are, of whom, by which keys. */
static bool judge(struct casebook_replay *replay, const struct replay_pair *pair)
{
    const struct replay_person *one = pair->one, *other = pair->other;
    if (!replay_person_may_sign(one, ROLE_TEAM) ||
        !replay_person_may_sign(other, pair->is_lane ? ROLE_TEAM : ROLE_INDEPENDENT) ||
        sshsig_key_equal(&one->key, &other->key)) {
        return false;
    }
    if (pair->is_lane ? one == other || other->is_sealed
                      : replay_is_tied(replay, one->organisation, other->organisation) ||
                            replay_is_barred(replay, other->organisation)) {
        return false;
    }
    return pair->season == NULL || (replay_is_pinned(replay, pair->season, one) &&
                                    replay_is_pinned(replay, pair->season, other));
}

/* A million entries are listed by few people: what was found of two of them is remembered. */
static bool is_pair(struct casebook_replay *replay, const struct replay_pair *asked)
{
    size_t one = (size_t)(asked->one - replay->people),
           other = (size_t)(asked->other - replay->people);
    struct replay_pair *kept =
        &replay->pairs[(one * 7 + other * 2 + asked->is_lane) % REPLAY_PAIRS];
    if (kept->one != asked->one || kept->other != asked->other || kept->season != asked->season ||
        kept->is_lane != asked->is_lane) {
        *kept = *asked;
        kept->holds = judge(replay, asked);
    }
    return kept->holds;
}

/* Whether the entry is of the season that runs at the time of the row. */
static bool is_of_season(const struct casebook_replay *replay, const struct casebook_row *row,
                         const struct blocklist_entry *entry, const struct replay_season **season)
{
    bool is_over;
    char hex[HASH_HEX];
    const struct hash *id = blocklist_entry_parts(entry)->season;
    *season = replay_season_at(replay, row->time_ms, &is_over);
    if (*season == NULL) {
        return id == NULL && !is_over;
    }
    return id != NULL && str_is((*season)->id, hash_format(id, hex));
}

bool replay_are_two(struct casebook_replay *replay, const struct casebook_row *row,
                    const struct blocklist_entry *entry, const struct replay_person *reviewer,
                    const struct replay_person *approver)
{
    struct replay_pair pair = {.one = reviewer, .other = approver};
    return reviewer != NULL && approver != NULL && is_of_season(replay, row, entry, &pair.season) &&
           is_pair(replay, &pair) &&
           (approver->moved_ms == CLOCK_NEVER ||
            row->time_ms - approver->moved_ms >= CASEBOOK_MOVED_MS) &&
           (pair.season == NULL || row->time_ms - approver->since_ms >= ACCOUNT_AGE);
}

bool replay_are_two_reviewers(struct casebook_replay *replay, const struct casebook_row *row,
                              const struct blocklist_entry *entry,
                              const struct replay_person *first, const struct replay_person *second)
{
    struct replay_pair pair = {.one = first, .other = second, .is_lane = true};
    return first != NULL && second != NULL && is_of_season(replay, row, entry, &pair.season) &&
           is_pair(replay, &pair) &&
           (pair.season == NULL || row->time_ms - second->since_ms >= ACCOUNT_AGE);
}
