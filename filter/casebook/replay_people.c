#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/replay_state.h"

struct replay_person *replay_person_find(const struct casebook_replay *replay, struct str name)
{
    for (size_t i = 0; i < replay->person_count; i++) {
        if (str_equal(replay->people[i].name, name)) {
            return &replay->people[i];
        }
    }
    return NULL;
}

struct replay_key *replay_key_find(const struct casebook_replay *replay, struct str line)
{
    for (size_t i = 0; i < replay->key_count; i++) {
        if (str_equal(replay->keys[i].line, line)) {
            return &replay->keys[i];
        }
    }
    return NULL;
}

/* A key that was anybody's before is nobody's again. */
static bool add_key(struct casebook_replay *replay, const struct replay_person *person)
{
    if (replay_key_find(replay, person->key_line) != NULL) {
        return false;
    }
    mem_grow(&replay->keys, &replay->key_room, replay->key_count + 1, sizeof *replay->keys);
    replay->keys[replay->key_count++] = (struct replay_key){
        .line = person->key_line,
        .person = person->name,
        .organisation = person->organisation,
        .role = person->role,
    };
    return true;
}

void replay_person_add(struct casebook_replay *replay, const struct casebook_row *row,
                       const json_t *detail)
{
    struct err why = ERR_NONE;
    struct replay_person person = {
        .name = replay_text(replay, detail, "name"),
        .organisation = replay_text(replay, detail, "organisation"),
        .key_line = replay_text(replay, detail, "key"),
        .since_ms = row->time_ms,
        .moved_ms = CLOCK_NEVER,
        .is_sealed = json_is_true(json_object_get(detail, "sealed")),
    };
    person.has_key = sshsig_key_parse(person.key_line, &person.key, &why);
    if (person.name.len == 0 || replay_person_find(replay, person.name) != NULL ||
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

static struct replay_person *person_of(const struct casebook_replay *replay, const json_t *detail)
{
    return replay_person_find(replay, casebook_json_text(detail, "name"));
}

void replay_person_disable(struct casebook_replay *replay, const struct casebook_row *row,
                           const json_t *detail)
{
    struct replay_person *person = person_of(replay, detail);
    (void)row;
    if (person != NULL) {
        person->is_disabled = true;
    }
}

/* A new second factor makes an account new. */
void replay_person_factor(struct casebook_replay *replay, const struct casebook_row *row,
                          const json_t *detail)
{
    struct replay_person *person = person_of(replay, detail);
    if (person != NULL && str_is(casebook_json_text(detail, "how"), "reset")) {
        person->since_ms = row->time_ms;
    }
}

void replay_key_change(struct casebook_replay *replay, const struct casebook_row *row,
                       const json_t *detail)
{
    struct err why = ERR_NONE;
    struct replay_person *person = person_of(replay, detail);
    (void)row;
    if (person == NULL) {
        return;
    }
    person->key_line = replay_text(replay, detail, "key");
    person->is_sealed = !json_is_false(json_object_get(detail, "sealed"));
    person->has_key =
        sshsig_key_parse(person->key_line, &person->key, &why) && add_key(replay, person);
}

void replay_key_revoke(struct casebook_replay *replay, const struct casebook_row *row,
                       const json_t *detail)
{
    struct replay_person *person = person_of(replay, detail);
    (void)row;
    struct replay_key *key = replay_key_find(replay, casebook_json_text(detail, "key"));
    if (key == NULL || person == NULL) {
        return;
    }
    key->is_revoked = true;
    if (str_equal(person->key_line, key->line)) {
        person->has_key = false;
    }
}

void replay_person_move(struct casebook_replay *replay, const struct casebook_row *row,
                        const json_t *detail)
{
    struct replay_person *person = person_of(replay, detail);
    if (person == NULL) {
        return;
    }
    struct replay_key *key = replay_key_find(replay, person->key_line);
    person->organisation = replay_text(replay, detail, "organisation");
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

bool replay_person_may_sign(const struct replay_person *person, enum casebook_role role)
{
    return person != NULL && person->role == role && person->has_key && !person->is_disabled;
}

bool replay_key_is_revoked(const struct casebook_replay *replay, const struct sshsig_key *key)
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
