#include "filter/casebook/versions.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/casebook/act.h"
#include "filter/casebook/sql.h"

enum { MOST_NAMED = 200 }; /* changes that a version names; the files are all there */

static bool last_version(struct casebook *casebook, int64_t *id, struct err *err)
{
    return casebook_sql_number(casebook, 0, id, err, "SELECT max(id) FROM rule_versions", "");
}

static bool hash_of(struct casebook *casebook, int64_t id, struct hash *hash, struct err *err)
{
    sqlite3_stmt *statement =
        casebook_sql(casebook, err, "SELECT hash FROM rule_versions WHERE id = ?1", "i", id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    *hash = step == SQL_ROW ? casebook_sql_hash(statement, 0) : (struct hash){{0}};
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

static void name_change(json_t *changes, char sign, const char *path)
{
    char text[RULE_SNAPSHOT_PATH_MOST + 2] = {sign};
    if (json_array_size(changes) < MOST_NAMED) {
        strncat(text, path, RULE_SNAPSHOT_PATH_MOST);
        json_array_append_new(changes, casebook_json_str(str_of(text)));
    }
}

/* What differs; `*owner` is that of a file that changed, or of none. */
static json_t *compare(const struct rule_snapshot *before, const struct rule_snapshot *after,
                       int64_t *owner)
{
    json_t *changes = json_array();
    *owner = -1;
    for (size_t i = 0; i < after->count; i++) {
        const struct rule_snapshot_file *file = &after->files[i];
        const struct rule_snapshot_file *old = rule_snapshot_find(before, file->folder, file->path);
        if (old == NULL || memcmp(&old->hash, &file->hash, sizeof old->hash) != 0) {
            name_change(changes, old == NULL ? '+' : '~', file->path);
            *owner = file->owner;
        }
    }
    for (size_t i = 0; i < before->count; i++) {
        const struct rule_snapshot_file *file = &before->files[i];
        if (rule_snapshot_find(after, file->folder, file->path) == NULL) {
            name_change(changes, '-', file->path);
        }
    }
    return changes;
}

static void put_owner(int64_t owner, struct buf *out)
{
    const struct passwd *about = owner >= 0 ? getpwuid((uid_t)owner) : NULL;
    if (about != NULL) {
        buf_printf(out, "file:%.64s", about->pw_name);
    } else if (owner >= 0) {
        buf_printf(out, "file:%lld", (long long)owner);
    } else {
        buf_put_string(out, "file");
    }
}

static bool put_files(struct casebook *casebook, int64_t id, const struct rule_snapshot *snapshot,
                      struct err *err)
{
    bool done = true;
    for (size_t i = 0; done && i < snapshot->count; i++) {
        const struct rule_snapshot_file *file = &snapshot->files[i];
        done = casebook_sql_run(casebook, err, "INSERT OR IGNORE INTO rule_files VALUES (?1, ?2)",
                                "hb", &file->hash,
                                (struct str){.at = file->bytes, .len = file->len}) &&
               casebook_sql_run(casebook, err,
                                "INSERT INTO rule_version_files VALUES (?1, ?2, ?3, ?4)", "iith",
                                id, (int64_t)file->folder, str_of(file->path), &file->hash);
    }
    return done;
}

static bool put_version(struct casebook *casebook, const struct rule_snapshot *snapshot,
                        struct str who, struct str how, int64_t last, struct err *err)
{
    struct rule_snapshot before = {.files = NULL};
    struct hash hash = rule_snapshot_hash(snapshot);
    int64_t owner, now_ms;
    bool found;
    if (!casebook_version_get(casebook, last, &before, &found, err) ||
        !casebook_time(casebook, &now_ms, err)) {
        rule_snapshot_fini(&before);
        return false;
    }
    json_t *changes = compare(&before, snapshot, &owner);
    char *text = json_dumps(changes, JSON_COMPACT);
    struct buf name = BUF_EMPTY;
    if (who.len > 0) {
        buf_put_str(&name, who);
    } else {
        put_owner(owner, &name);
    }
    json_t *detail =
        json_pack("{so so so si}", "changes", changes, "files", casebook_json_hash(&hash), "how",
                  casebook_json_str(how), "version", (int)(last + 1));
    bool done =
        casebook_log(casebook, buf_str(&name), "rules_version", 0, detail, err) &&
        casebook_sql_run(casebook, err, "INSERT INTO rule_versions VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                         "iittth", last + 1, now_ms, buf_str(&name), how, str_of(text), &hash) &&
        put_files(casebook, last + 1, snapshot, err);
    buf_fini(&name);
    free(text);
    rule_snapshot_fini(&before);
    return done;
}

bool casebook_version_put(struct casebook *casebook, const struct rule_snapshot *snapshot,
                          struct str who, struct str how, int64_t *id, struct err *err)
{
    struct hash hash = rule_snapshot_hash(snapshot), last_hash;
    int64_t last = 0;
    if (!casebook_sql_enter(casebook, err)) {
        return false;
    }
    bool done = last_version(casebook, &last, err) && hash_of(casebook, last, &last_hash, err);
    *id = last;
    if (done && (last == 0 || memcmp(&hash, &last_hash, sizeof hash) != 0)) {
        *id = last + 1;
        done = put_version(casebook, snapshot, who, how, last, err);
    }
    return casebook_sql_leave(casebook, done, err);
}

bool casebook_version_list(struct casebook *casebook,
                           void (*each)(void *context, const struct casebook_version *version),
                           void *context, struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "SELECT id, time_ms, who, how, changes, hash FROM rule_versions ORDER BY id DESC", "");
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        const struct casebook_version version = {
            .id = casebook_sql_int(statement, 0),
            .time_ms = casebook_sql_int(statement, 1),
            .who = casebook_sql_text(statement, 2),
            .how = casebook_sql_text(statement, 3),
            .changes = casebook_sql_text(statement, 4),
            .hash = casebook_sql_hash(statement, 5),
        };
        each(context, &version);
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

bool casebook_version_get(struct casebook *casebook, int64_t id, struct rule_snapshot *snapshot,
                          bool *found, struct err *err)
{
    int64_t there = 0;
    if (!casebook_sql_number(casebook, 0, &there, err,
                             "SELECT count(*) FROM rule_versions WHERE id = ?1", "i", id)) {
        return false;
    }
    *found = there > 0;
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "SELECT folder, path, bytes FROM rule_version_files JOIN rule_files USING (hash)"
        " WHERE version = ?1 ORDER BY folder, path",
        "i", id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    bool done = true;
    while (done && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        done = rule_snapshot_add(snapshot, (unsigned)casebook_sql_int(statement, 0),
                                 casebook_sql_text(statement, 1), casebook_sql_blob(statement, 2));
    }
    casebook_sql_done(statement);
    if (!done) {
        return err_set(err, "version %lld names a file that is none of the rules'", (long long)id);
    }
    return step == SQL_END;
}

static enum casebook_outcome judge(struct casebook_act *act, struct str reason)
{
    enum casebook_outcome outcome = casebook_act_person(act);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    if (act->member.role != ROLE_TEAM) {
        err_set(act->err, "the team goes back to another version of its rules");
        return CASEBOOK_REFUSED;
    }
    return casebook_check_words(reason, "the reason", 3, CASEBOOK_STATEMENT_MOST, act->err)
               ? CASEBOOK_DONE
               : CASEBOOK_REFUSED;
}

enum casebook_outcome casebook_version_judge(struct casebook *casebook,
                                             const struct casebook_session *session,
                                             struct str reason, struct err *err)
{
    struct err failure = ERR_NONE;
    struct arena *arena = arena_new(4 << 20);
    struct casebook_act act = {
        .casebook = casebook, .session = session, .arena = arena, .err = err};
    enum casebook_outcome outcome = judge(&act, reason);
    if (outcome == CASEBOOK_REFUSED &&
        !casebook_log_refusal(casebook, casebook_session_name(session), "rules_rollback", 0,
                              err->message, &failure)) {
        *err = failure;
        outcome = CASEBOOK_FAILED;
    }
    arena_free(arena);
    return outcome;
}
