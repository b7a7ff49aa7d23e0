#include "filter/casebook/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/sql.h"

enum { SMALL_FILE = 4096 };

/* Beside the casebook; those that are not there are left out. */
static const char *const beside[] = {"casebook.db.key", "audit.head", "list.key"};

/* Tables whose rows are content, or sign somebody in: made, and left empty. */
static const char *const empty[] = {"content", "captures",   "capture_orders",
                                    "notes",   "case_words", "web_sessions",
                                    "devices", "machines",   "notices"};

static bool is_in(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool fail(sqlite3 *db, const char *what, struct err *err)
{
    return err_set(err, "the copy: %s: %s", what, sqlite3_errmsg(db));
}

static bool script(sqlite3 *db, const char *sql, struct err *err)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK || fail(db, sql, err);
}

/* The columns of a table as they are copied: content as ''. */
static bool put_columns(sqlite3 *db, const char *table, struct buf *columns, struct err *err)
{
    static const char *const content[] = {"proposals.record", "appeals.ground"};
    sqlite3_stmt *info = NULL;
    if (sqlite3_prepare_v2(db, "SELECT name FROM pragma_table_info(?1, 'live')", -1, &info, NULL) !=
            SQLITE_OK ||
        sqlite3_bind_text(info, 1, table, -1, SQLITE_STATIC) != SQLITE_OK) {
        sqlite3_finalize(info);
        return fail(db, table, err);
    }
    int code;
    while ((code = sqlite3_step(info)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(info, 0);
        char whole[128];
        snprintf(whole, sizeof whole, "%s.%s", table, name);
        buf_put_string(columns, columns->len > 0 ? ", " : "");
        if (is_in(content, sizeof content / sizeof *content, whole)) {
            buf_put_string(columns, "''");
        } else if (strcmp(whole, "proposals.proposal") == 0) {
            buf_put_string(columns, "CASE kind WHEN 'entry' THEN proposal ELSE '' END");
        } else {
            buf_printf(columns, "\"%s\"", name);
        }
    }
    sqlite3_finalize(info);
    return code == SQLITE_DONE || fail(db, table, err);
}

static bool copy_rows(sqlite3 *db, const char *table, struct err *err)
{
    struct buf columns = BUF_EMPTY, sql = BUF_EMPTY;
    bool done = put_columns(db, table, &columns, err);
    if (done) {
        buf_printf(&sql, "INSERT INTO main.\"%s\" SELECT %s FROM live.\"%s\"", table, columns.bytes,
                   table);
        done = script(db, sql.bytes, err);
    }
    buf_fini(&columns);
    buf_fini(&sql);
    return done;
}

/* The tables that a virtual one keeps its own words in; it makes them itself. */
#define OF_VIRTUAL                                                                                 \
    " AND NOT EXISTS (SELECT 1 FROM live.sqlite_schema AS v WHERE v.sql LIKE 'CREATE VIRTUAL%'"    \
    " AND substr(s.name, 1, length(v.name) + 1) = v.name || '_')"

/* A part of the live schema. */
struct part {
    char *name, *sql;
};

static void parts_free(struct part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(parts[i].name);
        free(parts[i].sql);
    }
    free(parts);
}

/* All of that kind, read to the end before anything is made. */
static bool read_parts(sqlite3 *db, const char *kind, struct part **parts, size_t *count,
                       struct err *err)
{
    sqlite3_stmt *rows = NULL;
    size_t room = 0;
    int code = sqlite3_prepare_v2(
        db,
        "SELECT name, sql FROM live.sqlite_schema AS s WHERE type = ?1 AND sql IS NOT NULL"
        " AND name NOT LIKE 'sqlite_%'" OF_VIRTUAL " ORDER BY rowid",
        -1, &rows, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_bind_text(rows, 1, kind, -1, SQLITE_STATIC);
    }
    while (code == SQLITE_OK && (code = sqlite3_step(rows)) == SQLITE_ROW) {
        mem_grow(parts, &room, *count + 1, sizeof **parts);
        (*parts)[(*count)++] =
            (struct part){mem_copy_string((const char *)sqlite3_column_text(rows, 0)),
                          mem_copy_string((const char *)sqlite3_column_text(rows, 1))};
        code = SQLITE_OK;
    }
    sqlite3_finalize(rows);
    return code == SQLITE_DONE || fail(db, "the casebook cannot be read", err);
}

/* Makes each part of that kind anew, and fills tables. */
static bool copy_schema(sqlite3 *db, const char *kind, struct err *err)
{
    struct part *parts = NULL;
    size_t count = 0;
    bool done = read_parts(db, kind, &parts, &count, err), is_table = strcmp(kind, "table") == 0;
    for (size_t i = 0; done && i < count; i++) {
        bool has_rows = is_table && !is_in(empty, sizeof empty / sizeof *empty, parts[i].name);
        done = script(db, parts[i].sql, err) && (!has_rows || copy_rows(db, parts[i].name, err));
    }
    parts_free(parts, count);
    return done;
}

static bool copy_versions(sqlite3 *db, struct err *err)
{
    static const char *const names[] = {"user_version", "application_id"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char sql[64];
        sqlite3_stmt *read = NULL;
        snprintf(sql, sizeof sql, "PRAGMA live.%s", names[i]);
        bool done = sqlite3_prepare_v2(db, sql, -1, &read, NULL) == SQLITE_OK &&
                    sqlite3_step(read) == SQLITE_ROW;
        snprintf(sql, sizeof sql, "PRAGMA main.%s = %d", names[i],
                 done ? sqlite3_column_int(read, 0) : 0);
        sqlite3_finalize(read);
        if (!done || !script(db, sql, err)) {
            return done ? false : fail(db, names[i], err);
        }
    }
    return true;
}

static bool attach(sqlite3 *db, const char *casebook, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    struct buf uri = BUF_EMPTY;
    buf_put_string(&uri, "file:");
    for (const char *c = casebook; *c != '\0'; c++) {
        if (*c == '%' || *c == '?' || *c == '#') {
            buf_printf(&uri, "%%%02X", (unsigned)*c);
        } else {
            buf_put_char(&uri, *c);
        }
    }
    buf_put_string(&uri, "?mode=ro");
    bool done = sqlite3_prepare_v2(db, "ATTACH ?1 AS live", -1, &statement, NULL) == SQLITE_OK &&
                sqlite3_bind_text(statement, 1, uri.bytes, -1, SQLITE_STATIC) == SQLITE_OK &&
                sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_finalize(statement);
    buf_fini(&uri);
    return done || fail(db, "the casebook cannot be read", err);
}

static bool copy_casebook(const char *casebook, const char *copy, struct err *err)
{
    sqlite3 *db = NULL;
    int fd = open(copy, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        err_set(err, "cannot be made: %s", strerror(errno));
        return err_in_file(err, copy);
    }
    close(fd);
    bool done =
        (sqlite3_open_v2(copy, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI, NULL) == SQLITE_OK ||
         fail(db, "cannot be made", err)) &&
        sqlite3_busy_timeout(db, 10000) == SQLITE_OK && attach(db, casebook, err) &&
        script(db, "BEGIN", err) && copy_schema(db, "table", err) &&
        copy_schema(db, "index", err) && copy_schema(db, "trigger", err) &&
        copy_versions(db, err) && script(db, "COMMIT", err);
    if (sqlite3_close(db) != SQLITE_OK) {
        done = done && err_set(err, "the copy cannot be closed");
    }
    return done;
}

static bool copy_file(const char *from, const char *into, const char *name, struct err *err)
{
    struct buf source = BUF_EMPTY, target = BUF_EMPTY, bytes = BUF_EMPTY;
    buf_printf(&source, "%s/%s", from, name);
    buf_printf(&target, "%s/%s", into, name);
    bool done =
        access(source.bytes, F_OK) != 0 || (file_read(source.bytes, SMALL_FILE, &bytes, err) &&
                                            file_write(target.bytes, buf_str(&bytes), 0600, err));
    if (bytes.len > 0) {
        explicit_bzero(bytes.bytes, bytes.len);
    }
    buf_fini(&source);
    buf_fini(&target);
    buf_fini(&bytes);
    return done;
}

static bool verify(const char *path, const struct clock *clock, struct err *err)
{
    struct casebook_report report;
    struct casebook_head published;
    struct casebook *casebook = casebook_open_read(path, clock, err);
    bool done = casebook != NULL && casebook_head_published(casebook, &published, err) &&
                casebook_audit_verify(casebook, &published, &report, err) == AUDIT_INTACT;
    casebook_close(casebook);
    return done;
}

bool casebook_backup(const char *state, const char *into, const struct clock *clock,
                     struct err *err)
{
    struct buf live = BUF_EMPTY, copy = BUF_EMPTY;
    casebook_path(state, &live);
    casebook_path(into, &copy);
    bool done = true;
    if (access(live.bytes, R_OK) != 0) {
        err_set(err, "there is no casebook that could be read: %s", strerror(errno));
        done = err_in_file(err, live.bytes);
    } else if (mkdir(into, 0700) != 0) {
        err_set(err, "cannot be made: %s", strerror(errno));
        done = err_in_file(err, into);
    }
    /* The head first: what was published before the copy began is in it. */
    for (size_t i = 0; done && i < sizeof beside / sizeof *beside; i++) {
        done = copy_file(state, into, beside[i], err);
    }
    done = done && copy_casebook(live.bytes, copy.bytes, err) && verify(copy.bytes, clock, err);
    buf_fini(&live);
    buf_fini(&copy);
    return done;
}

static bool copy_whole(const char *from, const char *to, struct err *err)
{
    struct buf bytes = BUF_EMPTY;
    bool done =
        file_read(from, (size_t)1 << 40, &bytes, err) && file_write(to, buf_str(&bytes), 0600, err);
    buf_fini(&bytes);
    return done;
}

static bool log_restored(const char *path, const struct clock *clock, struct err *err)
{
    struct casebook_head head;
    struct casebook *casebook = casebook_open(path, clock, err);
    bool done = casebook != NULL && casebook_head(casebook, &head.seq, &head.hash, err) &&
                casebook_sql_enter(casebook, err);
    if (done) {
        done = casebook_log(casebook, STR("operator"), "restored", 0,
                            json_pack("{so sI}", "head", casebook_json_hash(&head.hash), "rows",
                                      (json_int_t)head.seq),
                            err);
        done = casebook_sql_leave(casebook, done, err) && casebook_head_publish(casebook, err);
    }
    casebook_close(casebook);
    return done;
}

bool casebook_restore_backup(const char *from, const char *state, const struct clock *clock,
                             struct err *err)
{
    struct buf copy = BUF_EMPTY, live = BUF_EMPTY;
    casebook_path(from, &copy);
    casebook_path(state, &live);
    bool done = true;
    if (access(live.bytes, F_OK) == 0 || errno != ENOENT) {
        err_set(err, "there is a casebook here already: a copy never replaces one");
        done = err_in_file(err, live.bytes);
    }
    done = done && verify(copy.bytes, clock, err);
    for (size_t i = 0; done && i < sizeof beside / sizeof *beside; i++) {
        done = copy_file(from, state, beside[i], err);
    }
    done = done && copy_whole(copy.bytes, live.bytes, err) && log_restored(live.bytes, clock, err);
    buf_fini(&copy);
    buf_fini(&live);
    return done;
}
