#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/act.h"
#include "filter/casebook/replay_state.h"

void replay_season_add(struct casebook_replay *replay, const struct casebook_row *row,
                       const json_t *detail)
{
    struct err why = ERR_NONE;
    struct replay_season season;
    (void)row;
    struct str file = replay_text(replay, detail, "file");
    const struct replay_person *team =
        replay_person_find(replay, casebook_json_text(detail, "team"));
    const struct replay_person *other =
        replay_person_find(replay, casebook_json_text(detail, "independent"));
    struct hash id = hash_sha256(file);
    char hex[HASH_HEX];
    if (!replay_person_may_sign(team, ROLE_TEAM) ||
        !replay_person_may_sign(other, ROLE_INDEPENDENT) ||
        replay_is_tied(replay, team->organisation, other->organisation) ||
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
void replay_season_end(struct casebook_replay *replay, const struct casebook_row *row,
                       const json_t *detail)
{
    for (size_t i = 0; i < replay->season_count; i++) {
        struct replay_season *season = &replay->seasons[i];
        if (str_equal(season->id, casebook_json_text(detail, "id")) &&
            row->time_ms < season->file.end_ms) {
            season->file.end_ms = row->time_ms;
        }
    }
}

/* The season that runs at `now_ms`; NULL if none does. `*is_over`: one did, and none came since. */
const struct replay_season *replay_season_at(const struct casebook_replay *replay, int64_t now_ms,
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
static bool counts(struct casebook_replay *replay, const struct replay_season *season,
                   const struct replay_key *key)
{
    struct err why = ERR_NONE;
    bool names = false;
    const struct replay_person *person = replay_person_find(replay, key->person);
    return person != NULL && !person->is_disabled && !key->is_revoked &&
           str_equal(person->organisation, key->organisation) &&
           (str_equal(key->season, season->id) ||
            (casebook_season_names(replay->arena, &season->file, key->organisation, key->role,
                                   key->line, &names, &why) &&
             names));
}

bool replay_is_pinned(struct casebook_replay *replay, const struct replay_season *season,
                      const struct replay_person *person)
{
    const struct replay_key *key = replay_key_find(replay, person->key_line);
    return key != NULL && counts(replay, season, key);
}

/* "certify": by a key that counts, of the same organisation and role, over these very bytes. */
void replay_key_certify(struct casebook_replay *replay, const struct casebook_row *row,
                        const json_t *detail)
{
    const struct replay_person *person =
        replay_person_find(replay, casebook_json_text(detail, "name"));
    if (person == NULL) {
        return;
    }
    struct err why = ERR_NONE;
    bool is_over;
    struct sshsig_key signer_key;
    const struct replay_season *season = replay_season_at(replay, row->time_ms, &is_over);
    struct str bytes = casebook_json_text(detail, "certificate");
    struct replay_key *key = replay_key_find(replay, person->key_line);
    const struct replay_key *signer = replay_key_find(replay, casebook_json_text(detail, "signer"));
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
