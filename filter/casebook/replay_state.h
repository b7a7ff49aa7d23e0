/* What the files of the replay share: who was who, and what was listed, up to the last row. */
#pragma once

#include "filter/base/index.h"
#include "filter/casebook/replay.h"

struct arena;

struct replay_person {
    struct str name, organisation, key_line;
    enum casebook_role role;
    bool has_key, is_disabled, is_sealed; /* sealed: its secret half lies on the server */
    struct sshsig_key key;
    int64_t since_ms; /* of the account, or of the reset of its second factor */
    int64_t moved_ms; /* CLOCK_NEVER */
};

/* Every key that ever was somebody's. */
struct replay_key {
    struct str line, person, organisation;
    enum casebook_role role;
    struct str season; /* hexadecimal, for which it was certified */
    bool is_revoked;
};

struct replay_sector {
    struct str organisation;
    bool may_approve;
};

struct replay_tie {
    struct str one, other;
};

struct replay_season {
    struct str id; /* hexadecimal */
    struct casebook_season_file file;
};

/* What was worked out about two people in a season; it holds until anything else is logged. */
struct replay_pair {
    const struct replay_person *one, *other; /* NULL: a free place */
    const struct replay_season *season;
    bool is_lane, holds;
};

enum { REPLAY_PAIRS = 64 };

struct casebook_replay {
    const struct casebook_verified *verified;
    struct arena *arena;
    struct index by_case, by_id; /* of entries, by the case or the start of the id */
    struct index ended;          /* the numbers of cases that are over for good */
    int64_t last_ms;
    struct replay_person *people;
    size_t person_count, person_room;
    struct replay_key *keys;
    size_t key_count, key_room;
    struct replay_sector *sectors;
    size_t sector_count, sector_room;
    struct replay_tie *ties;
    size_t tie_count, tie_room;
    struct replay_season *seasons;
    size_t season_count, season_room;
    struct replay_pair pairs[REPLAY_PAIRS];
    struct casebook_replayed *entries;
    size_t entry_count, entry_room;
    size_t *lanes; /* which of them came by the 24-hour lane */
    size_t lane_count, lane_room;
    bool is_demo;
};

/* A member of a row, in the replay's arena; "" if there is none. */
struct str replay_text(struct casebook_replay *replay, const json_t *detail, const char *name);

/* replay_people.c: who was who, with which keys, of which organisations. */
struct replay_person *replay_person_find(const struct casebook_replay *replay, struct str name);
struct replay_key *replay_key_find(const struct casebook_replay *replay, struct str line);
void replay_person_add(struct casebook_replay *replay, const struct casebook_row *row,
                       const json_t *detail);
void replay_person_disable(struct casebook_replay *replay, const struct casebook_row *row,
                           const json_t *detail);
void replay_person_move(struct casebook_replay *replay, const struct casebook_row *row,
                        const json_t *detail);
void replay_person_factor(struct casebook_replay *replay, const struct casebook_row *row,
                          const json_t *detail);
void replay_key_change(struct casebook_replay *replay, const struct casebook_row *row,
                       const json_t *detail);
void replay_key_revoke(struct casebook_replay *replay, const struct casebook_row *row,
                       const json_t *detail);
bool replay_key_is_revoked(const struct casebook_replay *replay, const struct sshsig_key *key);
bool replay_person_may_sign(const struct replay_person *person, enum casebook_role role);

/* replay_ties.c: organisations that are one, or may not approve. */
void replay_sector_add(struct casebook_replay *replay, const struct casebook_row *row,
                       const json_t *detail);
void replay_tie_add(struct casebook_replay *replay, const struct casebook_row *row,
                    const json_t *detail);
/* Whether two organisations are one or reach one another over ties. */
bool replay_is_tied(const struct casebook_replay *replay, struct str one, struct str other);
/* Whether it is, or is tied to, what may not approve. */
bool replay_is_barred(const struct casebook_replay *replay, struct str organisation);

/* replay_season.c: seasons, and whose keys count in them. */
void replay_season_add(struct casebook_replay *replay, const struct casebook_row *row,
                       const json_t *detail);
void replay_season_end(struct casebook_replay *replay, const struct casebook_row *row,
                       const json_t *detail);
void replay_key_certify(struct casebook_replay *replay, const struct casebook_row *row,
                        const json_t *detail);
/* The season that runs at `now_ms`; NULL if none does. `*is_over`: one did, and none came since. */
const struct replay_season *replay_season_at(const struct casebook_replay *replay, int64_t now_ms,
                                             bool *is_over);
/* Whether a person's key counts in it: in its file or certified, not revoked. */
bool replay_is_pinned(struct casebook_replay *replay, const struct replay_season *season,
                      const struct replay_person *person);

/* replay_pair.c: whether two people may list an entry of this season at the time of the row. */
bool replay_are_two(struct casebook_replay *replay, const struct casebook_row *row,
                    const struct blocklist_entry *entry, const struct replay_person *reviewer,
                    const struct replay_person *approver);
/* The same for the 24-hour lane. */
bool replay_are_two_reviewers(struct casebook_replay *replay, const struct casebook_row *row,
                              const struct blocklist_entry *entry,
                              const struct replay_person *first,
                              const struct replay_person *second);

/* replay_entry.c: what was listed, suspended, restored. */
void replay_entry_add(struct casebook_replay *replay, const struct casebook_row *row,
                      struct casebook_proof *proof);
void replay_entry_suspend(struct casebook_replay *replay, const struct casebook_row *row,
                          const json_t *detail);
/* "uphold", "abusive": the panel signed that the appeal changes nothing. */
void replay_entry_uphold(struct casebook_replay *replay, const struct casebook_row *row,
                         const json_t *detail);
void replay_entry_restore(struct casebook_replay *replay, const struct casebook_row *row,
                          const json_t *detail);
