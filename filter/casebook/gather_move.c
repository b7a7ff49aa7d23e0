/*
 * Merging and splitting by hand: people see better than a hash what belongs together. Neither may
 * bring back what was decided, mix classes, or change what a proposal rests on; what comes of it
 * is as old as the oldest post in it, so that no deadline moves away.
 */
#include <stdlib.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/act.h"
#include "filter/casebook/gather.h"
#include "filter/casebook/search.h"
#include "filter/casebook/sql.h"
#include "filter/text/url.h"

enum { SPLIT_MOST = 100 };

static enum casebook_outcome refuse(struct casebook_act *act, const char *why)
{
    err_set(act->err, "%s", why);
    return CASEBOOK_REFUSED;
}

/* What was ever proposed, or offered, rests on the posts that it was made of. */
static enum casebook_outcome check_no_proposal(struct casebook_act *act, int64_t case_id)
{
    int64_t proposals;
    if (!casebook_sql_number(act->casebook, 0, &proposals, act->err,
                             "SELECT count(*) FROM proposals WHERE case_id = ?1", "i", case_id)) {
        return CASEBOOK_FAILED;
    }
    return proposals == 0
               ? CASEBOOK_DONE
               : refuse(act, "kasus ini punya usulan, yang tidak boleh berubah isinya / a "
                             "case with a proposal is neither widened nor narrowed");
}

static enum casebook_outcome check_target(struct casebook_act *act,
                                          const struct casebook_dossier *into, bool found)
{
    const struct casebook_dossier *from = &act->dossier;
    if (!found || into->id == from->id) {
        return refuse(act, "sebut kasus lain yang dituju / say into which other case");
    }
    if (into->version != act->request->into_version) {
        return refuse(act, "kasus tujuan sudah berubah: lihat lagi / the case to merge into moved "
                           "on: look again");
    }
    if (!str_equal(into->season, from->season) || into->class != from->class) {
        return refuse(act,
                      "hanya kasus sekelas dan semusim yang digabung / only cases of one class "
                      "and season are merged");
    }
    bool waits = into->state == CASE_FLAGGED || into->state == CASE_HELD ||
                 (into->state == CASE_CLAIMED && str_equal(into->holder, act->member.name));
    if (!waits) {
        return refuse(act,
                      "kasus tujuan sudah diputus, diusulkan atau dipegang orang lain / the case "
                      "to merge into was decided or proposed, or somebody else holds it");
    }
    enum casebook_outcome outcome = check_no_proposal(act, from->id);
    return outcome == CASEBOOK_DONE ? check_no_proposal(act, into->id) : outcome;
}

/* Only the first and the newest posts of a case are kept in full. */
static bool trim(struct casebook *casebook, int64_t case_id, struct err *err)
{
    return casebook_sql_run(casebook, err,
                            "DELETE FROM content WHERE post_id IN (SELECT id FROM posts WHERE"
                            " case_id = ?1) AND post_id NOT IN (SELECT id FROM posts WHERE"
                            " case_id = ?1 ORDER BY id LIMIT 50) AND post_id NOT IN (SELECT id FROM"
                            " posts WHERE case_id = ?1 ORDER BY id DESC LIMIT 50)",
                            "i", case_id) &&
           casebook_search_forget(casebook, case_id, err);
}

/* What people made of the case goes along with its posts. */
static bool move_evidence(struct casebook *casebook, int64_t from, int64_t into, struct err *err)
{
    return casebook_sql_run(casebook, err, "UPDATE captures SET case_id = ?2 WHERE case_id = ?1",
                            "ii", from, into) &&
           casebook_sql_run(casebook, err,
                            "UPDATE capture_orders SET case_id = ?2 WHERE case_id = ?1", "ii", from,
                            into) &&
           casebook_sql_run(casebook, err, "UPDATE notes SET case_id = ?2 WHERE case_id = ?1", "ii",
                            from, into);
}

static bool move_posts(struct casebook_act *act, int64_t from, int64_t into)
{
    struct casebook *casebook = act->casebook;
    return casebook_sql_run(casebook, act->err, "UPDATE posts SET case_id = ?2 WHERE case_id = ?1",
                            "ii", from, into) &&
           casebook_sql_run(casebook, act->err,
                            "INSERT OR IGNORE INTO case_rules SELECT ?2, rule_id, revision, title,"
                            " description, level, evidence FROM case_rules WHERE case_id = ?1",
                            "ii", from, into) &&
           casebook_gather_merge(casebook, from, into, act->err) &&
           move_evidence(casebook, from, into, act->err) && trim(casebook, into, act->err);
}

/* The case that grew: logged too, and as old as the older of the two. */
static bool grow(struct casebook_act *act, struct casebook_dossier *into)
{
    const struct casebook_dossier *from = &act->dossier;
    int64_t opened = from->opened_ms < into->opened_ms ? from->opened_ms : into->opened_ms;
    int64_t due = into->due_ms - (into->state == CASE_FLAGGED ? into->opened_ms - opened : 0);
    json_t *detail = json_pack("{sI sI}", "merged", (json_int_t)from->id, "version",
                               (json_int_t)into->version + 1);
    return casebook_log(act->casebook, act->member.name, casebook_action_name(ACTION_MERGE),
                        into->id, detail, act->err) &&
           casebook_sql_run(act->casebook, act->err,
                            "UPDATE cases SET version = version + 1, opened_ms = ?3, due_ms = ?4,"
                            " copies = copies + (SELECT copies FROM cases WHERE id = ?1)"
                            " WHERE id = ?2",
                            "iiii", from->id, into->id, opened, due) &&
           casebook_sql_run(act->casebook, act->err,
                            "UPDATE cases SET merged_into = ?2, copies = 0, first_post = 0"
                            " WHERE id = ?1",
                            "ii", from->id, into->id);
}

enum casebook_outcome casebook_act_merge(struct casebook_act *act)
{
    struct casebook_dossier into;
    bool found;
    int64_t from = act->dossier.id;
    if (!casebook_case_load(act->casebook, act->arena, act->request->into, &into, &found,
                            act->err)) {
        return CASEBOOK_FAILED;
    }
    enum casebook_outcome outcome = check_target(act, &into, found);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    json_t *detail = casebook_reason_json(act->request->reason);
    json_object_set_new(detail, "into", json_integer(into.id));
    act->moved->other = into.id;
    return move_posts(act, from, into.id) &&
                   casebook_case_enter(act->casebook, &act->dossier, act->move, act->member.name,
                                       detail, act->err) &&
                   grow(act, &into)
               ? CASEBOOK_DONE
               : CASEBOOK_FAILED;
}

static int compare_numbers(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a, two = *(const int64_t *)b;
    return one < two ? -1 : one > two;
}

static enum casebook_outcome check_posts(struct casebook_act *act, int64_t posts[SPLIT_MOST])
{
    const struct casebook_request *request = act->request;
    int64_t all;
    if (request->post_count < 1 || request->post_count > SPLIT_MOST) {
        return refuse(act, "sebut 1 sampai 100 kiriman / name 1 to 100 of its posts");
    }
    memcpy(posts, request->posts, request->post_count * sizeof *posts);
    qsort(posts, request->post_count, sizeof *posts, compare_numbers);
    for (size_t i = 0; i < request->post_count; i++) {
        int64_t found;
        if (!casebook_sql_number(act->casebook, 0, &found, act->err,
                                 "SELECT count(*) FROM posts JOIN content ON post_id = id WHERE"
                                 " id = ?1 AND case_id = ?2",
                                 "ii", posts[i], act->dossier.id)) {
            return CASEBOOK_FAILED;
        }
        if (found == 0 || (i > 0 && posts[i] == posts[i - 1])) {
            return refuse(act,
                          "itu bukan kiriman kasus ini, atau disebut dua kali / that is no post "
                          "of this case, or it is named twice");
        }
    }
    if (!casebook_sql_number(act->casebook, 0, &all, act->err,
                             "SELECT count(*) FROM posts WHERE case_id = ?1", "i",
                             act->dossier.id)) {
        return CASEBOOK_FAILED;
    }
    if ((int64_t)request->post_count >= all) {
        return refuse(act, "satu kiriman harus tinggal / one post has to stay");
    }
    return check_no_proposal(act, act->dossier.id);
}

/* The rules of the case, as far as finding it again asks for them. */
static bool read_rules(struct casebook_act *act, struct casebook_group *group)
{
    sqlite3_stmt *statement = casebook_sql(
        act->casebook, act->err, "SELECT DISTINCT rule_id FROM case_rules WHERE case_id = ?1", "i",
        act->dossier.id);
    enum casebook_step step = SQL_END;
    if (statement == NULL) {
        return false;
    }
    while (group->rule_count < GATHER_RULES_MOST &&
           (step = casebook_sql_step(act->casebook, statement, act->err)) == SQL_ROW) {
        struct verdict_rule *rule = arena_alloc(act->arena, sizeof *rule);
        if (rule == NULL) {
            break;
        }
        *rule =
            (struct verdict_rule){.id = casebook_keep(act->arena, casebook_sql_text(statement, 0))};
        group->rules[group->rule_count++] = rule;
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

static bool read_links(struct casebook_act *act, struct str json, struct verdict *verdict)
{
    json_t *list = json_loadb(json.len > 0 ? json.at : "", json.len, 0, NULL);
    size_t count = json_array_size(list);
    struct verdict_link *links = arena_array(act->arena, count, sizeof *links);
    for (size_t i = 0; links != NULL && i < count; i++) {
        const json_t *one = json_array_get(list, i);
        struct str url = {json_string_value(one), json_string_length(one)};
        struct buf canonical = BUF_EMPTY;
        struct url parts;
        struct err why = ERR_NONE;
        links[i] = (struct verdict_link){.url = casebook_keep(act->arena, url)};
        links[i].original = links[i].url;
        if (url_canonical(url, &canonical, &parts, &why)) {
            links[i].domain = casebook_keep(act->arena, parts.domain);
        }
        buf_fini(&canonical);
    }
    verdict->links = links;
    verdict->link_count = links != NULL ? count : 0;
    json_decref(list);
    return links != NULL;
}

/* A post as a verdict has it, as far as finding its case asks for it. */
static bool read_post(struct casebook_act *act, int64_t id, struct verdict *verdict)
{
    sqlite3_stmt *statement =
        casebook_sql(act->casebook, act->err,
                     "SELECT source, item, title, text, links, key FROM posts JOIN content ON"
                     " post_id = id WHERE id = ?1",
                     "i", id);
    if (statement == NULL) {
        return false;
    }
    bool done = casebook_sql_step(act->casebook, statement, act->err) == SQL_ROW;
    *verdict = (struct verdict){.post = POST_EMPTY};
    if (done) {
        verdict->post.source = casebook_keep(act->arena, casebook_sql_text(statement, 0));
        verdict->post.id = casebook_keep(act->arena, casebook_sql_text(statement, 1));
        verdict->post.fields[POST_TITLE] =
            casebook_keep(act->arena, casebook_sql_text(statement, 2));
        verdict->post.fields[POST_TEXT] =
            casebook_keep(act->arena, casebook_sql_text(statement, 3));
        verdict->key = casebook_sql_hash(statement, 5);
        done = read_links(act, casebook_sql_text(statement, 4), verdict);
    }
    casebook_sql_done(statement);
    return done || err_set(act->err, "a post of the case cannot be read");
}

static bool open_part(struct casebook_act *act, size_t count, int64_t first, int64_t *into)
{
    const struct casebook_move *move =
        casebook_move_find(OF_CASE, CASE_NONE, ACTION_SPLIT, BY_HOLDER);
    const struct casebook_move *due = casebook_move_due(OF_CASE, move->to);
    struct str state = str_of(casebook_state_name((enum casebook_state)move->to));
    if (!casebook_sql_run(
            act->casebook, act->err,
            "INSERT INTO cases (season, class, state, version, opened_ms, since_ms,"
            " due_ms, rule_id, rule_title, level, revision, copies, first_post, holder,"
            " lease, returns, proposer, like_case, like_how) SELECT season, class, ?2,"
            " 1, opened_ms, ?3, opened_ms + ?4, rule_id, rule_title, level, revision,"
            " ?5, ?6, '', 0, 0, '', like_case, like_how FROM cases WHERE id = ?1",
            "itiiii", act->dossier.id, state, act->now_ms, due->after_ms, (int64_t)count, first)) {
        return false;
    }
    *into = sqlite3_last_insert_rowid(act->casebook->db);
    json_t *detail =
        json_pack("{sI ss so sI so}", "of", (json_int_t)act->dossier.id, "from",
                  casebook_state_name(CASE_NONE), "to", casebook_json_str(state), "version",
                  (json_int_t)1, "season", casebook_json_str(act->dossier.season));
    return casebook_log(act->casebook, act->member.name, casebook_action_name(ACTION_SPLIT), *into,
                        detail, act->err) &&
           casebook_sql_run(act->casebook, act->err,
                            "INSERT INTO case_rules SELECT ?2, rule_id, revision, title,"
                            " description, level, evidence FROM case_rules WHERE case_id = ?1",
                            "ii", act->dossier.id, *into);
}

/* What stays keeps its own links, also those that went along with a post that left. */
static bool note_rest(struct casebook_act *act, struct casebook_group group)
{
    int64_t ids[SPLIT_MOST];
    size_t count = 0;
    sqlite3_stmt *statement = casebook_sql(
        act->casebook, act->err,
        "SELECT id FROM posts JOIN content ON post_id = id WHERE case_id = ?1 LIMIT 100", "i",
        act->dossier.id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = SQL_END;
    while (count < SPLIT_MOST &&
           (step = casebook_sql_step(act->casebook, statement, act->err)) == SQL_ROW) {
        ids[count++] = casebook_sql_int(statement, 0);
    }
    casebook_sql_done(statement);
    struct verdict verdict;
    group.has_sketch = false;
    group.verdict = &verdict;
    for (size_t i = 0; step != SQL_FAILED && i < count; i++) {
        if (!read_post(act, ids[i], &verdict) ||
            !casebook_gather_note(act->casebook, &group, act->dossier.id, act->err)) {
            return false;
        }
    }
    return step != SQL_FAILED;
}

static bool move_part(struct casebook_act *act, const int64_t *posts, size_t count, int64_t into)
{
    struct casebook_group group = {.season = act->dossier.season, .class = act->dossier.class};
    if (!read_rules(act, &group)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct verdict verdict;
        group.verdict = &verdict;
        if (!read_post(act, posts[i], &verdict) ||
            !casebook_gather_split(act->casebook, &group, act->dossier.id, into, act->err) ||
            !casebook_sql_run(act->casebook, act->err,
                              "UPDATE posts SET case_id = ?2 WHERE id = ?1", "ii", posts[i],
                              into)) {
            return false;
        }
    }
    return casebook_sql_run(act->casebook, act->err,
                            "UPDATE cases SET copies = copies - ?2, first_post ="
                            " (SELECT min(id) FROM posts WHERE case_id = ?1) WHERE id = ?1",
                            "ii", act->dossier.id, (int64_t)count) &&
           note_rest(act, group);
}

enum casebook_outcome casebook_act_split(struct casebook_act *act)
{
    int64_t posts[SPLIT_MOST], into;
    size_t count = act->request->post_count;
    enum casebook_outcome outcome = check_posts(act, posts);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    if (!open_part(act, count, posts[0], &into)) {
        return CASEBOOK_FAILED;
    }
    json_t *detail = casebook_reason_json(act->request->reason);
    json_object_set_new(detail, "into", json_integer(into));
    json_object_set_new(detail, "posts", json_integer((json_int_t)count));
    act->moved->other = into;
    return casebook_case_enter(act->casebook, &act->dossier, act->move, act->member.name, detail,
                               act->err) &&
                   move_part(act, posts, count, into)
               ? CASEBOOK_DONE
               : CASEBOOK_FAILED;
}
