#include "filter/casebook/replay.h"

#include <stdlib.h>
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/blocklist/entry.h"
#include "filter/casebook/act.h"
#include "filter/casebook/organisation.h"
#include "filter/text/url.h"

/* An approver's account in a season: as in judge.c, of the log's own times. */
#define ACCOUNT_AGE (72 * CASEBOOK_HOUR)

enum { ROOM = 1 << 30 }; /* bytes of log text that may be in force at once */

struct person {
    struct str name, organisation, key_line;
    enum casebook_role role;
    bool has_key, is_disabled, is_sealed; /* sealed: its secret half lies on the server */
    struct sshsig_key key;
    int64_t since_ms; /* of the account, or of the reset of its second factor */
    int64_t moved_ms; /* CLOCK_NEVER */
};

/* Every key that ever was somebody's. */
struct key {
    struct str line, person, organisation;
    enum casebook_role role;
    struct str season; /* hexadecimal, for which it was certified */
    bool is_revoked;
};

struct sector {
    struct str organisation;
    bool may_approve;
};

struct tie {
    struct str one, other;
};

struct season {
    struct str id; /* hexadecimal */
    struct casebook_season_file file;
};

/* The numbers of cases that are over for good: open addressing, linear; 0 is an empty place. */
struct numbers {
    int64_t *at;
    size_t count, room; /* room: 0 or a power of two */
};

/* Where an entry is in the replay, by its case or the start of its id: linear; place 0 is none. */
struct places {
    struct {
        uint64_t key;
        uint32_t place; /* its index and one */
    } * at;
    size_t count, room; /* room: 0 or a power of two */
};

struct casebook_replay {
    struct arena *arena;
    struct places by_case, by_id;
    struct numbers ended;
    int64_t last_ms;
    struct person *people;
    size_t person_count, person_room;
    struct key *keys;
    size_t key_count, key_room;
    struct sector *sectors;
    size_t sector_count, sector_room;
    struct tie *ties;
    size_t tie_count, tie_room;
    struct season *seasons;
    size_t season_count, season_room;
    struct casebook_replayed *entries;
    size_t entry_count, entry_room;
    bool is_demo;
};

struct casebook_replay *casebook_replay_new(void)
{
    struct casebook_replay *replay = mem_zero(1, sizeof *replay);
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
    free(replay->ended.at);
    free(replay->by_case.at);
    free(replay->by_id.at);
    arena_free(replay->arena);
    free(replay);
}

/* Where `number` is, or the empty place where it would go. */
static size_t place_of(const struct numbers *set, int64_t number)
{
    size_t at = (size_t)((uint64_t)number * 0x9e3779b97f4a7c15u >> 32) & (set->room - 1);
    while (set->at[at] != 0 && set->at[at] != number) {
        at = (at + 1) & (set->room - 1);
    }
    return at;
}

static bool has_number(const struct numbers *set, int64_t number)
{
    return set->count > 0 && set->at[place_of(set, number)] == number;
}

static void add_number(struct numbers *set, int64_t number)
{
    if (set->count * 2 >= set->room) {
        struct numbers wider = {.room = set->room > 0 ? set->room * 2 : 64};
        wider.at = mem_zero(wider.room, sizeof *wider.at);
        for (size_t i = 0; i < set->room; i++) {
            if (set->at[i] != 0) {
                wider.at[place_of(&wider, set->at[i])] = set->at[i];
                wider.count++;
            }
        }
        free(set->at);
        *set = wider;
    }
    size_t at = place_of(set, number);
    set->count += set->at[at] == 0 && number != 0 ? 1 : 0;
    set->at[at] = number;
}

static size_t slot_of(const struct places *places, uint64_t key)
{
    size_t at = (size_t)(key * 0x9e3779b97f4a7c15u >> 32) & (places->room - 1);
    while (places->at[at].place != 0 && places->at[at].key != key) {
        at = (at + 1) & (places->room - 1);
    }
    return at;
}

/* The index and one of what was last put under the key; 0: nothing was. */
static uint32_t find_place(const struct places *places, uint64_t key)
{
    return places->room > 0 ? places->at[slot_of(places, key)].place : 0;
}

static void put_place(struct places *places, uint64_t key, size_t index)
{
    if (places->count * 2 >= places->room) {
        struct places wider = {.room = places->room > 0 ? places->room * 2 : 64};
        wider.at = mem_zero(wider.room, sizeof *wider.at);
        for (size_t i = 0; i < places->room; i++) {
            if (places->at[i].place != 0) {
                wider.at[slot_of(&wider, places->at[i].key)] = places->at[i];
                wider.count++;
            }
        }
        free(places->at);
        *places = wider;
    }
    size_t at = slot_of(places, key);
    places->count += places->at[at].place == 0 ? 1 : 0;
    places->at[at].key = key;
    places->at[at].place = (uint32_t)index + 1;
}

/* Eight bytes of an id: two ids of one start are no more likely than a broken hash. */
static uint64_t key_of(const struct hash *id)
{
    uint64_t key;
    memcpy(&key, id->bytes, sizeof key);
    return key;
}

static struct str text_of(struct casebook_replay *replay, const json_t *detail, const char *name)
{
    return casebook_keep(replay->arena, casebook_json_text(detail, name));
}

static struct person *find_person(const struct casebook_replay *replay, struct str name)
{
    for (size_t i = 0; i < replay->person_count; i++) {
        if (str_equal(replay->people[i].name, name)) {
            return &replay->people[i];
        }
    }
    return NULL;
}

static struct key *find_key(const struct casebook_replay *replay, struct str line)
{
    for (size_t i = 0; i < replay->key_count; i++) {
        if (str_equal(replay->keys[i].line, line)) {
            return &replay->keys[i];
        }
    }
    return NULL;
}

/* A key that was anybody's before is nobody's again. */
static bool add_key(struct casebook_replay *replay, const struct person *person)
{
    if (find_key(replay, person->key_line) != NULL) {
        return false;
    }
    mem_grow(&replay->keys, &replay->key_room, replay->key_count + 1, sizeof *replay->keys);
    replay->keys[replay->key_count++] = (struct key){
        .line = person->key_line,
        .person = person->name,
        .organisation = person->organisation,
        .role = person->role,
    };
    return true;
}

static void add_person(struct casebook_replay *replay, const struct casebook_row *row,
                       const json_t *detail)
{
    struct err why = ERR_NONE;
    struct person person = {
        .name = text_of(replay, detail, "name"),
        .organisation = text_of(replay, detail, "organisation"),
        .key_line = text_of(replay, detail, "key"),
        .since_ms = row->time_ms,
        .moved_ms = CLOCK_NEVER,
        .is_sealed = json_is_true(json_object_get(detail, "sealed")),
    };
    person.has_key = sshsig_key_parse(person.key_line, &person.key, &why);
    if (person.name.len == 0 || find_person(replay, person.name) != NULL ||
        !casebook_role_parse(casebook_json_text(detail, "role"), &person.role)) {
        return;
    }
    if (person.has_key) {
        person.has_key = add_key(replay, &person);
    }
    mem_grow(&replay->people, &replay->person_room, replay->person_count + 1,
             sizeof *replay->people);
    replay->people[replay->person_count++] = person;
}

static void change_key(struct casebook_replay *replay, struct person *person, const json_t *detail)
{
    struct err why = ERR_NONE;
    person->key_line = text_of(replay, detail, "key");
    person->is_sealed = !json_is_false(json_object_get(detail, "sealed"));
    person->has_key =
        sshsig_key_parse(person->key_line, &person->key, &why) && add_key(replay, person);
}

static void revoke_key(struct casebook_replay *replay, struct person *person, const json_t *detail)
{
    struct key *key = find_key(replay, casebook_json_text(detail, "key"));
    if (key == NULL) {
        return;
    }
    key->is_revoked = true;
    if (str_equal(person->key_line, key->line)) {
        person->has_key = false;
    }
}

static void move_person(struct casebook_replay *replay, struct person *person,
                        const struct casebook_row *row, const json_t *detail)
{
    struct key *key = find_key(replay, person->key_line);
    person->organisation = text_of(replay, detail, "organisation");
    person->moved_ms = row->time_ms;
    if (!casebook_role_parse(casebook_json_text(detail, "role"), &person->role)) {
        person->is_disabled = true;
    }
    if (key != NULL) {
        key->organisation = person->organisation;
        key->role = person->role;
        key->season = STR("");
    }
}

static void add_sector(struct casebook_replay *replay, const json_t *detail)
{
    enum casebook_sector sector;
    bool known = casebook_sector_parse(casebook_json_text(detail, "sector"), &sector);
    mem_grow(&replay->sectors, &replay->sector_room, replay->sector_count + 1,
             sizeof *replay->sectors);
    replay->sectors[replay->sector_count++] = (struct sector){
        .organisation = text_of(replay, detail, "organisation"),
        .may_approve = known && casebook_sector_may_approve(sector),
    };
}

static void add_tie(struct casebook_replay *replay, const json_t *detail)
{
    mem_grow(&replay->ties, &replay->tie_room, replay->tie_count + 1, sizeof *replay->ties);
    replay->ties[replay->tie_count++] = (struct tie){.one = text_of(replay, detail, "one"),
                                                     .other = text_of(replay, detail, "other")};
}

/* Whether two organisations are one or reach one another over ties: breadth first. */
static bool is_tied(const struct casebook_replay *replay, struct str one, struct str other)
{
    struct str *reached = mem_alloc((2 * replay->tie_count + 1) * sizeof *reached);
    size_t count = 1;
    bool tied = false;
    reached[0] = one;
    for (size_t at = 0; !tied && at < count; at++) {
        tied = str_equal(reached[at], other);
        for (size_t i = 0; i < replay->tie_count; i++) {
            const struct tie *tie = &replay->ties[i];
            struct str next = str_equal(tie->one, reached[at])     ? tie->other
                              : str_equal(tie->other, reached[at]) ? tie->one
                                                                   : STR("");
            bool is_new = next.len > 0;
            for (size_t j = 0; is_new && j < count; j++) {
                is_new = !str_equal(reached[j], next);
            }
            if (is_new) {
                reached[count++] = next;
            }
        }
    }
    free(reached);
    return tied;
}

/* Whether it is, or is tied to, what may not approve; the rows before were checked as they came. */
static bool is_barred(const struct casebook_replay *replay, struct str organisation)
{
    for (size_t i = 0; i < replay->sector_count; i++) {
        const struct sector *sector = &replay->sectors[i];
        if (!sector->may_approve && is_tied(replay, organisation, sector->organisation)) {
            return true;
        }
    }
    return false;
}

static bool may_sign(const struct person *person, enum casebook_role role)
{
    return person != NULL && person->role == role && person->has_key && !person->is_disabled;
}

static void add_season(struct casebook_replay *replay, const json_t *detail)
{
    struct err why = ERR_NONE;
    struct season season;
    struct str file = text_of(replay, detail, "file");
    const struct person *team = find_person(replay, casebook_json_text(detail, "team"));
    const struct person *other = find_person(replay, casebook_json_text(detail, "independent"));
    struct hash id = hash_sha256(file);
    char hex[HASH_HEX];
    if (!may_sign(team, ROLE_TEAM) || !may_sign(other, ROLE_INDEPENDENT) ||
        is_tied(replay, team->organisation, other->organisation) ||
        !sshsig_verify(casebook_json_text(detail, "team_signature"), file, &team->key, &why) ||
        !sshsig_verify(casebook_json_text(detail, "independent_signature"), file, &other->key,
                       &why) ||
        !casebook_season_read(replay->arena, file, &season.file, &why)) {
        return;
    }
    season.id = casebook_keep(replay->arena, str_of(hash_format(&id, hex)));
    mem_grow(&replay->seasons, &replay->season_room, replay->season_count + 1,
             sizeof *replay->seasons);
    replay->seasons[replay->season_count++] = season;
}

/* "season_end": what a person ended is over from that moment on. */
static void end_season(struct casebook_replay *replay, const struct casebook_row *row,
                       const json_t *detail)
{
    for (size_t i = 0; i < replay->season_count; i++) {
        struct season *season = &replay->seasons[i];
        if (str_equal(season->id, casebook_json_text(detail, "id")) &&
            row->time_ms < season->file.end_ms) {
            season->file.end_ms = row->time_ms;
        }
    }
}

/* The season that runs at `now_ms`; NULL if none does. `*is_over`: one did, and none came since. */
static const struct season *season_at(const struct casebook_replay *replay, int64_t now_ms,
                                      bool *is_over)
{
    *is_over = false;
    for (size_t i = 0; i < replay->season_count; i++) {
        const struct casebook_season_file *file = &replay->seasons[i].file;
        if (file->start_ms <= now_ms && now_ms < file->end_ms) {
            *is_over = false;
            return &replay->seasons[i];
        }
        *is_over |= file->end_ms <= now_ms;
    }
    return NULL;
}

/* Whether a key counts in a season: in its file, or certified, of somebody there, not revoked. */
static bool counts(struct casebook_replay *replay, const struct season *season,
                   const struct key *key)
{
    struct err why = ERR_NONE;
    bool names = false;
    const struct person *person = find_person(replay, key->person);
    return person != NULL && !person->is_disabled && !key->is_revoked &&
           str_equal(person->organisation, key->organisation) &&
           (str_equal(key->season, season->id) ||
            (casebook_season_names(replay->arena, &season->file, key->organisation, key->role,
                                   key->line, &names, &why) &&
             names));
}

static bool is_pinned(struct casebook_replay *replay, const struct season *season,
                      const struct person *person)
{
    const struct key *key = find_key(replay, person->key_line);
    return key != NULL && counts(replay, season, key);
}

/* "certify": by a key that counts, of the same organisation and role, over these very bytes. */
static void certify_key(struct casebook_replay *replay, const struct casebook_row *row,
                        const struct person *person, const json_t *detail)
{
    struct err why = ERR_NONE;
    bool is_over;
    struct sshsig_key signer_key;
    const struct season *season = season_at(replay, row->time_ms, &is_over);
    struct str bytes = casebook_json_text(detail, "certificate");
    struct key *key = find_key(replay, person->key_line);
    const struct key *signer = find_key(replay, casebook_json_text(detail, "signer"));
    json_t *certificate = canonical_read(bytes, &why);
    if (season != NULL && key != NULL && signer != NULL && certificate != NULL && person->has_key &&
        str_is(casebook_json_text(certificate, "type"), "saring-key-1") &&
        str_equal(casebook_json_text(certificate, "key"), key->line) &&
        str_equal(casebook_json_text(certificate, "name"), person->name) &&
        str_equal(casebook_json_text(certificate, "organisation"), person->organisation) &&
        str_is(casebook_json_text(certificate, "role"), casebook_role_name(person->role)) &&
        str_equal(casebook_json_text(certificate, "season"), season->id) &&
        str_equal(signer->organisation, person->organisation) && signer->role == person->role &&
        !str_equal(signer->line, key->line) && counts(replay, season, signer) &&
        sshsig_key_parse(signer->line, &signer_key, &why) &&
        sshsig_verify(casebook_json_text(detail, "signature"), bytes, &signer_key, &why)) {
        key->season = season->id;
    }
    json_decref(certificate);
}

/* Whether these two could list an entry of this season at the time of the row. */
static bool are_two(struct casebook_replay *replay, const struct casebook_row *row,
                    const struct blocklist_entry *entry, const struct person *reviewer,
                    const struct person *approver)
{
    bool is_over;
    const struct season *season = season_at(replay, row->time_ms, &is_over);
    const struct hash *id = blocklist_entry_parts(entry)->season;
    char hex[HASH_HEX];
    if (!may_sign(reviewer, ROLE_TEAM) || !may_sign(approver, ROLE_INDEPENDENT) ||
        sshsig_key_equal(&reviewer->key, &approver->key) ||
        is_tied(replay, reviewer->organisation, approver->organisation) ||
        is_barred(replay, approver->organisation) ||
        (approver->moved_ms != CLOCK_NEVER &&
         row->time_ms - approver->moved_ms < CASEBOOK_MOVED_MS)) {
        return false;
    }
    if (season == NULL) {
        return id == NULL && !is_over;
    }
    return id != NULL && str_is(season->id, hash_format(id, hex)) &&
           row->time_ms - approver->since_ms >= ACCOUNT_AGE &&
           is_pinned(replay, season, reviewer) && is_pinned(replay, season, approver);
}

/* Whether these two could put an entry into the 24-hour lane at the time of the row. */
static bool are_two_reviewers(struct casebook_replay *replay, const struct casebook_row *row,
                              const struct blocklist_entry *entry, const struct person *first,
                              const struct person *second)
{
    bool is_over;
    const struct season *season = season_at(replay, row->time_ms, &is_over);
    const struct hash *id = blocklist_entry_parts(entry)->season;
    char hex[HASH_HEX];
    if (!may_sign(first, ROLE_TEAM) || !may_sign(second, ROLE_TEAM) || first == second ||
        sshsig_key_equal(&first->key, &second->key) || second->is_sealed) {
        return false;
    }
    if (season == NULL) {
        return id == NULL && !is_over;
    }
    return id != NULL && str_is(season->id, hash_format(id, hex)) &&
           row->time_ms - second->since_ms >= ACCOUNT_AGE && is_pinned(replay, season, first) &&
           is_pinned(replay, season, second);
}

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
    for (size_t i = 0; i < replay->entry_count; i++) {
        const struct casebook_replayed *one = &replay->entries[i];
        const struct blocklist_draft *other = blocklist_entry_parts(one->entry);
        if (!one->is_provisional || !is_same_season(parts, other)) {
            continue;
        }
        bool is_live = !one->is_over && other->end_ms > row->time_ms &&
                       !has_number(&replay->ended, one->case_id);
        live += is_live ? 1 : 0;
        if (other->end_ms + CASEBOOK_LANE_BARRED > row->time_ms &&
            (shares_evidence(parts, other) ||
             str_equal(url_registrable(blocklist_entry_host(one->entry)), domain))) {
            return false;
        }
    }
    return live < CASEBOOK_LANE_MOST;
}

static bool has_entry(const struct casebook_replay *replay, const struct hash *id)
{
    return find_place(&replay->by_id, key_of(id)) != 0;
}

/* The entry of the case that no other one stands in the place of; NULL if there is none. */
static struct casebook_replayed *entry_of_case(const struct casebook_replay *replay,
                                               int64_t case_id)
{
    uint32_t place = find_place(&replay->by_case, (uint64_t)case_id);
    struct casebook_replayed *last = place != 0 ? &replay->entries[place - 1] : NULL;
    return last != NULL && !last->is_over ? last : NULL;
}

/*
 * A row that lists something: `second` is who signed beside the reviewer. A second row about the
 * same bytes is a replay: a removed entry stays removed. And what both signed before one of them
 * withdrew or refused it is nobody's to list: no case opens again.
 */
static void add_entry(struct casebook_replay *replay, const struct casebook_row *row,
                      const json_t *detail, bool is_lane)
{
    struct err why = ERR_NONE;
    const char *name = is_lane ? "second" : "approver";
    const char *signature = is_lane ? "second_signature" : "approver_signature";
    const struct person *reviewer = find_person(replay, casebook_json_text(detail, "reviewer"));
    const struct person *other = find_person(replay, casebook_json_text(detail, name));
    struct blocklist_entry *entry = blocklist_entry_read(casebook_json_text(detail, "json"), &why);
    if (entry == NULL) {
        return;
    }
    struct hash id = blocklist_entry_id(entry);
    struct casebook_replayed *before = entry_of_case(replay, row->case_id);
    bool gives_way =
        before == NULL || (!is_lane && before->is_provisional && !before->is_suspended);
    bool holds = is_lane ? are_two_reviewers(replay, row, entry, reviewer, other) &&
                               is_lane_free(replay, row, entry)
                         : are_two(replay, row, entry, reviewer, other);
    if (!holds || !gives_way || has_entry(replay, &id) ||
        has_number(&replay->ended, row->case_id) ||
        blocklist_entry_parts(entry)->case_id != row->case_id) {
        blocklist_entry_free(entry);
        return;
    }
    if (before != NULL) {
        before->is_over = true;
    }
    mem_grow(&replay->entries, &replay->entry_room, replay->entry_count + 1,
             sizeof *replay->entries);
    put_place(&replay->by_id, key_of(&id), replay->entry_count);
    put_place(&replay->by_case, (uint64_t)row->case_id, replay->entry_count);
    replay->entries[replay->entry_count++] = (struct casebook_replayed){
        .case_id = row->case_id,
        .seq = row->seq,
        .id = id,
        .entry = entry,
        .json = blocklist_entry_json(entry),
        .reviewer_signature = text_of(replay, detail, "reviewer_signature"),
        .approver_signature = text_of(replay, detail, signature),
        .reviewer_org = reviewer->organisation,
        .approver_org = other->organisation,
        .reviewer_key = reviewer->key,
        .approver_key = other->key,
        .is_provisional = is_lane,
    };
}

static void suspend_entry(struct casebook_replay *replay, const struct casebook_row *row,
                          const json_t *detail)
{
    struct casebook_replayed *entry = entry_of_case(replay, row->case_id);
    if (entry != NULL) {
        entry->is_suspended = true;
        entry->suspended_seq = row->seq;
        entry->appeal = json_integer_value(json_object_get(detail, "appeal"));
    }
}

/* The panel upheld the appeal that suspended it: somebody who is in no way one of the two. */
static bool is_upheld(const struct casebook_replay *replay, const struct casebook_row *row,
                      const json_t *detail, const struct casebook_replayed *entry)
{
    const struct person *panel = find_person(replay, row->actor);
    return panel != NULL && panel->role == ROLE_APPEALS && !panel->is_disabled &&
           entry->appeal != 0 &&
           json_integer_value(json_object_get(detail, "appeal")) == entry->appeal &&
           !is_tied(replay, panel->organisation, entry->reviewer_org) &&
           !is_tied(replay, panel->organisation, entry->approver_org);
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
    const struct person *reviewer = find_person(replay, casebook_json_text(detail, "reviewer"));
    const struct person *approver = find_person(replay, casebook_json_text(detail, "approver"));
    bool holds = casebook_restore_bytes(&listing, &expected, &why) &&
                 str_equal(buf_str(&expected), bytes) &&
                 are_two(replay, row, entry->entry, reviewer, approver) &&
                 sshsig_verify(casebook_json_text(detail, "reviewer_signature"), bytes,
                               &reviewer->key, &why) &&
                 sshsig_verify(casebook_json_text(detail, "approver_signature"), bytes,
                               &approver->key, &why);
    buf_fini(&expected);
    return holds;
}

static void restore_entry(struct casebook_replay *replay, const struct casebook_row *row,
                          const json_t *detail)
{
    struct casebook_replayed *entry = entry_of_case(replay, row->case_id);
    if (entry != NULL && entry->is_suspended && !entry->is_provisional &&
        str_is(casebook_json_text(detail, "to"), casebook_entry_state_name(ENTRY_ACTIVE)) &&
        (is_upheld(replay, row, detail, entry) || is_signed_anew(replay, row, detail, entry))) {
        entry->is_suspended = false;
    }
}

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

void casebook_replay_row(void *context, const struct casebook_row *row)
{
    struct casebook_replay *replay = context;
    replay->last_ms = row->time_ms;
    /* The bulk of the log, which lists nothing and ends nothing. */
    if (str_is(row->action, "flag") || str_is(row->action, "join") ||
        str_is(row->action, "refused")) {
        return;
    }
    if (is_end(row->action)) {
        add_number(&replay->ended, row->case_id);
        return;
    }
    json_t *detail = json_loadb(row->detail.len > 0 ? row->detail.at : "", row->detail.len,
                                JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    struct person *person = find_person(replay, casebook_json_text(detail, "name"));
    if (str_is(row->action, "user")) {
        add_person(replay, row, detail);
    } else if (str_is(row->action, "disable") && person != NULL) {
        person->is_disabled = true;
    } else if (str_is(row->action, "key") && person != NULL) {
        change_key(replay, person, detail);
    } else if (str_is(row->action, "certify") && person != NULL) {
        certify_key(replay, row, person, detail);
    } else if (str_is(row->action, "revoke") && person != NULL) {
        revoke_key(replay, person, detail);
    } else if (str_is(row->action, "move") && person != NULL) {
        move_person(replay, person, row, detail);
    } else if (str_is(row->action, "factor") && person != NULL) {
        if (str_is(casebook_json_text(detail, "how"), "reset")) {
            person->since_ms = row->time_ms;
        }
    } else if (str_is(row->action, "sector")) {
        add_sector(replay, detail);
    } else if (str_is(row->action, "tie")) {
        add_tie(replay, detail);
    } else if (str_is(row->action, "season_end")) {
        end_season(replay, row, detail);
    } else if (str_is(row->action, "season")) {
        add_season(replay, detail);
    } else if (str_is(row->action, "list")) {
        add_entry(replay, row, detail, false);
    } else if (str_is(row->action, "urgent") &&
               str_is(casebook_json_text(detail, "to"), casebook_state_name(CASE_URGENT))) {
        add_entry(replay, row, detail, true);
    } else if (str_is(row->action, "suspend")) {
        suspend_entry(replay, row, detail);
    } else if (str_is(row->action, "restore")) {
        restore_entry(replay, row, detail);
    }
    json_decref(detail);
}

int64_t casebook_replay_last_ms(const struct casebook_replay *replay)
{
    return replay->last_ms;
}

static bool is_revoked(const struct casebook_replay *replay, const struct sshsig_key *key)
{
    for (size_t i = 0; i < replay->key_count; i++) {
        struct err why = ERR_NONE;
        struct sshsig_key other;
        if (replay->keys[i].is_revoked && sshsig_key_parse(replay->keys[i].line, &other, &why) &&
            sshsig_key_equal(&other, key)) {
            return true;
        }
    }
    return false;
}

static bool is_in_force(const struct casebook_replay *replay, const struct casebook_replayed *one,
                        const struct season *season, bool is_over, int64_t now_ms)
{
    const struct blocklist_draft *parts = blocklist_entry_parts(one->entry);
    char hex[HASH_HEX];
    bool of_season = season == NULL ? parts->season == NULL && !is_over
                                    : parts->season != NULL &&
                                          str_is(season->id, hash_format(parts->season, hex));
    /* A tie that came to light later counts for what was listed before, too. */
    return of_season && !one->is_over && !one->is_suspended &&
           !has_number(&replay->ended, one->case_id) && parts->start_ms <= now_ms &&
           now_ms < parts->end_ms && !is_revoked(replay, &one->reviewer_key) &&
           !is_revoked(replay, &one->approver_key) &&
           (one->is_provisional || (!is_tied(replay, one->reviewer_org, one->approver_org) &&
                                    !is_barred(replay, one->approver_org)));
}

size_t casebook_replay_finish(struct casebook_replay *replay, int64_t now_ms)
{
    bool is_over;
    const struct season *season = season_at(replay, now_ms, &is_over);
    size_t kept = 0;
    replay->is_demo = season == NULL;
    for (size_t i = 0; i < replay->entry_count; i++) {
        struct casebook_replayed one = replay->entries[i];
        if (is_in_force(replay, &one, season, is_over, now_ms)) {
            replay->entries[i] = replay->entries[kept];
            replay->entries[kept++] = one;
        }
    }
    return kept;
}

const struct casebook_replayed *casebook_replay_entry(const struct casebook_replay *replay,
                                                      size_t index)
{
    return &replay->entries[index];
}

bool casebook_replay_is_demo(const struct casebook_replay *replay)
{
    return replay->is_demo;
}
