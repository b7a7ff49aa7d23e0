/* Reading the casebook: the queue, and one case with all that belongs to it. */
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/casebook/case.h"
#include "filter/casebook/evidence.h"
#include "filter/casebook/search.h"
#include "filter/casebook/sql.h"
#include "filter/text/utf8.h"

enum { EXCERPT = 120, POSTS_SHOWN = CASEBOOK_POSTS_KEPT };

#define SUMMARY_OF(of)                                                                             \
    "SELECT cases.id, version, class, state, opened_ms, since_ms, due_ms, rule_id, rule_title,"    \
    " level, revision, copies, holder, season, title, text,"                                       \
    " (SELECT entries.due_ms FROM entries WHERE case_id = cases.id), like_case, disputed FROM " of \
    " LEFT JOIN content ON post_id = first_post "
#define SUMMARY SUMMARY_OF("cases")

/*
 * A page of the list: its numbers first, from an index in their order that holds all that is asked
 * about, then what is shown of those few. ?1 class, ?2 state, ?3 rule, ?4 hidden classes, ?5 to ?8
 * behind whom, ?9 limit, ?10 offset; each text uses what it needs and binds them all.
 */
#define PAGE_OF(index, where, order)                                                               \
    SUMMARY_OF("(SELECT id AS page_id FROM cases INDEXED BY " index " WHERE " where                \
               " ORDER BY " order " LIMIT ?9 OFFSET ?10) JOIN cases ON cases.id = page_id")        \
    "ORDER BY rank, opened_ms, due_ms, cases.id"

#define IS_SHOWN                                                                                   \
    " AND (?4 = 0 OR ?4 & (1 << CASE class WHEN 'fraud' THEN 0 WHEN 'procedure' THEN 1 ELSE 2"     \
    " END) = 0)"
#define IS_AFTER " AND (rank, opened_ms, due_ms, id) > (?5, ?6, ?7, ?8)"
#define BY_RANK "rank, opened_ms, due_ms, id"
/* Of one class the rank is one too, and the index begins behind it. */
#define IS_AFTER_IN_CLASS " AND (opened_ms, due_ms, id) > (?6, ?7, ?8)"
#define BY_TIME "opened_ms, due_ms, id"
#define WAITS "state IN " CASEBOOK_WAITING

/* From the start, and behind a case: the second has the index begin there. */
#define PAGES_BY_RANK(index, where)                                                                \
    {                                                                                              \
        PAGE_OF(index, where IS_SHOWN, BY_RANK), PAGE_OF(index, where IS_SHOWN IS_AFTER, BY_RANK)  \
    }
#define PAGES_BY_TIME(index, where)                                                                \
    {                                                                                              \
        PAGE_OF(index, where, BY_TIME), PAGE_OF(index, where IS_AFTER_IN_CLASS, BY_TIME)           \
    }

enum { WAITING, IN_STATE, IN_ANY_STATE, SCOPES };
enum { OF_ALL, OF_CLASS, OF_RULE, CHOICES };

static const char *const pages[SCOPES][CHOICES][2] = {
    [WAITING] = {[OF_ALL] = PAGES_BY_RANK("cases_queue", WAITS),
                 [OF_CLASS] = PAGES_BY_TIME("cases_queue_class", WAITS " AND class = ?1"),
                 [OF_RULE] = PAGES_BY_RANK("cases_queue_rule",
                                           WAITS " AND rule_id = ?3 AND (?1 = '' OR class = ?1)")},
    [IN_STATE] = {[OF_ALL] = PAGES_BY_RANK("cases_state", "state = ?2"),
                  [OF_CLASS] = PAGES_BY_TIME("cases_state_class", "state = ?2 AND class = ?1"),
                  [OF_RULE] = PAGES_BY_RANK(
                      "cases_rule", "rule_id = ?3 AND state = ?2 AND (?1 = '' OR class = ?1)")},
    [IN_ANY_STATE] = {[OF_ALL] = PAGES_BY_RANK("cases_in_order", "TRUE"),
                      [OF_CLASS] = PAGES_BY_TIME("cases_class", "class = ?1"),
                      [OF_RULE] =
                          PAGES_BY_RANK("cases_rule", "rule_id = ?3 AND (?1 = '' OR class = ?1)")},
};

/* Of the cases ?11, a JSON array: there are few, so any order costs little. */
#define PAGE_OF_FOUND(where)                                                                       \
    SUMMARY_OF(                                                                                    \
        "(SELECT id AS page_id FROM cases WHERE id IN (SELECT value FROM json_each(?11))" where    \
        " AND (?1 = '' OR class = ?1) AND (?2 = '' OR state = ?2)"                                 \
        " AND (?3 = '' OR rule_id = ?3)" IS_SHOWN                                                  \
        " AND (?8 = 0 OR (rank, opened_ms, due_ms, id) > (?5, ?6, ?7, ?8))"                        \
        " ORDER BY rank, opened_ms, due_ms, id LIMIT ?9 OFFSET ?10)"                               \
        " JOIN cases ON cases.id = page_id")                                                       \
    "ORDER BY rank, opened_ms, due_ms, cases.id"

/* The first characters of title and text on one line. */
static void write_excerpt(struct str title, struct str text, struct buf *out)
{
    struct str parts[] = {title, text};
    size_t characters = 0;
    bool space = false;
    buf_clear(out);
    for (int i = 0; i < 2; i++) {
        for (size_t at = 0; at < parts[i].len && characters < EXCERPT;) {
            size_t next = at + 1;
            while (next < parts[i].len && !utf8_is_boundary(parts[i], next)) {
                next++;
            }
            unsigned char c = (unsigned char)parts[i].at[at];
            if (c <= ' ' || c == 0x7f) {
                space = out->len > 0;
            } else if (!space || ++characters < EXCERPT) {
                buf_put_string(out, space ? " " : "");
                buf_put_str(out, str_part(parts[i], at, next));
                characters++;
                space = false;
            }
            at = next;
        }
        space = out->len > 0;
    }
}

/* When the clock releases a case: 0 is no time here, and purging is no release. */
static int64_t deadline(enum casebook_state state, sqlite3_stmt *row)
{
    switch (state) {
    case CASE_FLAGGED:
    case CASE_CLAIMED:
    case CASE_HELD:
    case CASE_PROPOSED:
    case CASE_RETURNED:
    case CASE_REFERRED:
        return casebook_sql_int(row, 6);
    case CASE_URGENT:
    case CASE_LISTED:
        return sqlite3_column_type(row, 16) != SQLITE_NULL ? casebook_sql_int(row, 16)
                                                           : CLOCK_NEVER;
    case CASE_NONE:
    case CASE_APPROVED:
    case CASE_CORRECTED:
    case CASE_ANSWERED:
    case CASE_UNANSWERED:
    case CASE_DISMISSED:
    case CASE_REJECTED:
    case CASE_LAPSED:
    case CASE_WITHDRAWN:
    case CASE_CLOSED:
    case CASE_VOID:
    case CASE_MERGED:
    case CASE_PURGED:
        break;
    }
    return CLOCK_NEVER;
}

static bool take_summary(struct casebook *casebook, sqlite3_stmt *row, struct buf *excerpt,
                         struct casebook_case *one, struct err *err)
{
    *one = (struct casebook_case){
        .id = casebook_sql_int(row, 0),
        .version = casebook_sql_int(row, 1),
        .opened_ms = casebook_sql_int(row, 4),
        .since_ms = casebook_sql_int(row, 5),
        .order_ms = casebook_sql_int(row, 6),
        .rule_id = casebook_sql_text(row, 7),
        .rule_title = casebook_sql_text(row, 8),
        .level = casebook_sql_text(row, 9),
        .revision = casebook_sql_hash(row, 10),
        .copies = (size_t)casebook_sql_int(row, 11),
        .claimed_by = casebook_sql_text(row, 12),
        .is_demo = str_is(casebook_sql_text(row, 13), "demo"),
        .like_case = casebook_sql_int(row, 17),
        .is_disputed = casebook_sql_int(row, 18) != 0,
    };
    if (!rule_class_parse(casebook_sql_text(row, 2), &one->class) ||
        !casebook_state_parse(casebook_sql_text(row, 3), &one->state)) {
        return casebook_sql_error(casebook, SQLITE_CORRUPT, err);
    }
    one->deadline_ms = deadline(one->state, row);
    write_excerpt(casebook_sql_text(row, 14), casebook_sql_text(row, 15), excerpt);
    one->excerpt = buf_str(excerpt);
    return true;
}

/* The text for a filter without words, and behind whom it begins. False: nothing can fit it. */
static bool choose(const struct casebook_filter *filter, struct casebook_after *after,
                   const char **sql)
{
    int scope = filter->only_state ? IN_STATE : filter->live ? WAITING : IN_ANY_STATE;
    int choice = filter->rule_id.len > 0 ? OF_RULE : filter->only_class ? OF_CLASS : OF_ALL;
    bool is_fraud = filter->class == RULE_FRAUD;
    if (choice == OF_CLASS && (filter->hidden & 1U << filter->class) != 0) {
        return false;
    }
    if (after->id == 0 && (filter->hidden & 1U << RULE_FRAUD) != 0) {
        *after =
            (struct casebook_after){.opened_ms = INT64_MIN, .id = 1}; /* not through all of it */
    }
    if (choice == OF_CLASS && after->id != 0 && after->is_fraud != is_fraud) {
        *sql = pages[scope][choice][0];
        return after->is_fraud; /* all others come behind fraud */
    }
    *sql = pages[scope][choice][after->id != 0];
    return true;
}

/* The cases of the posts that say all the words, as a JSON array. */
static bool find_words(struct casebook *casebook, const struct casebook_filter *filter,
                       struct str expression, struct buf *ids, struct err *err)
{
    int64_t count = 0;
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT case_id FROM (SELECT rowid AS post FROM case_words WHERE case_words"
                     " MATCH ?1 ORDER BY rowid DESC LIMIT ?2) JOIN posts ON posts.id = post",
                     "ti", expression, (int64_t)CASEBOOK_SEARCH_MOST + 1);
    enum casebook_step step = SQL_FAILED;
    buf_put_char(ids, '[');
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        if (++count <= CASEBOOK_SEARCH_MOST) {
            buf_put_string(ids, count > 1 ? "," : "");
            buf_put_int(ids, casebook_sql_int(statement, 0));
        }
    }
    buf_put_char(ids, ']');
    casebook_sql_done(statement);
    if (filter->is_cut != NULL) {
        *filter->is_cut = count > CASEBOOK_SEARCH_MOST;
    }
    return step == SQL_END;
}

static bool take_rows(struct casebook *casebook, sqlite3_stmt *statement,
                      bool (*row)(void *context, const struct casebook_case *one), void *context,
                      struct err *err)
{
    struct buf excerpt = BUF_EMPTY;
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct casebook_case one;
        if (!take_summary(casebook, statement, &excerpt, &one, err)) {
            step = SQL_FAILED;
            break;
        }
        if (!row(context, &one)) {
            break;
        }
    }
    casebook_sql_done(statement);
    buf_fini(&excerpt);
    return step != SQL_FAILED;
}

bool casebook_list(struct casebook *casebook, const struct casebook_filter *filter,
                   bool (*row)(void *context, const struct casebook_case *one), void *context,
                   struct err *err)
{
    static const char *const found[] = {PAGE_OF_FOUND(""), PAGE_OF_FOUND(" AND " WAITS)};
    struct str class = filter->only_class ? str_of(rule_class_name(filter->class)) : STR("");
    struct str state = filter->only_state ? str_of(casebook_state_name(filter->state)) : STR("");
    int64_t limit = filter->limit == 0 ? -1 : (int64_t)filter->limit;
    struct casebook_after after = filter->after;
    struct buf expression = BUF_EMPTY, ids = BUF_EMPTY;
    const char *sql = found[filter->live && !filter->only_state];
    bool finds = filter->words.len > 0, done = true;
    if (filter->is_cut != NULL) {
        *filter->is_cut = false;
    }
    if (finds) {
        casebook_search_put(casebook, filter->words, SEARCH_ALL, &expression);
        /* Else nothing that could be found by: a name, a link, marks of writing. */
        finds = expression.len > 0;
        done = finds && find_words(casebook, filter, buf_str(&expression), &ids, err);
    } else {
        done = choose(filter, &after, &sql);
    }
    if (done) {
        sqlite3_stmt *statement = casebook_sql(
            casebook, err, sql, finds ? "tttiiiiiiit" : "tttiiiiiii", class, state, filter->rule_id,
            (int64_t)filter->hidden, (int64_t)!after.is_fraud, after.opened_ms, after.order_ms,
            after.id, limit, (int64_t)filter->offset, buf_str(&ids));
        done = take_rows(casebook, statement, row, context, err);
    }
    buf_fini(&expression);
    buf_fini(&ids);
    return done || !err_is_set(err);
}

/* Something of a case that there may be many of, read into the arena. */
struct reading {
    struct casebook *casebook;
    struct arena *arena;
    struct casebook_page *page;
    struct err *err;
};

static bool full(struct reading *in)
{
    return err_set(in->err, "the case is larger than there is room for");
}

static bool read_summary(struct reading *in, int64_t id, bool *found)
{
    struct buf excerpt = BUF_EMPTY;
    struct casebook_case *summary = &in->page->summary;
    sqlite3_stmt *statement =
        casebook_sql(in->casebook, in->err, SUMMARY "WHERE cases.id = ?1", "i", id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    bool done = step != SQL_FAILED;
    *found = step == SQL_ROW;
    if (*found) {
        done = take_summary(in->casebook, statement, &excerpt, summary, in->err);
        struct str *texts[] = {&summary->rule_id, &summary->rule_title, &summary->level,
                               &summary->claimed_by, &summary->excerpt};
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            *texts[i] = casebook_keep(in->arena, *texts[i]);
        }
    }
    casebook_sql_done(statement);
    buf_fini(&excerpt);
    return done;
}

static bool read_rules(struct reading *in, int64_t id)
{
    int64_t count;
    if (!casebook_sql_number(in->casebook, 0, &count, in->err,
                             "SELECT count(*) FROM case_rules WHERE case_id = ?1", "i", id)) {
        return false;
    }
    struct casebook_rule *rules = arena_array(in->arena, (size_t)count, sizeof *rules);
    sqlite3_stmt *statement = casebook_sql(
        in->casebook, in->err,
        "SELECT case_rules.rule_id, title, description, case_rules.level, case_rules.revision,"
        " evidence FROM case_rules JOIN cases ON cases.id = case_id WHERE case_id = ?1"
        " ORDER BY case_rules.rule_id <> cases.rule_id, case_rules.rule_id",
        "i", id);
    if (rules == NULL || statement == NULL) {
        casebook_sql_done(statement);
        return full(in);
    }
    bool done = true;
    enum casebook_step step = SQL_END;
    while (done && in->page->rule_count < (size_t)count &&
           (step = casebook_sql_step(in->casebook, statement, in->err)) == SQL_ROW) {
        struct casebook_rule *rule = &rules[in->page->rule_count++];
        rule->id = casebook_keep(in->arena, casebook_sql_text(statement, 0));
        rule->title = casebook_keep(in->arena, casebook_sql_text(statement, 1));
        rule->description = casebook_keep(in->arena, casebook_sql_text(statement, 2));
        rule->level = casebook_keep(in->arena, casebook_sql_text(statement, 3));
        rule->revision = casebook_sql_hash(statement, 4);
        done = casebook_evidence_read(in->arena, casebook_sql_text(statement, 5), &rule->evidence,
                                      &rule->evidence_count, in->err);
    }
    casebook_sql_done(statement);
    in->page->rules = rules;
    return done && step != SQL_FAILED;
}

static bool read_spans(struct reading *in, struct str json, struct casebook_post *post)
{
    json_t *list = json_loadb(json.len > 0 ? json.at : "", json.len, 0, NULL);
    size_t count = json_array_size(list);
    struct casebook_span *spans = arena_array(in->arena, count, sizeof *spans);
    bool done = list != NULL && spans != NULL;
    for (size_t i = 0; done && i < count; i++) {
        const json_t *one = json_array_get(list, i);
        struct str field = {json_string_value(json_array_get(one, 0)),
                            json_string_length(json_array_get(one, 0))};
        spans[i].field = casebook_keep(in->arena, field);
        spans[i].span.start = (size_t)json_integer_value(json_array_get(one, 1));
        spans[i].span.end = (size_t)json_integer_value(json_array_get(one, 2));
        size_t len = str_is(field, "title")  ? post->title.len
                     : str_is(field, "text") ? post->text.len
                                             : SIZE_MAX;
        done = spans[i].span.start <= spans[i].span.end && spans[i].span.end <= len;
    }
    json_decref(list);
    post->spans = spans;
    post->span_count = count;
    return done || casebook_sql_error(in->casebook, SQLITE_CORRUPT, in->err);
}

static bool read_links(struct reading *in, struct str json, struct casebook_post *post)
{
    json_t *list = json_loadb(json.len > 0 ? json.at : "", json.len, 0, NULL);
    size_t count = json_array_size(list);
    struct str *links = arena_array(in->arena, count, sizeof *links);
    bool done = list != NULL && links != NULL;
    for (size_t i = 0; done && i < count; i++) {
        const json_t *one = json_array_get(list, i);
        links[i] =
            casebook_keep(in->arena, (struct str){json_string_value(one), json_string_length(one)});
    }
    json_decref(list);
    post->links = links;
    post->link_count = count;
    return done || casebook_sql_error(in->casebook, SQLITE_CORRUPT, in->err);
}

static bool read_post(struct reading *in, sqlite3_stmt *row, struct casebook_post *post)
{
    struct str *texts[] = {&post->source, &post->id,   &post->url,    &post->title,
                           &post->text,   &post->lang, &post->ruleset};
    for (int i = 0; i < (int)(sizeof texts / sizeof *texts); i++) {
        struct str text = casebook_sql_text(row, i);
        *texts[i] = casebook_keep(in->arena, text);
        if (texts[i]->at == NULL) {
            return full(in);
        }
    }
    post->published_ms =
        sqlite3_column_type(row, 7) == SQLITE_NULL ? CLOCK_NEVER : casebook_sql_int(row, 7);
    post->flagged_ms = casebook_sql_int(row, 8);
    post->number = casebook_sql_int(row, 11);
    post->found = casebook_keep(in->arena, casebook_sql_text(row, 12));
    return read_spans(in, casebook_sql_text(row, 9), post) &&
           read_links(in, casebook_sql_text(row, 10), post);
}

static bool read_posts(struct reading *in, int64_t id)
{
    size_t copies = in->page->summary.copies, most = copies < POSTS_SHOWN ? copies : POSTS_SHOWN;
    struct casebook_post *posts = arena_array(in->arena, most, sizeof *posts);
    sqlite3_stmt *statement = casebook_sql(
        in->casebook, in->err,
        "SELECT source, item, url, title, text, lang, ruleset, published_ms, flagged_ms, spans,"
        " links, posts.id, found FROM posts JOIN content ON post_id = posts.id WHERE posts.id IN"
        " (SELECT id FROM (SELECT id FROM posts WHERE case_id = ?1 ORDER BY id LIMIT 50) UNION"
        " SELECT id FROM (SELECT id FROM posts WHERE case_id = ?1 ORDER BY id DESC LIMIT 50))"
        " ORDER BY posts.id",
        "i", id);
    if (posts == NULL || statement == NULL) {
        casebook_sql_done(statement);
        return full(in);
    }
    bool done = true;
    enum casebook_step step = SQL_END;
    while (done && in->page->post_count < most &&
           (step = casebook_sql_step(in->casebook, statement, in->err)) == SQL_ROW) {
        done = read_post(in, statement, &posts[in->page->post_count++]);
    }
    casebook_sql_done(statement);
    in->page->posts = posts;
    return done && step != SQL_FAILED;
}

/* The history without its joins: those are counted as copies. */
static bool read_events(struct reading *in, int64_t id)
{
    int64_t count;
    if (!casebook_sql_number(in->casebook, 0, &count, in->err,
                             "SELECT count(*) FROM log WHERE case_id = ?1 AND action <> 'join'"
                             " AND case_id > 0",
                             "i", id)) {
        return false;
    }
    struct casebook_event *events = arena_array(in->arena, (size_t)count, sizeof *events);
    sqlite3_stmt *statement =
        casebook_sql(in->casebook, in->err,
                     "SELECT seq, time_ms, actor, action, detail FROM log WHERE case_id = ?1"
                     " AND action <> 'join' AND case_id > 0 ORDER BY seq",
                     "i", id);
    if (events == NULL || statement == NULL) {
        casebook_sql_done(statement);
        return full(in);
    }
    enum casebook_step step = SQL_END;
    while (in->page->event_count < (size_t)count &&
           (step = casebook_sql_step(in->casebook, statement, in->err)) == SQL_ROW) {
        events[in->page->event_count++] = (struct casebook_event){
            .seq = casebook_sql_int(statement, 0),
            .time_ms = casebook_sql_int(statement, 1),
            .actor = casebook_keep(in->arena, casebook_sql_text(statement, 2)),
            .action = casebook_keep(in->arena, casebook_sql_text(statement, 3)),
            .detail = casebook_keep(in->arena, casebook_sql_text(statement, 4)),
        };
    }
    casebook_sql_done(statement);
    in->page->events = events;
    return step != SQL_FAILED;
}

static bool read_outcome(struct reading *in, int64_t id)
{
    sqlite3_stmt *statement = casebook_sql(
        in->casebook, in->err,
        "SELECT kind, proposal FROM proposals WHERE case_id = ?1 ORDER BY number DESC LIMIT 1", "i",
        id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    if (step == SQL_ROW) {
        in->page->proposal_kind = casebook_keep(in->arena, casebook_sql_text(statement, 0));
        in->page->proposal = casebook_keep(in->arena, casebook_sql_text(statement, 1));
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

bool casebook_show(struct casebook *casebook, int64_t id, struct arena *arena,
                   struct casebook_page *page, bool *found, struct err *err)
{
    *page = (struct casebook_page){.rule_count = 0};
    *found = false;
    struct reading in = {.casebook = casebook, .arena = arena, .page = page, .err = err};
    /* One snapshot: a page must not mix a case of now with a history of a moment ago. */
    bool own = sqlite3_get_autocommit(casebook->db) != 0;
    if (own && !casebook_sql_script(casebook, "BEGIN", err)) {
        return false;
    }
    bool done =
        read_summary(&in, id, found) &&
        (!*found || (read_rules(&in, id) && read_posts(&in, id) && read_events(&in, id) &&
                     read_outcome(&in, id) && casebook_show_more(casebook, id, arena, page, err)));
    if (own) {
        sqlite3_exec(casebook->db, "COMMIT", NULL, NULL, NULL);
    }
    return done;
}
