#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/case.h"
#include "filter/casebook/claims.h"
#include "filter/casebook/evidence.h"
#include "filter/casebook/gather.h"
#include "filter/casebook/search.h"
#include "filter/casebook/sql.h"

static const enum rule_class classes[] = {RULE_FRAUD, RULE_PROCEDURE, RULE_CLAIM};

static struct str hash_bytes(const struct hash *hash)
{
    return (struct str){(const char *)hash->bytes, sizeof hash->bytes};
}

static struct hash decision_mark(const struct casebook *casebook, struct str season,
                                 const struct verdict *verdict, const struct verdict_rule *rule)
{
    const struct str parts[] = {STR("decision"), season, rule->id, hash_bytes(&rule->revision),
                                hash_bytes(&verdict->key)};
    return casebook_keyed(casebook, parts, 5);
}

static struct hash seen_mark(const struct casebook *casebook, struct str season,
                             const struct verdict *verdict, const struct verdict_rule *rule)
{
    const struct str parts[] = {STR("seen"),
                                season,
                                rule->id,
                                hash_bytes(&rule->revision),
                                verdict->post.source,
                                verdict->post.id,
                                hash_bytes(&verdict->key)};
    return casebook_keyed(casebook, parts, 7);
}

/* How grave a rule says it is: the gravest gives the case its title. */
static int gravity(struct str level)
{
    static const char *const levels[] = {"informational", "low", "medium", "high", "critical"};
    for (int i = 0; i < (int)(sizeof levels / sizeof *levels); i++) {
        if (str_is(level, levels[i])) {
            return i;
        }
    }
    return -1;
}

static const struct verdict_rule *gravest(const struct casebook_group *group)
{
    const struct verdict_rule *best = group->rules[0];
    for (size_t i = 1; i < group->rule_count; i++) {
        if (gravity(group->rules[i]->level) > gravity(best->level)) {
            best = group->rules[i];
        }
    }
    return best;
}

/*
 * A second person has released the rule, in the very form that the verdict tells of. Ingest sorts
 * shadows out; this is for the case that somebody took ingest over.
 */
static bool is_released(struct casebook *casebook, const struct casebook_group *group,
                        const struct verdict_rule *rule, bool *holds, struct err *err)
{
    struct hash release = verdict_rule_release(rule);
    return casebook_release_holds(casebook, group->season, &release, holds, err);
}

/* Takes the rules of the class that are new about this post; says what became of the others. */
static bool take_rules(struct casebook *casebook, struct casebook_group *group,
                       enum casebook_flagged *outcome, struct err *err)
{
    const struct verdict *verdict = group->verdict;
    for (size_t i = 0; i < verdict->rule_count && group->rule_count < GATHER_RULES_MOST; i++) {
        const struct verdict_rule *rule = &verdict->rules[i];
        int64_t decided, seen;
        bool holds;
        if (rule->class != group->class) {
            continue;
        }
        bool stands = true;
        if (!is_released(casebook, group, rule, &holds, err) ||
            !casebook_claims_stand(casebook, rule->evidence, rule->evidence_count, &stands, err)) {
            return false;
        }
        holds = holds && stands;
        if (!holds) {
            *outcome = CASEBOOK_SHADOW < *outcome ? CASEBOOK_SHADOW : *outcome;
            continue;
        }
        struct hash decision = decision_mark(casebook, group->season, verdict, rule);
        struct hash mark = seen_mark(casebook, group->season, verdict, rule);
        if (!casebook_sql_number(casebook, 0, &decided, err,
                                 "SELECT count(*) FROM decisions WHERE mark = ?1", "h",
                                 &decision) ||
            !casebook_sql_number(casebook, 0, &seen, err,
                                 "SELECT count(*) FROM seen WHERE mark = ?1", "h", &mark)) {
            return false;
        }
        enum casebook_flagged one = decided > 0 ? CASEBOOK_DECIDED : CASEBOOK_DUPLICATE;
        if (decided == 0 && seen == 0) {
            group->rules[group->rule_count++] = rule;
        } else if (one < *outcome) {
            *outcome = one;
        }
    }
    return true;
}

static bool put_rules(struct casebook *casebook, const struct casebook_group *group,
                      int64_t case_id, struct err *err)
{
    for (size_t i = 0; i < group->rule_count; i++) {
        const struct verdict_rule *rule = group->rules[i];
        struct hash mark = seen_mark(casebook, group->season, group->verdict, rule);
        struct buf evidence = BUF_EMPTY;
        casebook_evidence_write(rule->evidence, rule->evidence_count, &evidence);
        bool done =
            casebook_sql_run(casebook, err,
                             "INSERT OR IGNORE INTO case_rules VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                             "ithtttt", case_id, rule->id, &rule->revision, rule->title,
                             rule->description, rule->level, buf_str(&evidence)) &&
            casebook_sql_run(casebook, err, "INSERT OR IGNORE INTO seen VALUES (?1, ?2)", "hi",
                             &mark, case_id);
        buf_fini(&evidence);
        if (!done) {
            return false;
        }
    }
    return true;
}

static int compare_spans(const void *a, const void *b)
{
    const struct verdict_span *one = *(const struct verdict_span *const *)a;
    const struct verdict_span *two = *(const struct verdict_span *const *)b;
    int order = str_compare(one->field, two->field);
    if (order != 0) {
        return order;
    }
    return one->span.start < two->span.start ? -1 : one->span.start > two->span.start ? 1 : 0;
}

/* The spans of all rules of the group, those that touch as one: [["text",3,9],…]. */
static void write_spans(const struct casebook_group *group, struct buf *out)
{
    size_t count = 0;
    for (size_t i = 0; i < group->rule_count; i++) {
        count += group->rules[i]->span_count;
    }
    const struct verdict_span **all = mem_alloc(count * sizeof *all);
    count = 0;
    for (size_t i = 0; i < group->rule_count; i++) {
        for (size_t j = 0; j < group->rules[i]->span_count; j++) {
            all[count++] = &group->rules[i]->spans[j];
        }
    }
    qsort(all, count, sizeof *all, compare_spans);
    buf_put_char(out, '[');
    for (size_t i = 0; i < count;) {
        struct text_span span = all[i]->span;
        size_t next = i + 1;
        while (next < count && str_equal(all[next]->field, all[i]->field) &&
               all[next]->span.start <= span.end) {
            span.end = all[next]->span.end > span.end ? all[next]->span.end : span.end;
            next++;
        }
        buf_put_string(out, out->len > 1 ? ",[" : "[");
        buf_put_json(out, all[i]->field);
        buf_printf(out, ",%zu,%zu]", span.start, span.end);
        i = next;
    }
    buf_put_char(out, ']');
    free(all);
}

static void write_links(const struct verdict *verdict, struct buf *out)
{
    buf_put_char(out, '[');
    for (size_t i = 0; i < verdict->link_count; i++) {
        if (i > 0) {
            buf_put_char(out, ',');
        }
        buf_put_json(out, verdict->links[i].url);
    }
    buf_put_char(out, ']');
}

/* What the correlations of the group counted: "title: words", one a line. */
static void write_found(const struct casebook_group *group, struct buf *out)
{
    for (size_t i = 0; i < group->rule_count; i++) {
        const struct verdict_rule *rule = group->rules[i];
        if (rule->found.len > 0) {
            buf_put_string(out, out->len > 0 ? "\n" : "");
            buf_put_str(out, rule->title);
            buf_put_string(out, ": ");
            buf_put_str(out, rule->found);
        }
    }
}

/* The post itself; `*id` is its row. The author was never in the verdict. */
static bool put_post(struct casebook *casebook, const struct casebook_group *group, int64_t case_id,
                     int64_t now_ms, int64_t *id, struct err *err)
{
    const struct post *post = &group->verdict->post;
    struct buf spans = BUF_EMPTY, links = BUF_EMPTY, found = BUF_EMPTY;
    if (!casebook_sql_run(casebook, err,
                          "INSERT INTO posts (case_id, key, flagged_ms) VALUES (?1, ?2, ?3)", "ihi",
                          case_id, &group->verdict->key, now_ms)) {
        return false;
    }
    *id = sqlite3_last_insert_rowid(casebook->db);
    write_spans(group, &spans);
    write_links(group->verdict, &links);
    write_found(group, &found);
    bool done = casebook_sql_run(
        casebook, err,
        "INSERT INTO content VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, nullif(?8, ?9), ?10, ?11, ?12, "
        "?13)",
        "itttttt"
        "iitttt",
        *id, post->source, post->id, post->url, post->fields[POST_TITLE], post->fields[POST_TEXT],
        post->lang, post->published_ms, CLOCK_NEVER, group->verdict->ruleset, buf_str(&spans),
        buf_str(&links), buf_str(&found));
    const struct str texts[] = {post->fields[POST_TITLE], post->fields[POST_TEXT],
                                gravest(group)->title};
    done = done && casebook_search_add(casebook, *id, texts, 3, err);
    buf_fini(&found);
    buf_fini(&spans);
    buf_fini(&links);
    return done;
}

/* What the log tells of a post: nothing that could be found again without the secret. */
static json_t *post_detail(const struct casebook *casebook, const struct casebook_group *group)
{
    const struct post *post = &group->verdict->post;
    const struct str parts[] = {STR("post"), post->source, post->id,
                                hash_bytes(&group->verdict->key)};
    struct hash digest = casebook_keyed(casebook, parts, 4);
    const struct verdict_rule *rule = gravest(group);
    return json_pack("{so so so so ss}", "post", casebook_json_hash(&digest), "rule",
                     casebook_json_str(rule->id), "revision", casebook_json_hash(&rule->revision),
                     "ruleset", casebook_json_str(group->verdict->ruleset), "class",
                     rule_class_name(group->class));
}

static bool open_case(struct casebook *casebook, struct casebook_group *group, int64_t *case_id,
                      struct err *err)
{
    const struct verdict_rule *rule = gravest(group);
    int64_t now, post, like;
    enum casebook_likeness how;
    const struct casebook_move *move =
        casebook_move_find(OF_CASE, CASE_NONE, ACTION_FLAG, BY_MACHINE);
    const struct casebook_move *due = casebook_move_due(OF_CASE, move->to);
    struct str state = str_of(casebook_state_name((enum casebook_state)move->to));
    if (!casebook_time(casebook, &now, err) ||
        !casebook_gather_past(casebook, group, &like, &how, err) ||
        !casebook_sql_run(
            casebook, err,
            "INSERT INTO cases (season, class, state, version, opened_ms, since_ms, due_ms, "
            "rule_id,"
            " rule_title, level, revision, copies, first_post, holder, lease, returns, proposer,"
            " like_case, like_how)"
            " VALUES (?1, ?2, ?3, 1, ?4, ?4, ?5, ?6, ?7, ?8, ?9, 1, 0, '', 0, 0, '', ?10, ?11)",
            "tttiittthit", group->season, str_of(rule_class_name(group->class)), state, now,
            now + due->after_ms, rule->id, rule->title, rule->level, &rule->revision, like,
            str_of(casebook_likeness_name(how)))) {
        return false;
    }
    *case_id = sqlite3_last_insert_rowid(casebook->db);
    json_t *detail = post_detail(casebook, group);
    json_object_set_new(detail, "from", json_string(casebook_state_name(CASE_NONE)));
    json_object_set_new(detail, "to", casebook_json_str(state));
    json_object_set_new(detail, "season", casebook_json_str(group->season));
    json_object_set_new(detail, "version", json_integer(1));
    if (like != 0) {
        json_object_set_new(detail, "like", json_integer(like));
        json_object_set_new(detail, "like_how", json_string(casebook_likeness_name(how)));
    }
    return casebook_log(casebook, CASEBOOK_MACHINE, casebook_action_name(ACTION_FLAG), *case_id,
                        detail, err) &&
           put_post(casebook, group, *case_id, now, &post, err) &&
           casebook_sql_run(casebook, err, "UPDATE cases SET first_post = ?2 WHERE id = ?1", "ii",
                            *case_id, post);
}

/* The first and the newest posts are kept in full, the others counted: a wave has thousands. */
static bool trim(struct casebook *casebook, int64_t case_id, struct err *err)
{
    static_assert(CASEBOOK_POSTS_KEPT == 100, "the numbers in the statement are half of it");
#define OVER                                                                                       \
    "(SELECT id FROM posts WHERE case_id = ?1 AND (SELECT copies FROM cases WHERE id = ?1) > 100"  \
    " ORDER BY id DESC LIMIT 1 OFFSET 50)"
    return casebook_sql_run(casebook, err, "DELETE FROM case_words WHERE rowid = " OVER, "i",
                            case_id) &&
           casebook_sql_run(casebook, err, "DELETE FROM content WHERE post_id = " OVER, "i",
                            case_id);
#undef OVER
}

static bool join_case(struct casebook *casebook, struct casebook_group *group, int64_t case_id,
                      bool is_same, struct err *err)
{
    int64_t now, post;
    return casebook_time(casebook, &now, err) &&
           casebook_log(casebook, CASEBOOK_MACHINE, "join", case_id, post_detail(casebook, group),
                        err) &&
           (is_same ||
            (put_post(casebook, group, case_id, now, &post, err) &&
             casebook_sql_run(casebook, err, "UPDATE cases SET copies = copies + 1 WHERE id = ?1",
                              "i", case_id) &&
             trim(casebook, case_id, err)));
}

static bool flag_class(struct casebook *casebook, struct casebook_group *group,
                       enum casebook_flagged *outcome, struct err *err)
{
    int64_t case_id;
    bool is_same;
    if (!take_rules(casebook, group, outcome, err) || group->rule_count == 0) {
        return !err_is_set(err);
    }
    if (!casebook_gather_find(casebook, group, &case_id, &is_same, err)) {
        return false;
    }
    enum casebook_flagged one = case_id == 0 ? CASEBOOK_OPENED : CASEBOOK_JOINED;
    bool done = case_id == 0 ? open_case(casebook, group, &case_id, err)
                             : join_case(casebook, group, case_id, is_same, err);
    if (one < *outcome) {
        *outcome = one;
    }
    return done && put_rules(casebook, group, case_id, err) &&
           casebook_gather_note(casebook, group, case_id, err);
}

static bool flag_all(struct casebook *casebook, const struct verdict *verdict,
                     enum casebook_flagged *outcome, struct err *err)
{
    struct arena *arena = arena_new(64 << 10);
    struct casebook_now now;
    *outcome = CASEBOOK_OVER;
    bool done = casebook_now(casebook, arena, &now, err);
    for (size_t i = 0; done && !now.is_over && i < sizeof classes / sizeof *classes; i++) {
        struct casebook_group group = {
            .verdict = verdict, .season = now.season, .class = classes[i]};
        done = flag_class(casebook, &group, outcome, err);
    }
    arena_free(arena);
    return done;
}

bool casebook_flag(struct casebook *casebook, const struct verdict *verdict,
                   enum casebook_flagged *outcome, struct err *err)
{
    assert(!casebook->is_read_only);
    return casebook_sql_enter(casebook, err) &&
           casebook_sql_leave(casebook, flag_all(casebook, verdict, outcome, err), err);
}

bool casebook_begin(struct casebook *casebook, struct err *err)
{
    assert(casebook->depth == 0);
    return casebook_sql_enter(casebook, err);
}

bool casebook_commit(struct casebook *casebook, struct err *err)
{
    assert(casebook->depth == 1);
    /* A full disk may have undone all of it before: then there is nothing to commit. */
    if (sqlite3_get_autocommit(casebook->db)) {
        casebook->depth = 0;
        return err_set(err, "the casebook undid the whole batch: nothing of it was kept");
    }
    return casebook_sql_leave(casebook, true, err);
}
