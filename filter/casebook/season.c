#include "filter/casebook/season.h"

#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"

static bool load_season(struct casebook *casebook, struct arena *arena, int64_t now_ms,
                        struct casebook_season *season, bool *found, struct err *err)
{
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT id, name, start_ms, end_ms, team, independent FROM seasons"
                     " WHERE start_ms <= ?1 AND end_ms > ?1",
                     "i", now_ms);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    *found = step == SQL_ROW;
    if (*found) {
        *season = (struct casebook_season){
            .id = casebook_sql_hash(statement, 0),
            .name = casebook_keep(arena, casebook_sql_text(statement, 1)),
            .start_ms = casebook_sql_int(statement, 2),
            .end_ms = casebook_sql_int(statement, 3),
            .team = casebook_keep(arena, casebook_sql_text(statement, 4)),
            .independent = casebook_keep(arena, casebook_sql_text(statement, 5)),
        };
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

bool casebook_now(struct casebook *casebook, struct arena *arena, struct casebook_now *now,
                  struct err *err)
{
    int64_t time_ms, ended;
    bool found;
    *now = (struct casebook_now){.season = STR("demo"), .is_demo = true};
    if (!casebook_time(casebook, &time_ms, err) ||
        !load_season(casebook, arena, time_ms, &now->running, &found, err) ||
        !casebook_sql_number(casebook, 0, &ended, err,
                             "SELECT count(*) FROM seasons WHERE end_ms <= ?1", "i", time_ms)) {
        return false;
    }
    if (found) {
        char hex[HASH_HEX];
        now->season = casebook_keep(arena, str_of(hash_format(&now->running.id, hex)));
        now->is_demo = false;
    } else if (ended > 0) {
        /* No case can be of this season: what is left of the last one is void. */
        now->season = STR("over");
        now->is_demo = false;
        now->is_over = true;
    }
    return true;
}

bool casebook_season(struct casebook *casebook, struct arena *arena, struct casebook_season *season,
                     bool *found, struct err *err)
{
    struct casebook_now now;
    *found = false;
    if (!casebook_now(casebook, arena, &now, err)) {
        return false;
    }
    if (!now.is_demo && !now.is_over) {
        *season = now.running;
        *found = true;
    }
    return true;
}

bool casebook_season_is_over(struct casebook *casebook, bool *is_over, struct err *err)
{
    struct arena *arena = arena_new(64 << 10);
    struct casebook_now now;
    bool done = casebook_now(casebook, arena, &now, err);
    *is_over = done && now.is_over;
    arena_free(arena);
    return done;
}

bool casebook_season_sign(const struct casebook_session *session, struct str file,
                          struct buf *armored, struct err *err)
{
    struct arena *arena = arena_new(8 << 20);
    struct casebook_season_file season;
    const unsigned char *secret = casebook_session_secret(session);
    bool done = casebook_season_read(arena, file, &season, err) &&
                (secret != NULL || err_set(err,
                                           "no key of %.*s lies here: sign with ssh-keygen -Y "
                                           "sign -n saring",
                                           STR_FORMAT(casebook_session_name(session))));
    if (done) {
        sshsig_sign(secret, file, armored);
    }
    arena_free(arena);
    return done;
}

/* One of the two who sign a season. */
struct signer {
    enum casebook_role role;
    struct str signature;
    struct casebook_member member; /* whose signature it is */
    struct str shown;              /* the organisation's name in the file */
};

static enum casebook_outcome find_person(struct casebook *casebook, struct arena *arena,
                                         struct str key, struct casebook_member *member,
                                         struct err *err)
{
    bool found = false;
    sqlite3_stmt *statement =
        casebook_sql(casebook, err, "SELECT name FROM people WHERE key = ?1", "t", key);
    if (statement == NULL) {
        return CASEBOOK_FAILED;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    struct str name =
        step == SQL_ROW ? casebook_keep(arena, casebook_sql_text(statement, 0)) : STR("");
    casebook_sql_done(statement);
    if (step == SQL_FAILED ||
        (step == SQL_ROW && !casebook_member_find(casebook, arena, name, member, &found, err))) {
        return CASEBOOK_FAILED;
    }
    if (!found) {
        err_set(err, "a key that signed the season is nobody's in this casebook");
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

/* Finds the key in the file that made the signature, and the person whose key it is. */
static enum casebook_outcome find_signer(struct casebook *casebook, struct arena *arena,
                                         struct str file, const struct casebook_season_file *season,
                                         struct signer *signer, struct err *err)
{
    struct err why = ERR_NONE;
    for (size_t i = 0; i < season->organisation_count; i++) {
        const struct casebook_season_organisation *one = &season->organisations[i];
        for (size_t j = 0; one->role == signer->role && j < one->key_count; j++) {
            struct sshsig_key key;
            why = ERR_NONE;
            if (!sshsig_key_parse(one->keys[j], &key, &why) ||
                !sshsig_verify(signer->signature, file, &key, &why)) {
                continue;
            }
            signer->shown = one->name;
            return find_person(casebook, arena, one->keys[j], &signer->member, err);
        }
    }
    err_set(err, "the %s signature is by no key that the season's file names for that role%s%s",
            casebook_role_name(signer->role), why.message[0] != '\0' ? ": it " : "", why.message);
    return CASEBOOK_REFUSED;
}

static enum casebook_outcome check_signer(struct arena *arena, const struct signer *signer,
                                          struct err *err)
{
    struct str folded;
    if (!casebook_fold_name(arena, signer->shown, &folded, err)) {
        return CASEBOOK_REFUSED;
    }
    if (signer->member.is_disabled || signer->member.role != signer->role ||
        !str_equal(signer->member.organisation, folded)) {
        err_set(err, "%.*s does not act as %s for %.*s here", STR_FORMAT(signer->member.name),
                casebook_role_name(signer->role), STR_FORMAT(signer->shown));
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

static enum casebook_outcome check_free(struct casebook *casebook,
                                        const struct casebook_season_file *season, struct err *err)
{
    int64_t now, others;
    bool went_back;
    if (!casebook_time(casebook, &now, err) ||
        !casebook_clock_went_back(casebook, &went_back, err) ||
        !casebook_sql_number(casebook, 0, &others, err,
                             "SELECT count(*) FROM seasons WHERE end_ms > ?1", "i", now)) {
        return CASEBOOK_FAILED;
    }
    if (went_back) {
        err_set(err, "the clock of this machine went back behind the log: set it right first");
    } else if (season->end_ms <= now) {
        err_set(err, "this season is over");
    } else if (others > 0) {
        err_set(err, "another season runs, or is to come");
    } else {
        return CASEBOOK_DONE;
    }
    return CASEBOOK_REFUSED;
}

static enum casebook_outcome check_pair(struct casebook *casebook, struct arena *arena,
                                        struct str file, const struct casebook_season_file *season,
                                        struct signer signers[2], struct err *err)
{
    bool tied;
    enum casebook_outcome outcome = check_free(casebook, season, err);
    for (int i = 0; outcome == CASEBOOK_DONE && i < 2; i++) {
        outcome = find_signer(casebook, arena, file, season, &signers[i], err);
        if (outcome == CASEBOOK_DONE) {
            outcome = check_signer(arena, &signers[i], err);
        }
    }
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    if (!casebook_tied(casebook, signers[0].member.organisation, signers[1].member.organisation,
                       &tied, err)) {
        return CASEBOOK_FAILED;
    }
    if (tied) {
        err_set(err, "the two organisations that signed are tied to one another");
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

static bool keep_season(struct casebook *casebook, struct str file,
                        const struct casebook_season_file *season, const struct signer signers[2],
                        struct err *err)
{
    struct hash id = hash_sha256(file);
    json_t *detail = json_pack(
        "{so so so so so so}", "file", casebook_json_str(file), "id", casebook_json_hash(&id),
        "independent", casebook_json_str(signers[1].member.name), "independent_signature",
        casebook_json_str(signers[1].signature), "team", casebook_json_str(signers[0].member.name),
        "team_signature", casebook_json_str(signers[0].signature));
    return casebook_log(casebook, STR("operator"), "season", 0, detail, err) &&
           casebook_sql_run(casebook, err,
                            "INSERT INTO seasons VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", "htiittt",
                            &id, season->name, season->start_ms, season->end_ms, file,
                            signers[0].shown, signers[1].shown);
}

static bool log_refusal(struct casebook *casebook, const char *why, struct err *err)
{
    return casebook_sql_enter(casebook, err) &&
           casebook_sql_leave(casebook,
                              casebook_log(casebook, STR("operator"), "refused", 0,
                                           json_pack("{ss so}", "action", "season", "why",
                                                     casebook_json_str(str_of(why))),
                                           err),
                              err);
}

enum casebook_outcome casebook_season_start(struct casebook *casebook, struct str file,
                                            struct str team_signature,
                                            struct str independent_signature, struct err *err)
{
    struct arena *arena = arena_new(8 << 20);
    struct casebook_season_file season;
    struct signer signers[2] = {
        {.role = ROLE_TEAM, .signature = team_signature},
        {.role = ROLE_INDEPENDENT, .signature = independent_signature},
    };
    struct err why = ERR_NONE;
    enum casebook_outcome outcome = CASEBOOK_FAILED;
    if (!casebook_season_read(arena, file, &season, &why)) {
        outcome = CASEBOOK_REFUSED;
    } else if (casebook_sql_enter(casebook, &why)) {
        outcome = check_pair(casebook, arena, file, &season, signers, &why);
        if (outcome == CASEBOOK_DONE && !keep_season(casebook, file, &season, signers, &why)) {
            outcome = CASEBOOK_FAILED;
        }
        if (!casebook_sql_leave(casebook, outcome == CASEBOOK_DONE, &why) &&
            outcome == CASEBOOK_DONE) {
            outcome = CASEBOOK_FAILED;
        }
    }
    struct err failure = ERR_NONE;
    if (outcome == CASEBOOK_REFUSED && !log_refusal(casebook, why.message, &failure)) {
        why = failure;
        outcome = CASEBOOK_FAILED;
    }
    if (outcome != CASEBOOK_DONE) {
        *err = why;
    }
    arena_free(arena);
    return outcome;
}
