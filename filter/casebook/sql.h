/* SQLite as the files of this folder use it: kept statements, typed binding, one way to fail. */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"

struct casebook;
struct err;

enum casebook_step { SQL_ROW, SQL_END, SQL_FAILED };

/*
 * The statement of `sql`, a string literal, prepared once per casebook, with the arguments bound:
 * a letter of `types` each: i int64_t, t struct str as text, b struct str as a blob, h const
 * struct hash *, n nothing (NULL). Text stands until the statement is done or run again. NULL on
 * failure. Give it back with casebook_sql_done: an open statement keeps a snapshot open.
 */
MUST_CHECK sqlite3_stmt *casebook_sql(struct casebook *casebook, struct err *err, const char *sql,
                                      const char *types, ...);
MUST_CHECK enum casebook_step casebook_sql_step(struct casebook *casebook, sqlite3_stmt *statement,
                                                struct err *err);
void casebook_sql_done(sqlite3_stmt *statement); /* NULL is fine */

/* Runs a statement that gives no rows. */
MUST_CHECK bool casebook_sql_run(struct casebook *casebook, struct err *err, const char *sql,
                                 const char *types, ...);

/* Runs SQL text without arguments, of one or more statements. */
MUST_CHECK bool casebook_sql_script(struct casebook *casebook, const char *sql, struct err *err);

/* The first column of the first row, a number; `missing` if there is no row or it is NULL. */
MUST_CHECK bool casebook_sql_number(struct casebook *casebook, int64_t missing, int64_t *number,
                                    struct err *err, const char *sql, const char *types, ...);

/* Columns of the row, numbered from 0. Text and blobs stand until the next step. */
struct str casebook_sql_text(sqlite3_stmt *statement, int column);
struct str casebook_sql_blob(sqlite3_stmt *statement, int column);
int64_t casebook_sql_int(sqlite3_stmt *statement, int column);
struct hash casebook_sql_hash(sqlite3_stmt *statement, int column); /* zeros if of another size */

/* The error of what SQLite just failed at, in words that say what to do; returns false. */
bool casebook_sql_error(struct casebook *casebook, int code, struct err *err);

/*
 * A transaction for writing; within another one a part of it that can be undone alone.
 * casebook_sql_leave commits if `done`, else undoes; it returns `done`, or false if the commit
 * failed.
 */
MUST_CHECK bool casebook_sql_enter(struct casebook *casebook, struct err *err);
MUST_CHECK bool casebook_sql_leave(struct casebook *casebook, bool done, struct err *err);
