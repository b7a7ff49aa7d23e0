#include "filter/casebook/claims.h"

#include <stdlib.h>
#include <string.h>

#include "feeds/report.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/case.h"
#include "filter/casebook/claims_pages.h"
#include "filter/casebook/evidence.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/search.h"
#include "filter/casebook/sql.h"
#include "filter/rule/checkers.h"
#include "filter/text/utf8.h"

enum { URL_MOST = 2048, CLAIM_MOST = 4000, TITLE_MOST = 1000, RATING_MOST = 200 };

struct importing {
    struct casebook *casebook;
    const struct rule_checkers *checkers;
    casebook_claims_bad *bad;
    void *context;
    struct casebook_claims_report *report;
    int64_t now_ms;
    bool replaces;                   /* what the document says of a page is all there is on it */
    const struct feeds_report *from; /* NULL: the operator, who speaks for all */
    struct str publisher;            /* of the page that the report is from; empty: of none */
    struct buf own;                  /* the page that the report is of; empty: none */
    struct buf claim, title, rating, words, found_by; /* of the review at hand */
    struct err *err;
};

/* On one line, control characters as spaces, at most `most` bytes. */
static struct str clean(struct buf *out, struct str text, size_t most)
{
    size_t len = text.len < most ? text.len : most;
    while (!utf8_is_boundary(text, len)) {
        len--;
    }
    buf_clear(out);
    buf_put(out, "", 0);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        buf_put_char(out, c < ' ' || c == 0x7f ? ' ' : (char)c);
    }
    return str_trim(buf_str(out));
}

static void bad_line(void *context, unsigned line, const char *why)
{
    struct importing *in = context;
    in->report->refused++;
    in->bad(in->context, line, why);
}

static bool refuse(struct importing *in, unsigned line, const char *why)
{
    bad_line(in, line, why);
    return true; /* the others are looked at */
}

/* Takes its words out of the index: it is found no more. */
static bool unindex(struct casebook *casebook, int64_t id, struct err *err)
{
    return casebook_sql_run(casebook, err, "DELETE FROM claim_words WHERE rowid = ?1", "i", id);
}

static bool index_words(struct importing *in, int64_t id)
{
    return unindex(in->casebook, id, in->err) &&
           casebook_sql_run(in->casebook, in->err,
                            "INSERT INTO claim_words (rowid, words) VALUES (?1, ?2)", "it", id,
                            buf_str(&in->found_by));
}

static bool insert(struct importing *in, const struct casebook_claim *claim)
{
    in->report->added++;
    return casebook_sql_run(
               in->casebook, in->err,
               "INSERT INTO claims VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0)",
               "ttttttiiii", claim->url, claim->publisher, claim->claim, buf_str(&in->words),
               claim->title, claim->rating, (int64_t)claim->is_false, claim->rated_ms, in->now_ms,
               in->report->import) &&
           index_words(in, sqlite3_last_insert_rowid(in->casebook->db));
}

static bool update(struct importing *in, const struct casebook_claim *claim, int64_t id)
{
    return casebook_sql_run(in->casebook, in->err,
                            "UPDATE claims SET publisher = ?2, claim = ?3, title = ?4, rating = ?5,"
                            " is_false = ?6, rated_ms = ?7, seen_ms = ?8, import = ?9, is_gone = 0"
                            " WHERE id = ?1",
                            "ittttiiii", id, claim->publisher, claim->claim, claim->title,
                            claim->rating, (int64_t)claim->is_false, claim->rated_ms, in->now_ms,
                            in->report->import) &&
           index_words(in, id);
}

/* What is known of this page and claim: 0 if nothing; whether it says the same. */
static bool known(struct importing *in, const struct casebook_claim *claim, int64_t *id,
                  bool *is_same)
{
    sqlite3_stmt *statement = casebook_sql(
        in->casebook, in->err,
        "SELECT id, rating = ?3 AND title = ?4 AND rated_ms = ?5 AND NOT is_gone"
        " FROM claims WHERE url = ?1 AND words = ?2",
        "tttti", claim->url, buf_str(&in->words), claim->rating, claim->title, claim->rated_ms);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    *id = step == SQL_ROW ? casebook_sql_int(statement, 0) : 0;
    *is_same = step == SQL_ROW && casebook_sql_int(statement, 1) != 0;
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

static bool put(struct importing *in, const struct casebook_claim *claim)
{
    int64_t id;
    bool is_same;
    if (!known(in, claim, &id, &is_same)) {
        return false;
    }
    if (id == 0) {
        return insert(in, claim);
    }
    if (!is_same) {
        in->report->changed++;
        return update(in, claim, id);
    }
    in->report->same++;
    return casebook_sql_run(in->casebook, in->err,
                            "UPDATE claims SET seen_ms = ?2, import = ?3 WHERE id = ?1", "iii", id,
                            in->now_ms, in->report->import);
}

/* What is gone is found no more, and no rule stands on it. */
static bool forget_page(struct casebook *casebook, struct str url, size_t *gone, struct err *err)
{
    bool done =
        casebook_sql_run(casebook, err,
                         "DELETE FROM claim_words WHERE rowid IN (SELECT id FROM claims"
                         " WHERE url = ?1 AND NOT is_gone)",
                         "t", url) &&
        casebook_sql_run(casebook, err,
                         "UPDATE claims SET is_gone = 1 WHERE url = ?1 AND NOT is_gone", "t", url);
    *gone += done ? (size_t)sqlite3_changes(casebook->db) : 0;
    return done;
}

/*
 * What an earlier import knew of the pages of this one, and this one no longer holds: of all its
 * pages, or of the one that it was read from.
 */
static bool forget_replaced(struct importing *in)
{
    struct str only = buf_str(&in->own);
    bool done = casebook_sql_run(in->casebook, in->err,
                                 "DELETE FROM claim_words WHERE rowid IN (SELECT id FROM claims"
                                 " WHERE NOT is_gone AND import < ?1 AND (?2 = '' OR url = ?2) AND"
                                 " url IN (SELECT url FROM claims WHERE import = ?1))",
                                 "it", in->report->import, only) &&
                casebook_sql_run(in->casebook, in->err,
                                 "UPDATE claims SET is_gone = 1 WHERE NOT is_gone AND import < ?1"
                                 " AND (?2 = '' OR url = ?2) AND"
                                 " url IN (SELECT url FROM claims WHERE import = ?1)",
                                 "it", in->report->import, only);
    in->report->gone += done ? (size_t)sqlite3_changes(in->casebook->db) : 0;
    return done;
}

/* Whether two addresses are of one page: a slash at the end and a fragment are no difference. */
static bool is_same_page(struct str one, struct str other)
{
    struct str pages[] = {one, other};
    for (int i = 0; i < 2; i++) {
        const char *mark = pages[i].len > 0 ? memchr(pages[i].at, '#', pages[i].len) : NULL;
        pages[i].len = mark != NULL ? (size_t)(mark - pages[i].at) : pages[i].len;
        pages[i].len -= pages[i].len > 0 && pages[i].at[pages[i].len - 1] == '/';
    }
    return pages[0].len > 0 && str_equal(pages[0], pages[1]);
}

/* The page that a review is of: of one that was looked at again the address that is known. */
static struct str page_of(struct importing *in, struct str url)
{
    const struct feeds_report *from = in->from;
    if (from == NULL || (!is_same_page(url, from->at) && !is_same_page(url, from->page))) {
        return url;
    }
    url = from->page.len > 0 ? from->page : url;
    if (in->own.len == 0) {
        buf_put_str(&in->own, url);
    }
    return buf_str(&in->own);
}

/* NULL: it may. */
static const char *why_not(const struct importing *in, struct str url, struct str publisher)
{
    if (url.len > URL_MOST || publisher.len == 0) {
        return "its url is no https page of a fact-checker of allow/fact-checkers.txt";
    }
    if (in->from != NULL && !in->from->is_own && !str_equal(in->publisher, publisher)) {
        return "it is of another fact-checker's page than the site that says so";
    }
    return NULL;
}

static bool take(void *context, const struct feeds_review *review)
{
    struct importing *in = context;
    struct str url = page_of(in, review->url);
    struct str publisher = rule_checkers_of(in->checkers, url);
    const char *why = why_not(in, url, publisher);
    if (why != NULL) {
        return refuse(in, review->line, why);
    }
    if (review->is_withdrawn) {
        return forget_page(in->casebook, url, &in->report->gone, in->err);
    }
    struct casebook_claim claim = {
        .url = url,
        .publisher = publisher,
        .claim = clean(&in->claim, review->claim, CLAIM_MOST),
        .title = clean(&in->title, review->title, TITLE_MOST),
        .rating = clean(&in->rating, review->rating, RATING_MOST),
        .rated_ms = review->rated_ms,
        .is_false = review->is_lowest,
    };
    if (claim.rating.len == 0) {
        return refuse(in, review->line, "it has no rating (\"reviewRating\")");
    }
    claim.is_false = claim.is_false || rule_rating_is_false(claim.rating);
    buf_clear(&in->words);
    casebook_stems_put(in->casebook, claim.claim, &in->words);
    if (in->words.len == 0) {
        return refuse(in, review->line, "it does not say what was claimed (\"claimReviewed\")");
    }
    buf_clear(&in->found_by);
    buf_put_str(&in->found_by, buf_str(&in->words));
    if (!str_equal(claim.title, claim.claim)) {
        casebook_stems_put(in->casebook, claim.title, &in->found_by);
    }
    in->replaces = in->replaces && !review->is_partial;
    return put(in, &claim);
}

#define OF_LIVE_CLAIMS                                                                             \
    " FROM cases JOIN case_rules ON case_id = cases.id WHERE class = 'claim' AND state IN"         \
    " " CASEBOOK_LIVE

/* Evidence that stood when a case was opened, as it is kept; each text once. */
struct bases {
    struct buf text;
    size_t *ends;
    size_t count, room;
};

/*
 * The evidence of live cases of class claim that no longer stands. Cases are many and their rules
 * few, so each evidence is asked about once.
 */
static bool find_fallen(struct casebook *casebook, struct arena *arena, struct bases *fallen,
                        struct err *err)
{
    sqlite3_stmt *statement =
        casebook_sql(casebook, err, "SELECT DISTINCT evidence" OF_LIVE_CLAIMS, "");
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        const struct rule_evidence *evidence;
        size_t pieces;
        bool stand = true;
        arena_reset(arena);
        if (!casebook_evidence_read(arena, casebook_sql_text(statement, 0), &evidence, &pieces,
                                    err) ||
            !casebook_claims_stand(casebook, evidence, pieces, &stand, err)) {
            step = SQL_FAILED;
            break;
        }
        if (!stand) {
            mem_grow(&fallen->ends, &fallen->room, fallen->count + 1, sizeof *fallen->ends);
            buf_put_str(&fallen->text, casebook_sql_text(statement, 0));
            fallen->ends[fallen->count++] = fallen->text.len;
        }
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

static bool find_cases(struct casebook *casebook, struct str evidence, int64_t **ids, size_t *count,
                       struct err *err)
{
    size_t room = *count;
    sqlite3_stmt *statement = casebook_sql(casebook, err,
                                           "SELECT DISTINCT cases.id" OF_LIVE_CLAIMS
                                           " AND evidence = ?1 ORDER BY cases.id",
                                           "t", evidence);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        mem_grow(ids, &room, *count + 1, sizeof **ids);
        (*ids)[(*count)++] = casebook_sql_int(statement, 0);
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

static bool void_fallen(struct casebook *casebook, size_t *voided, struct err *err)
{
    struct arena *arena = arena_new(32 << 20);
    int64_t *ids = NULL;
    size_t count = 0;
    struct bases fallen = {.count = 0};
    bool done = find_fallen(casebook, arena, &fallen, err);
    for (size_t i = 0; done && i < fallen.count; i++) {
        size_t from = i > 0 ? fallen.ends[i - 1] : 0;
        done = find_cases(casebook, str_part(buf_str(&fallen.text), from, fallen.ends[i]), &ids,
                          &count, err);
    }
    for (size_t i = 0; done && i < count; i++) {
        bool is_void = false;
        arena_reset(arena);
        done = casebook_case_void(casebook, arena, ids[i],
                                  "the review it rests on was changed or withdrawn", &is_void, err);
        *voided += is_void ? 1 : 0;
    }
    free(ids);
    free(fallen.ends);
    buf_fini(&fallen.text);
    arena_free(arena);
    return done;
}

static bool log_import(struct casebook *casebook, const struct casebook_claims_report *report,
                       const struct feeds_report *from, struct str document, struct str reason,
                       struct err *err)
{
    char hex[HASH_HEX];
    struct hash hash = hash_sha256(document);
    json_t *detail =
        json_pack("{sisisisi}", "added", (int)report->added, "changed", (int)report->changed,
                  "gone", (int)report->gone, "voided", (int)report->voided);
    if (document.len > 0) {
        json_object_set_new(detail, "sha256", json_string(hash_format(&hash, hex)));
    }
    if (reason.len > 0) {
        json_object_set_new(detail, "reason", json_stringn(reason.at, reason.len));
    }
    if (from != NULL && from->page.len > 0) {
        json_object_set_new(detail, "page", casebook_json_str(from->page));
        json_object_set_new(detail, "status", json_integer(from->status));
    } else if (from != NULL) {
        json_object_set_new(detail, "source", casebook_json_str(from->source));
    }
    return casebook_log(casebook, from != NULL ? CASEBOOK_MACHINE : STR("operator"), "claims", 0,
                        detail, err);
}

static bool finish(struct casebook *casebook, struct casebook_claims_report *report,
                   const struct feeds_report *from, struct str document, struct str reason,
                   struct err *err)
{
    bool is_news = report->added + report->changed + report->gone > 0;
    return !is_news || (void_fallen(casebook, &report->voided, err) &&
                        log_import(casebook, report, from, document, reason, err));
}

static void close_import(struct importing *in)
{
    struct buf *const bufs[] = {&in->claim, &in->title,    &in->rating,
                                &in->words, &in->found_by, &in->own};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) {
        buf_fini(bufs[i]);
    }
}

/* Within a transaction. */
static bool begin_import(struct importing *in)
{
    *in->report = (struct casebook_claims_report){.added = 0};
    return casebook_time(in->casebook, &in->now_ms, in->err) &&
           casebook_sql_number(in->casebook, 1, &in->report->import, in->err,
                               "SELECT max(import) + 1 FROM claims", "");
}

bool casebook_claims_import(struct casebook *casebook, const struct rule_checkers *checkers,
                            struct str document, casebook_claims_bad *bad, void *context,
                            struct casebook_claims_report *report, struct err *err)
{
    struct importing in = {.casebook = casebook,
                           .checkers = checkers,
                           .bad = bad,
                           .context = context,
                           .report = report,
                           .replaces = true,
                           .err = err};
    if (!casebook_sql_enter(casebook, err)) {
        return false;
    }
    bool done = begin_import(&in) && feeds_review_read(document, take, bad_line, &in, err) &&
                !err_is_set(err) && (!in.replaces || forget_replaced(&in)) &&
                finish(casebook, report, NULL, document, STR(""), err);
    done = casebook_sql_leave(casebook, done, err);
    close_import(&in);
    return done;
}

/* A rule may rest on a page of which no review was taken in: then that it is gone is all we know.
 */
static bool forget_known(struct importing *in, struct str url)
{
    size_t *gone = &in->report->gone;
    if (!forget_page(in->casebook, url, gone, in->err) ||
        !casebook_sql_run(in->casebook, in->err,
                          "INSERT INTO claims SELECT NULL, ?1, '', '', '', '', '', 0, ?2, ?3, 0, 1"
                          " WHERE NOT EXISTS (SELECT 1 FROM claims WHERE url = ?1)",
                          "tii", url, CLOCK_NEVER, in->now_ms)) {
        return false;
    }
    *gone += (size_t)sqlite3_changes(in->casebook->db);
    return true;
}

/* A page without a review on it, or that did not answer, says nothing of what was there. */
static bool take_reviews(struct importing *in, struct str reviews)
{
    struct err why = ERR_NONE;
    if (reviews.len == 0) {
        return true;
    }
    bool is_read = feeds_review_read(reviews, take, bad_line, in, &why);
    if (err_is_set(in->err)) {
        return false; /* the casebook's: of the reviews each was told */
    }
    if (!is_read) {
        bad_line(in, 0, why.message);
        return true;
    }
    in->replaces = in->replaces && !in->from->is_part &&
                   (in->own.len > 0 || (in->from->is_own && in->from->page.len == 0));
    return !in->replaces || forget_replaced(in);
}

bool casebook_claims_report(struct casebook *casebook, const struct rule_checkers *checkers,
                            struct str bytes, casebook_claims_bad *bad, void *context,
                            struct casebook_claims_report *report, struct err *err)
{
    struct feeds_report from;
    struct buf text = BUF_EMPTY;
    struct str reviews;
    struct err why = ERR_NONE;
    bool is_gone = false;
    struct importing in = {.casebook = casebook,
                           .checkers = checkers,
                           .bad = bad,
                           .context = context,
                           .report = report,
                           .replaces = true,
                           .from = &from,
                           .err = err};
    *report = (struct casebook_claims_report){.added = 0};
    if (!feeds_report_read(bytes, &from, &text, &reviews, &why)) {
        bad_line(&in, 0, why.message);
        buf_fini(&text);
        return true;
    }
    in.publisher = rule_checkers_of(checkers, from.at);
    bool done = casebook_sql_enter(casebook, err);
    if (done) {
        done = begin_import(&in) &&
               casebook_claims_looked(casebook, &from, in.now_ms, &is_gone, err) &&
               take_reviews(&in, reviews) && (!is_gone || forget_known(&in, from.page)) &&
               finish(casebook, report, &from, bytes, STR(""), err);
        done = casebook_sql_leave(casebook, done, err);
    }
    close_import(&in);
    buf_fini(&text);
    return done;
}

bool casebook_claims_withdraw(struct casebook *casebook, struct str url, struct str reason,
                              struct casebook_claims_report *report, struct err *err)
{
    *report = (struct casebook_claims_report){.added = 0};
    if (!casebook_check_words(reason, "the reason", 3, CASEBOOK_STATEMENT_MOST, err) ||
        !casebook_sql_enter(casebook, err)) {
        return false;
    }
    bool done = forget_page(casebook, url, &report->gone, err) &&
                finish(casebook, report, NULL, STR(""), reason, err);
    return casebook_sql_leave(casebook, done, err);
}

/* One review: the very claim's row decides; of a claim in other words any of its page does. */
static bool review_stands(struct casebook *casebook, const struct rule_evidence *one,
                          struct buf *words, bool *stands, struct err *err)
{
    int64_t known, exact, holds;
    buf_clear(words);
    casebook_stems_put(casebook, one->claim, words);
    *stands = true;
    if (!casebook_sql_number(casebook, 0, &known, err, "SELECT count(*) FROM claims WHERE url = ?1",
                             "t", one->url)) {
        return false;
    }
    if (known == 0) {
        return true;
    }
    if (!casebook_sql_number(casebook, 0, &exact, err,
                             "SELECT count(*) FROM claims WHERE url = ?1 AND words = ?2", "tt",
                             one->url, buf_str(words)) ||
        !casebook_sql_number(
            casebook, 0, &holds, err,
            "SELECT count(*) FROM claims WHERE url = ?1 AND is_false AND NOT is_gone"
            " AND (?3 = 0 OR words = ?2)",
            "tti", one->url, buf_str(words), exact)) {
        return false;
    }
    *stands = holds > 0;
    return true;
}

bool casebook_claims_stand(struct casebook *casebook, const struct rule_evidence *evidence,
                           size_t count, bool *stand, struct err *err)
{
    struct buf words = BUF_EMPTY;
    bool done = true;
    *stand = true;
    for (size_t i = 0; done && *stand && i < count; i++) {
        done =
            evidence[i].claim.len == 0 || review_stands(casebook, &evidence[i], &words, stand, err);
    }
    buf_fini(&words);
    return done;
}
