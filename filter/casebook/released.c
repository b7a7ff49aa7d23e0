#include "filter/casebook/released.h"

#include <stdlib.h>
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/act.h"
#include "filter/casebook/sql.h"
#include "filter/rule/release.h"

#define ACCOUNT_AGE (72 * CASEBOOK_HOUR)

static const char *const step_names[] = {
#define X(constant, name) [constant] = (name),
    CASEBOOK_RULE_STEPS(X)
#undef X
};

static bool is_row(struct casebook *casebook, struct str season, const struct hash *release,
                   bool is_released, bool *found, struct err *err)
{
    int64_t rows = 0;
    if (!casebook_sql_number(casebook, 0, &rows, err,
                             "SELECT count(*) FROM rule_releases WHERE season = ?1 AND release = ?2"
                             " AND (?3 = 0 OR releaser <> '')",
                             "thi", season, release, (int64_t)is_released)) {
        return false;
    }
    *found = rows > 0;
    return true;
}

bool casebook_release_holds(struct casebook *casebook, struct str season,
                            const struct hash *release, bool *holds, struct err *err)
{
    if (str_is(season, "demo") && rule_release_is_shipped(release)) {
        *holds = true;
        return true;
    }
    return is_row(casebook, season, release, true, holds, err);
}

bool casebook_release_put(struct casebook *casebook, const struct casebook_release *row,
                          struct err *err)
{
    return casebook_sql_run(
        casebook, err,
        "INSERT OR REPLACE INTO rule_releases VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", "thttitih",
        row->season, &row->release, row->rule_id, row->submitter, row->submitted_ms, row->releaser,
        row->released_ms, &row->revision);
}

static enum casebook_outcome refuse(struct casebook_act *act, const char *words)
{
    err_set(act->err, "%s", words);
    return CASEBOOK_REFUSED;
}

static json_t *detail_of(const struct casebook_act *act, const struct rule *rule, struct str reason)
{
    return json_pack(
        "{so so so so so so so}", "class", casebook_json_str(str_of(rule_class_name(rule->class))),
        "reason", casebook_json_str(reason), "release", casebook_json_hash(&rule->release),
        "revision", casebook_json_hash(&rule->revision), "rule", casebook_json_str(rule->id),
        "season", casebook_json_str(act->season.season), "title", casebook_json_str(rule->title));
}

static enum casebook_outcome write_step(struct casebook_act *act, enum casebook_rule_step step,
                                        const struct rule *rule, struct str reason,
                                        const struct casebook_release *row)
{
    bool done = casebook_log(act->casebook, act->member.name, step_names[step], 0,
                             detail_of(act, rule, reason), act->err);
    if (done && step == CASEBOOK_RULE_WITHDRAW) {
        done = casebook_sql_run(act->casebook, act->err,
                                "DELETE FROM rule_releases WHERE season = ?1 AND release = ?2",
                                "th", act->season.season, &rule->release);
    } else if (done) {
        done = casebook_release_put(act->casebook, row, act->err);
    }
    return done ? CASEBOOK_DONE : CASEBOOK_FAILED;
}

/* The row of a release, its texts in the arena; `*found` is false if there is none. */
static bool load_row(struct casebook_act *act, const struct hash *release,
                     struct casebook_release *row, bool *found)
{
    sqlite3_stmt *statement =
        casebook_sql(act->casebook, act->err,
                     "SELECT submitter, submitted_ms, releaser, released_ms FROM rule_releases"
                     " WHERE season = ?1 AND release = ?2",
                     "th", act->season.season, release);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(act->casebook, statement, act->err);
    *found = step == SQL_ROW;
    if (*found) {
        row->submitter = casebook_keep(act->arena, casebook_sql_text(statement, 0));
        row->submitted_ms = casebook_sql_int(statement, 1);
        row->releaser = casebook_keep(act->arena, casebook_sql_text(statement, 2));
        row->released_ms = casebook_sql_int(statement, 3);
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

static enum casebook_outcome judge_submit(struct casebook_act *act,
                                          const struct casebook_release *row)
{
    if (act->member.role != ROLE_TEAM) {
        return refuse(act, "rules are submitted by the team");
    }
    if (row->releaser.len > 0) {
        return refuse(act, "this form of the rule is released already");
    }
    if (row->submitter.len > 0) {
        return refuse(act, "this form of the rule was submitted already: a second person releases "
                           "it now");
    }
    return CASEBOOK_DONE;
}

static enum casebook_outcome judge_release(struct casebook_act *act,
                                           const struct casebook_release *row)
{
    if (act->member.role != ROLE_TEAM && act->member.role != ROLE_INDEPENDENT) {
        return refuse(act, "rules are released by the team or an independent approver");
    }
    if (row->submitter.len == 0) {
        return refuse(act, "this form of the rule was not submitted: whoever changed it runs "
                           "`saring rules submit` first; was the file edited since?");
    }
    if (row->releaser.len > 0) {
        return refuse(act, "this form of the rule is released already");
    }
    if (str_equal(row->submitter, act->member.name)) {
        return refuse(act, "it takes a second person: whoever submitted a rule does not release "
                           "it");
    }
    if (!act->season.is_demo && act->now_ms - act->member.created_ms < ACCOUNT_AGE) {
        return refuse(act, "this account is younger than 72 hours");
    }
    return CASEBOOK_DONE;
}

static enum casebook_outcome judge_withdraw(struct casebook_act *act,
                                            const struct casebook_release *row)
{
    if (act->member.role != ROLE_TEAM && act->member.role != ROLE_INDEPENDENT &&
        act->member.role != ROLE_APPEALS) {
        return refuse(act, "rules are withdrawn by the team, an approver or the appeal panel");
    }
    return row->submitter.len > 0
               ? CASEBOOK_DONE
               : refuse(act, "this form of the rule was neither submitted nor released");
}

static enum casebook_outcome try_step(struct casebook_act *act, enum casebook_rule_step step,
                                      const struct rule *rule, struct str reason)
{
    struct casebook_release row = {.rule_id = rule->id};
    bool found;
    enum casebook_outcome outcome = casebook_act_person(act);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    if (act->season.is_over) {
        return refuse(act, "the season is over: no rule loads any more");
    }
    if (!casebook_check_words(reason, "the reason", 3, CASEBOOK_STATEMENT_MOST, act->err)) {
        return CASEBOOK_REFUSED;
    }
    row.season = act->season.season;
    row.release = rule->release;
    row.revision = rule->revision;
    if (!load_row(act, &rule->release, &row, &found)) {
        return CASEBOOK_FAILED;
    }
    switch (step) {
    case CASEBOOK_RULE_SUBMIT:
        outcome = judge_submit(act, &row);
        row.submitter = act->member.name;
        row.submitted_ms = act->now_ms;
        break;
    case CASEBOOK_RULE_RELEASE:
        outcome = judge_release(act, &row);
        row.releaser = act->member.name;
        row.released_ms = act->now_ms;
        break;
    case CASEBOOK_RULE_WITHDRAW:
        outcome = judge_withdraw(act, &row);
        break;
    }
    return outcome == CASEBOOK_DONE ? write_step(act, step, rule, reason, &row) : outcome;
}

enum casebook_outcome casebook_rule_move(struct casebook *casebook,
                                         const struct casebook_session *session,
                                         enum casebook_rule_step step, const struct rule *rule,
                                         struct str reason, struct err *err)
{
    struct arena *arena = arena_new(4 << 20);
    struct err why = ERR_NONE;
    struct casebook_act act = {
        .casebook = casebook, .session = session, .arena = arena, .err = &why};
    enum casebook_outcome outcome = CASEBOOK_FAILED;
    if (casebook_sql_enter(casebook, &why)) {
        outcome = try_step(&act, step, rule, reason);
        if (!casebook_sql_leave(casebook, outcome == CASEBOOK_DONE, &why) &&
            outcome == CASEBOOK_DONE) {
            outcome = CASEBOOK_FAILED;
        }
    }
    if (outcome == CASEBOOK_REFUSED) {
        struct err failure = ERR_NONE;
        if (!casebook_log_refusal(casebook, casebook_session_name(session), step_names[step], 0,
                                  why.message, &failure)) {
            why = failure;
            outcome = CASEBOOK_FAILED;
        }
    }
    if (outcome != CASEBOOK_DONE) {
        *err = why;
    }
    arena_free(arena);
    return outcome;
}

static void copy_name(char into[CASEBOOK_NAME_MOST + 1], struct str name)
{
    size_t len = name.len < CASEBOOK_NAME_MOST ? name.len : CASEBOOK_NAME_MOST;
    memcpy(into, len > 0 ? name.at : "", len);
    into[len] = '\0';
}

bool casebook_rule_standing(struct casebook *casebook, const struct hash *release,
                            struct casebook_rule_standing *standing, struct err *err)
{
    struct casebook_now now;
    struct casebook_release row = {.season = STR("")};
    struct arena *arena = arena_new(64 << 10);
    struct casebook_act act = {.casebook = casebook, .arena = arena, .err = err};
    int64_t hits = 0;
    bool found = false;
    *standing = (struct casebook_rule_standing){.is_shipped = rule_release_is_shipped(release)};
    bool done = casebook_now(casebook, arena, &now, err);
    act.season = now;
    done =
        done && load_row(&act, release, &row, &found) &&
        casebook_sql_number(casebook, 0, &hits, err,
                            "SELECT sum(hits) FROM shadow_hits WHERE release = ?1", "h", release);
    if (done) {
        standing->is_submitted = found;
        standing->is_released = row.releaser.len > 0 || (now.is_demo && standing->is_shipped);
        copy_name(standing->submitter, row.submitter);
        copy_name(standing->releaser, row.releaser);
        standing->submitted_ms = row.submitted_ms;
        standing->released_ms = row.released_ms;
        standing->shadow_hits = (uint64_t)hits;
    }
    arena_free(arena);
    return done;
}

static int compare_hashes(const void *left, const void *right)
{
    return memcmp(left, right, HASH_BYTES);
}

static bool put_released(struct casebook *casebook, struct str season, struct buf *out,
                         struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err, "SELECT release FROM rule_releases WHERE season = ?1 AND releaser <> ''",
        "t", season);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct hash release = casebook_sql_hash(statement, 0);
        buf_put(out, release.bytes, HASH_BYTES);
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

bool casebook_rules_released(struct casebook *casebook, struct buf *out, struct err *err)
{
    struct arena *arena = arena_new(64 << 10);
    struct casebook_now now;
    size_t before = out->len;
    bool done = casebook_now(casebook, arena, &now, err);
    if (done && !now.is_over) {
        struct hash release;
        for (size_t i = 0; now.is_demo && rule_release_shipped(i, &release); i++) {
            buf_put(out, release.bytes, HASH_BYTES);
        }
        done = put_released(casebook, now.season, out, err);
    }
    if (out->len > before) {
        qsort(out->bytes + before, (out->len - before) / HASH_BYTES, HASH_BYTES, compare_hashes);
    }
    arena_free(arena);
    return done;
}

bool casebook_shadow_add(struct casebook *casebook, const struct rule *rule, uint64_t hits,
                         struct err *err)
{
    int64_t now_ms;
    if (!casebook_sql_enter(casebook, err)) {
        return false;
    }
    bool done = casebook_time(casebook, &now_ms, err) &&
                casebook_sql_run(casebook, err,
                                 "INSERT INTO shadow_hits VALUES (?1, ?2, ?3, ?4)"
                                 " ON CONFLICT (release, day) DO UPDATE SET hits = hits + ?4",
                                 "htii", &rule->release, rule->id, now_ms / CASEBOOK_DAY,
                                 (int64_t)(hits < INT32_MAX ? hits : INT32_MAX));
    return casebook_sql_leave(casebook, done, err);
}

/* The log's rows of one rule and revision; a case belongs to the one that opened it. */
#define OPENED                                                                                     \
    "SELECT case_id, detail ->> 'rule' AS rule, detail ->> 'revision' AS revision FROM log"        \
    " WHERE action = 'flag'"

bool casebook_rule_counts(struct casebook *casebook,
                          void (*each)(void *context, const struct casebook_rule_counts *counts),
                          void *context, struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "WITH opened AS (" OPENED ")"
        " SELECT rule, revision, count(*) FILTER (WHERE action IN ('flag', 'join')),"
        " count(DISTINCT log.case_id), count(*) FILTER (WHERE action = 'dismiss' AND"
        " actor <> 'clock'), count(*) FILTER (WHERE action = 'approve'),"
        " count(*) FILTER (WHERE action = 'reject'), count(*) FILTER (WHERE action = 'lapse' OR"
        " (action = 'dismiss' AND actor = 'clock'))"
        " FROM opened JOIN log ON log.case_id = opened.case_id GROUP BY rule, revision"
        " ORDER BY rule, revision",
        "");
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct casebook_rule_counts counts = {
            .rule_id = casebook_sql_text(statement, 0),
            .flagged = (uint64_t)casebook_sql_int(statement, 2),
            .cases = (uint64_t)casebook_sql_int(statement, 3),
            .dismissed = (uint64_t)casebook_sql_int(statement, 4),
            .upheld = (uint64_t)casebook_sql_int(statement, 5),
            .rejected = (uint64_t)casebook_sql_int(statement, 6),
            .lapsed = (uint64_t)casebook_sql_int(statement, 7),
        };
        if (hash_parse(casebook_sql_text(statement, 1), &counts.revision)) {
            each(context, &counts);
        }
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

bool casebook_rule_dismissals(struct casebook *casebook, struct str rule_id,
                              const struct hash *revision,
                              void (*each)(void *context, struct str reason, uint64_t count),
                              void *context, struct err *err)
{
    char hex[HASH_HEX];
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "WITH opened AS (" OPENED ")"
        " SELECT log.detail ->> 'reason', count(*) FROM opened JOIN log"
        " ON log.case_id = opened.case_id WHERE action = 'dismiss' AND actor <> 'clock'"
        " AND rule = ?1 AND revision = ?2 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20",
        "tt", rule_id, str_of(hash_format(revision, hex)));
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        each(context, casebook_sql_text(statement, 0), (uint64_t)casebook_sql_int(statement, 1));
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}
