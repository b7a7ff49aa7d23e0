#include "filter/casebook/captures.h"

#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/casebook/case.h"
#include "filter/casebook/gather.h"
#include "filter/casebook/sql.h"
#include "filter/text/url.h"

enum { PAGE_BYTES = 64 << 20 };

/*
 * Whether `url` is the wanted page or, with `is_site`, any page of its registrable domain. A post
 * may be on a platform with everybody else's posts: it alone is the case's, not its site.
 */
static bool is_same(const struct url *wanted, struct str url, bool is_site)
{
    struct buf canonical = BUF_EMPTY;
    struct url parts;
    struct err err = ERR_NONE;
    bool same = url.len > 0 && url_canonical(url, &canonical, &parts, &err) &&
                (str_equal(parts.whole, wanted->whole) ||
                 (is_site && str_equal(parts.domain, wanted->domain)));
    buf_fini(&canonical);
    return same;
}

bool casebook_is_of_posts(const struct casebook *casebook, const struct casebook_page *page,
                          const struct url *wanted)
{
    /* Of a site that nobody shares all pages are the case's; else the linked page alone. */
    bool is_site = casebook_own_domain(casebook, wanted->domain);
    for (size_t i = 0; i < page->post_count; i++) {
        const struct casebook_post *post = &page->posts[i];
        if (is_same(wanted, post->url, false)) {
            return true;
        }
        for (size_t k = 0; k < post->link_count; k++) {
            if (is_same(wanted, post->links[k], is_site)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_of_case(const struct casebook *casebook, const struct casebook_page *page,
                       const struct url *wanted)
{
    if (casebook_is_of_posts(casebook, page, wanted)) {
        return true;
    }
    for (size_t i = 0; i < page->rule_count; i++) {
        for (size_t k = 0; k < page->rules[i].evidence_count; k++) {
            if (is_same(wanted, page->rules[i].evidence[k].url, false)) {
                return true;
            }
        }
    }
    return false;
}

static bool may_person(struct casebook *casebook, struct str name, struct arena *arena,
                       struct err *err)
{
    struct casebook_member member;
    bool found;
    if (!casebook_member_find(casebook, arena, name, &member, &found, err)) {
        return false;
    }
    bool may = found && !member.is_disabled &&
               (member.role == ROLE_TEAM || member.role == ROLE_INDEPENDENT ||
                member.role == ROLE_APPEALS);
    return may ||
           err_set(err, "only a reviewer, an approver or the appeal panel captures evidence");
}

static bool may_case(struct casebook *casebook, struct arena *arena, int64_t case_id,
                     const struct url *wanted, struct err *err)
{
    struct casebook_page page;
    bool found;
    int64_t count;
    if (!casebook_show(casebook, case_id, arena, &page, &found, err) ||
        !casebook_sql_number(casebook, 0, &count, err,
                             "SELECT count(*) FROM captures WHERE case_id = ?1", "i", case_id)) {
        return false;
    }
    if (!found || page.post_count == 0) {
        return err_set(err, "there is no such case, or its content is purged");
    }
    if (count >= CASEBOOK_CAPTURES_MOST) {
        return err_set(err, "the case has %d captures, the most there can be",
                       CASEBOOK_CAPTURES_MOST);
    }
    return is_of_case(casebook, &page, wanted) ||
           err_set(err, "the page is none of this case: no post of it links to its site, and its "
                        "rule's evidence does not name it");
}

static bool may_capture(struct casebook *casebook, struct str name, int64_t case_id, struct str url,
                        struct buf *canonical, struct err *err)
{
    struct arena *arena = arena_new(PAGE_BYTES);
    struct url parts;
    struct err failure = ERR_NONE;
    bool may = may_person(casebook, name, arena, err) &&
               url_canonical(url, canonical, &parts, err) &&
               may_case(casebook, arena, case_id, &parts, err);
    arena_free(arena);
    if (!may &&
        !casebook_log_refusal(casebook, name, "evidence", case_id, err->message, &failure)) {
        *err = failure;
    }
    return may;
}

bool casebook_capture_may(struct casebook *casebook, const struct casebook_session *session,
                          int64_t case_id, struct str url, struct buf *canonical, struct err *err)
{
    return may_capture(casebook, casebook_session_name(session), case_id, url, canonical, err);
}

static bool keep(struct casebook *casebook, const struct casebook_capture *capture, struct str warc,
                 struct err *err)
{
    char hex[HASH_HEX];
    json_t *detail = json_pack("{sssIsI}", "sha256", hash_format(&capture->sha256, hex), "bytes",
                               (json_int_t)capture->size, "status", (json_int_t)capture->status);
    return casebook_log(casebook, capture->person, "evidence", capture->case_id, detail, err) &&
           casebook_sql_run(casebook, err,
                            "INSERT INTO captures VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                            "itiihitb", capture->case_id, capture->url, capture->time_ms,
                            (int64_t)capture->status, &capture->sha256, (int64_t)capture->size,
                            capture->person, warc);
}

bool casebook_capture_keep(struct casebook *casebook, struct str person, int64_t case_id,
                           struct str url, long status, struct str warc,
                           struct casebook_capture *capture, struct err *err)
{
    struct buf canonical = BUF_EMPTY;
    *capture = (struct casebook_capture){.case_id = case_id,
                                         .status = status,
                                         .person = person,
                                         .sha256 = hash_sha256(warc),
                                         .size = warc.len};
    if (warc.len > CASEBOOK_CAPTURE_BYTES_MOST) {
        return err_set(err, "the capture has more than %d MiB", CASEBOOK_CAPTURE_BYTES_MOST >> 20);
    }
    bool done = may_capture(casebook, person, case_id, url, &canonical, err) &&
                casebook_sql_enter(casebook, err);
    if (done) {
        capture->url = buf_str(&canonical);
        done =
            casebook_time(casebook, &capture->time_ms, err) && keep(casebook, capture, warc, err);
        capture->id = sqlite3_last_insert_rowid(casebook->db);
        done = casebook_sql_leave(casebook, done, err);
    }
    capture->url = url;
    buf_fini(&canonical);
    return done;
}

bool casebook_capture_add(struct casebook *casebook, const struct casebook_session *session,
                          int64_t case_id, struct str url, long status, struct str warc,
                          struct casebook_capture *capture, struct err *err)
{
    return casebook_capture_keep(casebook, casebook_session_name(session), case_id, url, status,
                                 warc, capture, err);
}

static struct casebook_capture read_capture(sqlite3_stmt *statement)
{
    return (struct casebook_capture){
        .id = casebook_sql_int(statement, 0),
        .url = casebook_sql_text(statement, 1),
        .time_ms = casebook_sql_int(statement, 2),
        .status = (long)casebook_sql_int(statement, 3),
        .sha256 = casebook_sql_hash(statement, 4),
        .size = (size_t)casebook_sql_int(statement, 5),
        .person = casebook_sql_text(statement, 6),
        .case_id = casebook_sql_int(statement, 7),
    };
}

#define COLUMNS "id, url, time_ms, status, sha256, size, person, case_id"

bool casebook_captures(struct casebook *casebook, int64_t case_id,
                       void (*each)(void *context, const struct casebook_capture *capture),
                       void *context, struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err, "SELECT " COLUMNS " FROM captures WHERE case_id = ?1 ORDER BY id", "i",
        case_id);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        const struct casebook_capture capture = read_capture(statement);
        each(context, &capture);
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

bool casebook_capture_read(struct casebook *casebook, const struct hash *sha256, struct buf *out,
                           bool *found, struct err *err)
{
    *found = false;
    sqlite3_stmt *statement = casebook_sql(
        casebook, err, "SELECT warc FROM captures WHERE sha256 = ?1 LIMIT 1", "h", sha256);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    bool done = step != SQL_FAILED;
    if (step == SQL_ROW) {
        struct str warc = casebook_sql_blob(statement, 0);
        struct hash hash = hash_sha256(warc);
        *found = memcmp(&hash, sha256, sizeof hash) == 0;
        done =
            *found || err_set(err, "the capture in the casebook has another hash: it is damaged");
        if (done) {
            buf_put_str(out, warc);
        }
    }
    casebook_sql_done(statement);
    return done;
}

bool casebook_capture_find(struct casebook *casebook, const struct hash *sha256,
                           struct arena *arena, struct casebook_capture *capture, bool *found,
                           struct err *err)
{
    *found = false;
    sqlite3_stmt *statement = casebook_sql(
        casebook, err, "SELECT " COLUMNS " FROM captures WHERE sha256 = ?1 ORDER BY id LIMIT 1",
        "h", sha256);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    if (step == SQL_ROW) {
        *capture = read_capture(statement);
        capture->url = casebook_keep(arena, capture->url);
        capture->person = casebook_keep(arena, capture->person);
        *found = true;
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}
