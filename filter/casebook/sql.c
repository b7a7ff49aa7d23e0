#include "filter/casebook/sql.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/internal.h"

bool casebook_sql_error(struct casebook *casebook, int code, struct err *err)
{
    const char *what = sqlite3_errstr(code);
    switch (code & 0xff) {
    case SQLITE_FULL:
        what = "there is no room left for it on the disk; nothing was changed";
        break;
    case SQLITE_READONLY:
        what = "it cannot be written: it, or its folder, is read-only";
        break;
    case SQLITE_CORRUPT:
        what = "it is damaged; put it aside and restore a copy (saring audit verify checks one)";
        break;
    case SQLITE_NOTADB:
        what = "it is no casebook, or damaged from its first bytes on";
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        what = "another program holds it locked; try again";
        break;
    case SQLITE_CANTOPEN:
        what = "it cannot be opened";
        break;
    case SQLITE_IOERR:
        what = "reading or writing it failed; is the disk full or gone?";
        break;
    default:
        break;
    }
    err_set(err, "the casebook: %s (SQLite %d)", what, code);
    return err_in_file(err, casebook->path);
}

static sqlite3_stmt *prepare(struct casebook *casebook, const char *sql, struct err *err)
{
    for (size_t i = 0; i < casebook->statement_count; i++) {
        if (casebook->statements[i].sql == sql) {
            assert(!sqlite3_stmt_busy(casebook->statements[i].statement));
            return casebook->statements[i].statement;
        }
    }
    sqlite3_stmt *statement = NULL;
    int code =
        sqlite3_prepare_v3(casebook->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (code != SQLITE_OK) {
        casebook_sql_error(casebook, sqlite3_extended_errcode(casebook->db), err);
        return NULL;
    }
    mem_grow(&casebook->statements, &casebook->statement_room, casebook->statement_count + 1,
             sizeof *casebook->statements);
    casebook->statements[casebook->statement_count++] =
        (struct casebook_statement){.sql = sql, .statement = statement};
    return statement;
}

/* NULL text would be bound as NULL; an empty one is empty. */
static const char *bytes_of(struct str text)
{
    return text.len > 0 ? text.at : "";
}

static int bind(sqlite3_stmt *statement, int at, char type, va_list *arguments)
{
    struct str text;
    switch (type) {
    case 'i':
        return sqlite3_bind_int64(statement, at, va_arg(*arguments, int64_t));
    case 't':
        text = va_arg(*arguments, struct str);
        return sqlite3_bind_text64(statement, at, bytes_of(text), text.len, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case 'b':
        text = va_arg(*arguments, struct str);
        return sqlite3_bind_blob64(statement, at, bytes_of(text), text.len, SQLITE_STATIC);
    case 'h':
        return sqlite3_bind_blob64(statement, at, va_arg(*arguments, const struct hash *)->bytes,
                                   HASH_BYTES, SQLITE_STATIC);
    default:
        assert(type == 'n');
        return sqlite3_bind_null(statement, at);
    }
}

static sqlite3_stmt *start(struct casebook *casebook, struct err *err, const char *sql,
                           const char *types, va_list *arguments)
{
    sqlite3_stmt *statement = prepare(casebook, sql, err);
    if (statement == NULL) {
        return NULL;
    }
    assert((int)strlen(types) == sqlite3_bind_parameter_count(statement));
    for (int at = 1; types[at - 1] != '\0'; at++) {
        int code = bind(statement, at, types[at - 1], arguments);
        if (code != SQLITE_OK) {
            casebook_sql_error(casebook, code, err);
            return NULL;
        }
    }
    return statement;
}

sqlite3_stmt *casebook_sql(struct casebook *casebook, struct err *err, const char *sql,
                           const char *types, ...)
{
    va_list arguments;
    va_start(arguments, types);
    sqlite3_stmt *statement = start(casebook, err, sql, types, &arguments);
    va_end(arguments);
    return statement;
}

enum casebook_step casebook_sql_step(struct casebook *casebook, sqlite3_stmt *statement,
                                     struct err *err)
{
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        return SQL_ROW;
    }
    if (code == SQLITE_DONE) {
        return SQL_END;
    }
    casebook_sql_error(casebook, code, err);
    return SQL_FAILED;
}

void casebook_sql_done(sqlite3_stmt *statement)
{
    if (statement != NULL) {
        sqlite3_reset(statement);
        /* What was bound is borrowed from the caller: no pointer to it may stay. */
        sqlite3_clear_bindings(statement);
    }
}

bool casebook_sql_run(struct casebook *casebook, struct err *err, const char *sql,
                      const char *types, ...)
{
    va_list arguments;
    va_start(arguments, types);
    sqlite3_stmt *statement = start(casebook, err, sql, types, &arguments);
    va_end(arguments);
    bool done = statement != NULL && casebook_sql_step(casebook, statement, err) != SQL_FAILED;
    casebook_sql_done(statement);
    return done;
}

bool casebook_sql_script(struct casebook *casebook, const char *sql, struct err *err)
{
    int code = sqlite3_exec(casebook->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ||
           casebook_sql_error(casebook, sqlite3_extended_errcode(casebook->db), err);
}

bool casebook_sql_number(struct casebook *casebook, int64_t missing, int64_t *number,
                         struct err *err, const char *sql, const char *types, ...)
{
    va_list arguments;
    va_start(arguments, types);
    sqlite3_stmt *statement = start(casebook, err, sql, types, &arguments);
    va_end(arguments);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    *number = missing;
    if (step == SQL_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL) {
        *number = sqlite3_column_int64(statement, 0);
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

struct str casebook_sql_text(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return (struct str){text, (size_t)sqlite3_column_bytes(statement, column)};
}

struct str casebook_sql_blob(sqlite3_stmt *statement, int column)
{
    const char *bytes = sqlite3_column_blob(statement, column);
    return (struct str){bytes, (size_t)sqlite3_column_bytes(statement, column)};
}

int64_t casebook_sql_int(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_int64(statement, column);
}

struct hash casebook_sql_hash(sqlite3_stmt *statement, int column)
{
    struct hash hash = {{0}};
    struct str bytes = casebook_sql_blob(statement, column);
    if (bytes.len == sizeof hash.bytes) {
        memcpy(hash.bytes, bytes.at, bytes.len);
    }
    return hash;
}

bool casebook_sql_enter(struct casebook *casebook, struct err *err)
{
    static const char *const opening[] = {"BEGIN IMMEDIATE", "SAVEPOINT one", "SAVEPOINT two"};
    assert(casebook->depth < 3);
    if (!casebook_sql_script(casebook, opening[casebook->depth], err)) {
        return false;
    }
    casebook->depth++;
    return true;
}

bool casebook_sql_leave(struct casebook *casebook, bool done, struct err *err)
{
    static const char *const commit[] = {"COMMIT", "RELEASE one", "RELEASE two"};
    static const char *const undo[] = {"ROLLBACK", "ROLLBACK TO one; RELEASE one",
                                       "ROLLBACK TO two; RELEASE two"};
    assert(casebook->depth > 0);
    casebook->depth--;
    if (done && !casebook_sql_script(casebook, commit[casebook->depth], err)) {
        done = false;
    }
    if (!done && !sqlite3_get_autocommit(casebook->db)) {
        /* A full disk may have rolled all back by itself, which is as good. */
        sqlite3_exec(casebook->db, undo[casebook->depth], NULL, NULL, NULL);
    }
    return done;
}
