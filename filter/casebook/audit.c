#include "filter/casebook/audit.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/log.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/sql.h"
#include "filter/casebook/walk.h"

enum { HEAD_BYTES = 1024 };

#define COLUMNS "seq, time_ms, actor, action, case_id, detail, hash"

json_t *casebook_json_str(struct str text)
{
    json_t *value = json_stringn(text.len > 0 ? text.at : "", text.len);
    return value != NULL ? value : json_string("");
}

json_t *casebook_json_hash(const struct hash *hash)
{
    char hex[HASH_HEX];
    return json_string(hash_format(hash, hex));
}

struct str casebook_json_text(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return (struct str){json_string_value(value), json_string_length(value)};
}

static void put_row(const struct casebook_row *row, const char *hash_name, const struct hash *hash,
                    struct buf *out)
{
    bool is_last = strcmp(hash_name, "prev") == 0;
    assert(is_last || strcmp(hash_name, "hash") == 0);
    buf_reserve(out, 256 + row->detail.len);
    buf_put_string(out, "{\"action\":");
    buf_put_json(out, row->action);
    buf_put_string(out, ",\"actor\":");
    buf_put_json(out, row->actor);
    buf_put_string(out, ",\"case\":");
    buf_put_int(out, row->case_id);
    buf_put_string(out, ",\"detail\":");
    buf_put_str(out, row->detail);
    buf_put_string(out, ",\"");
    buf_put_string(out, hash_name);
    buf_put_string(out, "\":\"");
    buf_put_hex(out, hash->bytes, sizeof hash->bytes);
    buf_put_string(out, "\",\"seq\":");
    buf_put_int(out, row->seq);
    buf_put_string(out, ",\"time\":");
    buf_put_int(out, row->time_ms);
    buf_put_char(out, '}');
}

void casebook_row_bytes(const struct casebook_row *row, const struct hash *before, struct buf *out)
{
    put_row(row, "prev", before, out);
}

void casebook_audit_format(const struct casebook_row *row, struct buf *out)
{
    put_row(row, "hash", &row->hash, out);
}

static struct casebook_row row_of(sqlite3_stmt *statement)
{
    return (struct casebook_row){
        .seq = casebook_sql_int(statement, 0),
        .time_ms = casebook_sql_int(statement, 1),
        .actor = casebook_sql_text(statement, 2),
        .action = casebook_sql_text(statement, 3),
        .case_id = casebook_sql_int(statement, 4),
        .detail = casebook_sql_text(statement, 5),
        .hash = casebook_sql_hash(statement, 6),
    };
}

/* The last row's number, time and hash; zeros in an empty log. */
static bool read_last(struct casebook *casebook, struct casebook_row *last, struct err *err)
{
    *last = (struct casebook_row){.seq = 0};
    sqlite3_stmt *statement = casebook_sql(
        casebook, err, "SELECT seq, time_ms, hash FROM log ORDER BY seq DESC LIMIT 1", "");
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    if (step == SQL_ROW) {
        last->seq = casebook_sql_int(statement, 0);
        last->time_ms = casebook_sql_int(statement, 1);
        last->hash = casebook_sql_hash(statement, 2);
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

bool casebook_log(struct casebook *casebook, struct str actor, const char *action, int64_t case_id,
                  json_t *detail, struct err *err)
{
    assert(casebook->depth > 0);
    struct casebook_row last;
    struct buf text = BUF_EMPTY, bytes = BUF_EMPTY;
    bool done = read_last(casebook, &last, err) && canonical_json(detail, &text, err);
    if (done) {
        int64_t now = clock_now_ms(casebook->clock);
        struct casebook_row row = {
            .seq = last.seq + 1,
            .time_ms = now > last.time_ms ? now : last.time_ms,
            .actor = actor,
            .action = str_of(action),
            .case_id = case_id,
            .detail = buf_str(&text),
        };
        casebook_row_bytes(&row, &last.hash, &bytes);
        row.hash = hash_sha256(buf_str(&bytes));
        done = casebook_sql_run(casebook, err,
                                "INSERT INTO log (" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                                "iittith", row.seq, row.time_ms, row.actor, row.action, row.case_id,
                                row.detail, &row.hash);
    }
    json_decref(detail);
    buf_fini(&text);
    buf_fini(&bytes);
    return done;
}

bool casebook_clock_went_back(struct casebook *casebook, bool *went_back, struct err *err)
{
    struct casebook_row last;
    bool done = read_last(casebook, &last, err);
    *went_back = done && clock_now_ms(casebook->clock) < last.time_ms - CASEBOOK_BACK_MS;
    return done;
}

bool casebook_audit_read(struct casebook *casebook, int64_t from_seq,
                         bool (*row)(void *context, const struct casebook_row *one), void *context,
                         struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err, "SELECT " COLUMNS " FROM log WHERE seq >= ?1 ORDER BY seq", "i", from_seq);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct casebook_row one = row_of(statement);
        if (!row(context, &one)) {
            break;
        }
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

enum casebook_audit casebook_audit_verify(struct casebook *casebook,
                                          const struct casebook_head *published,
                                          struct casebook_report *report, struct err *err)
{
    return casebook_walk(casebook, published, report, NULL, err);
}

bool casebook_head(struct casebook *casebook, int64_t *seq, struct hash *head, struct err *err)
{
    struct casebook_row last;
    bool done = read_last(casebook, &last, err);
    *seq = last.seq;
    *head = last.hash;
    return done;
}

void casebook_head_format(const struct casebook_head *head, int64_t time_ms, struct buf *out)
{
    char hex[HASH_HEX], time[CLOCK_TEXT];
    buf_printf(out, "{\"hash\":\"%s\",\"seq\":%lld,\"time\":\"%s\"}\n",
               hash_format(&head->hash, hex), (long long)head->seq, clock_format(time_ms, time));
}

bool casebook_head_parse(struct str line, struct casebook_head *head, struct err *err)
{
    line = str_trim(line);
    struct err why = ERR_NONE;
    json_t *object = canonical_read(line, &why);
    if (object == NULL) {
        return err_set(err, "the head %s", why.message);
    }
    const json_t *seq = json_object_get(object, "seq");
    bool done = json_is_integer(seq) && json_integer_value(seq) >= 0 &&
                hash_parse(casebook_json_text(object, "hash"), &head->hash);
    if (done) {
        head->seq = json_integer_value(seq);
    }
    json_decref(object);
    return done || err_set(err, "the head has no \"seq\" and \"hash\", as audit.head has");
}

static void put_head_path(const struct casebook *casebook, struct buf *path)
{
    const char *slash = strrchr(casebook->path, '/');
    buf_put(path, casebook->path, slash != NULL ? (size_t)(slash - casebook->path) + 1 : 0);
    buf_put_string(path, "audit.head");
}

bool casebook_head_published(const struct casebook *casebook, struct casebook_head *head,
                             struct err *err)
{
    struct buf path = BUF_EMPTY, line = BUF_EMPTY;
    bool done = true;
    *head = (struct casebook_head){.seq = 0};
    put_head_path(casebook, &path);
    if (access(path.bytes, F_OK) == 0 || errno != ENOENT) {
        done = (file_read(path.bytes, HEAD_BYTES, &line, err) &&
                casebook_head_parse(buf_str(&line), head, err)) ||
               err_in_file(err, path.bytes);
    }
    buf_fini(&path);
    buf_fini(&line);
    return done;
}

/* Whether the log's row of that number is the one that was published. */
static bool holds_head(struct casebook *casebook, const struct casebook_head *head, bool *holds,
                       struct err *err)
{
    sqlite3_stmt *statement =
        casebook_sql(casebook, err, "SELECT hash FROM log WHERE seq = ?1", "i", head->seq);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    struct hash hash = step == SQL_ROW ? casebook_sql_hash(statement, 0) : (struct hash){{0}};
    casebook_sql_done(statement);
    *holds = head->seq == 0 || (step == SQL_ROW && memcmp(&hash, &head->hash, sizeof hash) == 0);
    return step != SQL_FAILED;
}

bool casebook_head_publish(struct casebook *casebook, struct err *err)
{
    struct casebook_head head, before;
    bool holds;
    if (!casebook_head(casebook, &head.seq, &head.hash, err)) {
        return false;
    }
    if (head.seq == casebook->published_seq) {
        return true;
    }
    if (!casebook_head_published(casebook, &before, err) ||
        !holds_head(casebook, &before, &holds, err)) {
        return false;
    }
    if (!holds) { /* cut, or another log: an old copy put back, perhaps written on since */
        log_line(LOG_WARN, "audit_head_not_held", LOG_NUMBER("published", before.seq),
                 LOG_NUMBER("log", head.seq));
        return true;
    }
    struct buf line = BUF_EMPTY, path = BUF_EMPTY;
    put_head_path(casebook, &path);
    casebook_head_format(&head, clock_now_ms(casebook->clock), &line);
    bool done = file_write(path.bytes, buf_str(&line), 0644, err);
    if (done) {
        casebook->published_seq = head.seq;
    }
    buf_fini(&line);
    buf_fini(&path);
    return done;
}
