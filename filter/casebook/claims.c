#include "filter/casebook/claims.h"

#include <stdlib.h>
#include <string.h>

#include "feeds/review.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/case.h"
#include "filter/casebook/evidence.h"
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
    bool replaces; /* what the document says of a page is all there is on it */
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

/* What an earlier import knew of the pages of this one, and this one no longer holds. */
static bool forget_replaced(struct importing *in)
{
    bool done = casebook_sql_run(in->casebook, in->err,
                                 "DELETE FROM claim_words WHERE rowid IN (SELECT id FROM claims"
                                 " WHERE NOT is_gone AND import < ?1 AND url IN"
                                 " (SELECT url FROM claims WHERE import = ?1))",
                                 "i", in->report->import) &&
                casebook_sql_run(in->casebook, in->err,
                                 "UPDATE claims SET is_gone = 1 WHERE NOT is_gone AND import < ?1"
                                 " AND url IN (SELECT url FROM claims WHERE import = ?1)",
                                 "i", in->report->import);
    in->report->gone += done ? (size_t)sqlite3_changes(in->casebook->db) : 0;
    return done;
}

static bool take(void *context, const struct feeds_review *review)
{
    struct importing *in = context;
    struct str publisher = rule_checkers_of(in->checkers, review->url);
    if (review->url.len > URL_MOST || publisher.len == 0) {
        return refuse(in, review->line,
                      "its url is no https page of a fact-checker of allow/fact-checkers.txt");
    }
    if (review->is_withdrawn) {
        return forget_page(in->casebook, review->url, &in->report->gone, in->err);
    }
    struct casebook_claim claim = {
        .url = review->url,
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

/* A live case of class claim may rest on a review that no longer stands; all are asked. */
static bool find_fallen(struct casebook *casebook, struct arena *arena, int64_t **ids,
                        size_t *count, struct err *err)
{
    size_t room = 0;
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT case_id, evidence FROM case_rules JOIN cases ON cases.id = case_id"
                     " WHERE class = 'claim' AND state NOT IN"
                     " ('dismissed', 'rejected', 'lapsed', 'withdrawn', 'closed', 'void', 'purged')"
                     " ORDER BY case_id",
                     "");
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        const struct rule_evidence *evidence;
        size_t pieces;
        bool stand = true;
        int64_t id = casebook_sql_int(statement, 0);
        arena_reset(arena);
        if (!casebook_evidence_read(arena, casebook_sql_text(statement, 1), &evidence, &pieces,
                                    err) ||
            !casebook_claims_stand(casebook, evidence, pieces, &stand, err)) {
            step = SQL_FAILED;
            break;
        }
        if (!stand && (*count == 0 || (*ids)[*count - 1] != id)) {
            mem_grow(ids, &room, *count + 1, sizeof **ids);
            (*ids)[(*count)++] = id;
        }
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

static bool void_fallen(struct casebook *casebook, size_t *voided, struct err *err)
{
    struct arena *arena = arena_new(32 << 20);
    int64_t *ids = NULL;
    size_t count = 0;
    bool done = find_fallen(casebook, arena, &ids, &count, err);
    for (size_t i = 0; done && i < count; i++) {
        bool is_void = false;
        arena_reset(arena);
        done = casebook_case_void(casebook, arena, ids[i],
                                  "the review it rests on was changed or withdrawn", &is_void, err);
        *voided += is_void ? 1 : 0;
    }
    free(ids);
    arena_free(arena);
    return done;
}

static bool log_import(struct casebook *casebook, const struct casebook_claims_report *report,
                       struct str document, struct str reason, struct err *err)
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
    return casebook_log(casebook, STR("operator"), "claims", 0, detail, err);
}

static bool finish(struct casebook *casebook, struct casebook_claims_report *report,
                   struct str document, struct str reason, struct err *err)
{
    bool is_news = report->added + report->changed + report->gone > 0;
    return !is_news || (void_fallen(casebook, &report->voided, err) &&
                        log_import(casebook, report, document, reason, err));
}

bool casebook_claims_import(struct casebook *casebook, const struct rule_checkers *checkers,
                            struct str document, casebook_claims_bad *bad, void *context,
                            struct casebook_claims_report *report, struct err *err)
{
    *report = (struct casebook_claims_report){.added = 0};
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
    bool done = casebook_time(casebook, &in.now_ms, err) &&
                casebook_sql_number(casebook, 1, &report->import, err,
                                    "SELECT max(import) + 1 FROM claims", "") &&
                feeds_review_read(document, take, bad_line, &in, err) && !err_is_set(err) &&
                (!in.replaces || forget_replaced(&in)) &&
                finish(casebook, report, document, STR(""), err);
    done = casebook_sql_leave(casebook, done, err);
    struct buf *const bufs[] = {&in.claim, &in.title, &in.rating, &in.words, &in.found_by};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) {
        buf_fini(bufs[i]);
    }
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
                finish(casebook, report, STR(""), reason, err);
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
