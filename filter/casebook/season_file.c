/* The season's file: written for the people of now, and read as from a stranger. */
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/casebook/case.h"
#include "filter/casebook/season.h"
#include "filter/casebook/sql.h"

#define TYPE "saring-season-1"

enum { ORGANISATIONS_MOST = 256, KEYS_MOST = 256 };

static bool check_file(const struct casebook_season_file *season, struct err *err)
{
    char words[] = "the season's name";
    if (!casebook_check_words(season->name, words, 3, 120, err)) {
        return false;
    }
    if (season->start_ms < 0 || season->end_ms <= season->start_ms) {
        return err_set(err, "the season ends before it starts");
    }
    return season->end_ms - season->start_ms <= CASEBOOK_SEASON_LONGEST_MS ||
           err_set(err, "the season is longer than 240 days");
}

static json_t *organisation_json(const struct casebook_season_organisation *one)
{
    json_t *keys = json_array();
    for (size_t i = 0; i < one->key_count; i++) {
        json_array_append_new(keys, casebook_json_str(one->keys[i]));
    }
    return json_pack("{so so ss}", "keys", keys, "name", casebook_json_str(one->name), "role",
                     casebook_role_name(one->role));
}

static bool write_file(const struct casebook_season_file *season, struct buf *out, struct err *err)
{
    char start[CLOCK_TEXT], end[CLOCK_TEXT];
    json_t *list = json_array();
    for (size_t i = 0; i < season->organisation_count; i++) {
        json_array_append_new(list, organisation_json(&season->organisations[i]));
    }
    json_t *file = json_pack("{ss so so ss ss}", "end", clock_format(season->end_ms, end), "name",
                             casebook_json_str(season->name), "organisations", list, "start",
                             clock_format(season->start_ms, start), "type", TYPE);
    bool done = canonical_json(file, out, err);
    json_decref(file);
    return done;
}

/* The keys of one organisation's people, in order. */
static bool load_keys(struct casebook *casebook, struct arena *arena, struct str folded,
                      struct casebook_season_organisation *one, struct err *err)
{
    struct str *keys = arena_array(arena, KEYS_MOST, sizeof *keys);
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT key FROM people WHERE organisation = ?1 AND role = ?2 AND"
                     " key IS NOT NULL AND disabled_ms IS NULL ORDER BY key",
                     "tt", folded, str_of(casebook_role_name(one->role)));
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        if (keys == NULL || one->key_count == KEYS_MOST) {
            err_set(err, "an organisation has more than %d keys", KEYS_MOST);
            step = SQL_FAILED;
            break;
        }
        keys[one->key_count++] = casebook_keep(arena, casebook_sql_text(statement, 0));
    }
    casebook_sql_done(statement);
    one->keys = keys;
    return step == SQL_END;
}

static bool load_organisations(struct casebook *casebook, struct arena *arena,
                               struct casebook_season_file *season, struct err *err)
{
    struct casebook_season_organisation *all = arena_array(arena, ORGANISATIONS_MOST, sizeof *all);
    struct str *folded = arena_array(arena, ORGANISATIONS_MOST, sizeof *folded);
    size_t count = 0;
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "SELECT folded, name, role FROM organisations WHERE role <> '' ORDER BY folded", "");
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        if (all == NULL || folded == NULL || count == ORGANISATIONS_MOST) {
            err_set(err, "there are more than %d organisations", ORGANISATIONS_MOST);
            step = SQL_FAILED;
            break;
        }
        folded[count] = casebook_keep(arena, casebook_sql_text(statement, 0));
        all[count].name = casebook_keep(arena, casebook_sql_text(statement, 1));
        count += casebook_role_parse(casebook_sql_text(statement, 2), &all[count].role) ? 1 : 0;
    }
    casebook_sql_done(statement);
    season->organisations = all;
    for (size_t i = 0; step == SQL_END && i < count; i++) {
        if (!load_keys(casebook, arena, folded[i], &all[i], err)) {
            return false;
        }
        /* Nobody speaks for an organisation all of whose people left. */
        if (all[i].key_count > 0) {
            all[season->organisation_count++] = all[i];
        }
    }
    return step == SQL_END;
}

bool casebook_season_draft(struct casebook *casebook, struct str name, int64_t start_ms,
                           int64_t end_ms, struct buf *out, struct err *err)
{
    struct arena *arena = arena_new(4 << 20);
    struct casebook_season_file season = {.name = name, .start_ms = start_ms, .end_ms = end_ms};
    bool done = check_file(&season, err) && load_organisations(casebook, arena, &season, err) &&
                write_file(&season, out, err);
    arena_free(arena);
    return done;
}

static struct str keep_text(struct arena *arena, const json_t *value)
{
    return casebook_keep(arena, (struct str){json_string_value(value), json_string_length(value)});
}

static bool read_organisation(struct arena *arena, const json_t *value,
                              struct casebook_season_organisation *one, struct err *err)
{
    const json_t *keys = json_object_get(value, "keys");
    struct str *lines = arena_array(arena, json_array_size(keys), sizeof *lines);
    one->name = keep_text(arena, json_object_get(value, "name"));
    if (!casebook_role_parse(casebook_json_text(value, "role"), &one->role) ||
        (one->role != ROLE_TEAM && one->role != ROLE_INDEPENDENT && one->role != ROLE_APPEALS)) {
        return err_set(err, "an organisation's role is none of team, independent, appeals");
    }
    one->key_count = json_array_size(keys);
    if (lines == NULL || one->key_count == 0 || one->key_count > KEYS_MOST) {
        return err_set(err, "an organisation has no key, or more than %d", KEYS_MOST);
    }
    for (size_t i = 0; i < one->key_count; i++) {
        struct sshsig_key key;
        struct buf again = BUF_EMPTY;
        lines[i] = keep_text(arena, json_array_get(keys, i));
        bool good = sshsig_key_parse(lines[i], &key, err);
        if (good) {
            sshsig_key_format(&key, &again);
            good = str_equal(buf_str(&again), lines[i]) ||
                   err_set(err, "a key is not written as \"ssh-ed25519 AAAA…\" alone");
        }
        buf_fini(&again);
        if (!good) {
            return false;
        }
    }
    one->keys = lines;
    return true;
}

static bool read_file(struct arena *arena, const json_t *object,
                      struct casebook_season_file *season, struct err *err)
{
    const json_t *list = json_object_get(object, "organisations");
    size_t count = json_array_size(list);
    if (!clock_parse(casebook_json_text(object, "start"), &season->start_ms) ||
        !clock_parse(casebook_json_text(object, "end"), &season->end_ms)) {
        return err_set(err, "the season has no start and end (2026-11-24T00:00:00Z)");
    }
    season->name = keep_text(arena, json_object_get(object, "name"));
    if (count < 2 || count > ORGANISATIONS_MOST) {
        return err_set(err, "the season names %zu organisations; 2 to %d are needed", count,
                       ORGANISATIONS_MOST);
    }
    struct casebook_season_organisation *all = arena_array(arena, count, sizeof *all);
    if (all == NULL) {
        return err_set(err, "the season's file is too long");
    }
    for (size_t i = 0; i < count; i++) {
        if (!read_organisation(arena, json_array_get(list, i), &all[i], err)) {
            return false;
        }
    }
    season->organisations = all;
    season->organisation_count = count;
    return check_file(season, err);
}

bool casebook_season_read(struct arena *arena, struct str file, struct casebook_season_file *season,
                          struct err *err)
{
    struct buf again = BUF_EMPTY;
    struct err why = ERR_NONE;
    *season = (struct casebook_season_file){.name = STR("")};
    if (file.len > CASEBOOK_SEASON_BYTES) {
        return err_set(err, "the season's file is longer than %d bytes", CASEBOOK_SEASON_BYTES);
    }
    json_t *object = canonical_read(file, &why);
    bool done = object != NULL && read_file(arena, object, season, &why) &&
                write_file(season, &again, &why);
    json_decref(object);
    if (done && !str_equal(buf_str(&again), file)) {
        done = err_set(&why, "it has other members or spellings than saring writes");
    }
    buf_fini(&again);
    return done || err_set(err, "the season's file: %s", why.message);
}

bool casebook_season_names(struct arena *arena, const struct casebook_season_file *file,
                           struct str organisation, enum casebook_role role, struct str key,
                           bool *names, struct err *err)
{
    *names = false;
    for (size_t i = 0; i < file->organisation_count; i++) {
        const struct casebook_season_organisation *one = &file->organisations[i];
        struct str folded;
        if (!casebook_fold_name(arena, one->name, &folded, err)) {
            return false;
        }
        for (size_t j = 0; one->role == role && j < one->key_count; j++) {
            *names |= str_equal(folded, organisation) && str_equal(one->keys[j], key);
        }
    }
    return true;
}
