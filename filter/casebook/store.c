#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/base/state_dir.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/near.h"
#include "filter/casebook/sql.h"
#include "filter/text/stems.h"

enum {
    BUSY_MS = 10000,
    CHECK_WHOLE = 64 << 20, /* bytes: up to here a full check takes less than a second */
};

void casebook_path(const char *state, struct buf *out)
{
    buf_printf(out, "%s/casebook.db", state);
}

bool casebook_meta_get(struct casebook *casebook, const char *name, int64_t *value, struct err *err)
{
    return casebook_sql_number(casebook, 0, value, err, "SELECT value FROM meta WHERE name = ?1",
                               "t", str_of(name));
}

bool casebook_meta_set(struct casebook *casebook, const char *name, int64_t value, struct err *err)
{
    return casebook_sql_run(casebook, err,
                            "INSERT INTO meta (name, value) VALUES (?1, ?2)"
                            " ON CONFLICT (name) DO UPDATE SET value = ?2",
                            "ti", str_of(name), value);
}

struct hash casebook_keyed(const struct casebook *casebook, const struct str *parts, size_t count)
{
    return hash_keyed(&casebook->secret, parts, count);
}

/*
 * An empty file that only we can read, before SQLite makes one that others can. A file that is
 * there is not opened: closing it again would drop the locks that other handles of this process
 * hold on it (POSIX; sqlite.org/howtocorrupt.html, section 2.2), and the next one to close the
 * casebook elsewhere would delete the log of writes from under them.
 */
static bool make_file(struct casebook *casebook, struct err *err)
{
    struct stat about;
    bool is_there = lstat(casebook->path, &about) == 0;
    if (!is_there && errno == ENOENT) {
        int fd = open(casebook->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd >= 0) {
            close(fd);
        }
        if (fd >= 0 || errno == EEXIST) {
            return true;
        }
    } else if (is_there && !S_ISREG(about.st_mode)) {
        err_set(err, "is no file; the casebook must be one");
        return err_in_file(err, casebook->path);
    } else if (is_there && access(casebook->path, R_OK | W_OK) == 0) {
        return true;
    }
    if (errno == EACCES) {
        return state_dir_denied(casebook->path, "ditulis", "be written", err);
    }
    err_set(err, "cannot be opened as the casebook: %s", strerror(errno));
    return err_in_file(err, casebook->path);
}

static bool connect_to(struct casebook *casebook, const char *suffix, struct err *err)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE;
    struct buf uri = BUF_EMPTY;
    buf_put_string(&uri, "file:");
    for (const char *c = casebook->path; *c != '\0'; c++) {
        /* What has a meaning in a URI; all other bytes may stand for themselves. */
        if (*c == '%' || *c == '?' || *c == '#') {
            buf_printf(&uri, "%%%02X", (unsigned)*c);
        } else {
            buf_put_char(&uri, *c);
        }
    }
    buf_put_string(&uri, suffix);
    flags |= casebook->is_read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    int code = sqlite3_open_v2(uri.bytes, &casebook->db, flags, NULL);
    buf_fini(&uri);
    if (code != SQLITE_OK) {
        return casebook_sql_error(casebook, code, err);
    }
    int on = 0;
    sqlite3_busy_timeout(casebook->db, BUSY_MS);
    sqlite3_db_config(casebook->db, SQLITE_DBCONFIG_DEFENSIVE, 1, &on);
    sqlite3_db_config(casebook->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &on);
    sqlite3_db_config(casebook->db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, &on);
    return true;
}

static bool set_up_writer(struct casebook *casebook, struct err *err)
{
    return casebook_sql_script(casebook,
                               "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                               "PRAGMA secure_delete = ON; PRAGMA recursive_triggers = ON;"
                               "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;"
                               "PRAGMA cache_size = -32768",
                               err);
}

/* The header's promise of a size, and for a small file every page of it. */
static bool check_pages(struct casebook *casebook, struct err *err)
{
    int64_t pages, size;
    struct stat about;
    if (!casebook_sql_number(casebook, 0, &pages, err, "PRAGMA page_count", "") ||
        !casebook_sql_number(casebook, 0, &size, err, "PRAGMA page_size", "")) {
        return false;
    }
    if (stat(casebook->path, &about) != 0 || pages * size > CHECK_WHOLE) {
        return true;
    }
    sqlite3_stmt *statement = casebook_sql(casebook, err, "PRAGMA quick_check(1)", "");
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    bool sound = step == SQL_ROW && str_is(casebook_sql_text(statement, 0), "ok");
    casebook_sql_done(statement);
    return sound || (step == SQL_ROW ? casebook_sql_error(casebook, SQLITE_CORRUPT, err) : false);
}

static bool read_identity(struct casebook *casebook, struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(casebook, err, "SELECT value FROM identity", "");
    if (statement == NULL) {
        return false;
    }
    bool done = casebook_sql_step(casebook, statement, err) == SQL_ROW;
    if (done) {
        casebook->identity = casebook_sql_hash(statement, 0);
    }
    casebook_sql_done(statement);
    return done || casebook_sql_error(casebook, SQLITE_CORRUPT, err);
}

/* The secret must be the one with which this casebook was made: marks are found by it. */
static bool check_secret(struct casebook *casebook, struct err *err)
{
    struct str word = STR("casebook");
    struct hash identity = casebook_keyed(casebook, &word, 1);
    if (!casebook_sql_run(casebook, err, "INSERT OR IGNORE INTO identity VALUES (1, ?1)", "h",
                          &identity) ||
        !read_identity(casebook, err)) {
        return false;
    }
    if (memcmp(&identity, &casebook->identity, sizeof identity) == 0) {
        return true;
    }
    err_set(err, "was made with another secret than %s.key: bring that file back", casebook->path);
    return err_in_file(err, casebook->path);
}

static struct casebook *make(const char *path, const struct clock *clock, bool is_read_only)
{
    struct casebook *casebook = mem_zero(1, sizeof *casebook);
    casebook->path = mem_copy_string(path);
    casebook->clock = clock;
    casebook->is_read_only = is_read_only;
    return casebook;
}

static bool open_writer(struct casebook *casebook, struct err *err)
{
    struct buf key = BUF_EMPTY;
    buf_printf(&key, "%s.key", casebook->path);
    bool done = make_file(casebook, err) && connect_to(casebook, "", err) &&
                set_up_writer(casebook, err) && casebook_schema(casebook, err) &&
                check_pages(casebook, err) && hash_key_load(key.bytes, &casebook->secret, err) &&
                check_secret(casebook, err);
    buf_fini(&key);
    return done;
}

struct casebook *casebook_open(const char *path, const struct clock *clock, struct err *err)
{
    struct casebook *casebook = make(path, clock, false);
    if (!open_writer(casebook, err)) {
        casebook_close(casebook);
        return NULL;
    }
    casebook->near = casebook_near_new();
    return casebook;
}

/*
 * On a medium that cannot be written there is no shared memory beside the file; without a log of
 * writes to come (-wal) the file alone is the whole casebook, and nobody can change it meanwhile.
 */
static bool is_alone(const char *path)
{
    struct buf wal = BUF_EMPTY;
    struct stat about;
    buf_printf(&wal, "%s-wal", path);
    bool alone = stat(wal.bytes, &about) != 0 || about.st_size == 0;
    buf_fini(&wal);
    return alone;
}

static bool open_reader(struct casebook *casebook, struct err *err)
{
    struct err first = ERR_NONE;
    if (connect_to(casebook, "", &first) && casebook_schema_check(casebook, &first)) {
        return check_pages(casebook, err) && read_identity(casebook, err);
    }
    int code = casebook->db != NULL ? sqlite3_errcode(casebook->db) & 0xff : SQLITE_CANTOPEN;
    if ((code != SQLITE_CANTOPEN && code != SQLITE_READONLY) || access(casebook->path, R_OK) != 0 ||
        !is_alone(casebook->path)) {
        *err = first;
        return false;
    }
    casebook_disconnect(casebook);
    return connect_to(casebook, "?immutable=1", err) && casebook_schema_check(casebook, err) &&
           check_pages(casebook, err) && read_identity(casebook, err);
}

struct casebook *casebook_open_read(const char *path, const struct clock *clock, struct err *err)
{
    struct casebook *casebook = make(path, clock, true);
    if (access(path, R_OK) != 0 && errno == EACCES) {
        state_dir_denied(path, "dibaca", "be read", err);
    } else if (access(path, F_OK) != 0) {
        err_set(err, "there is no casebook yet (saring run makes one): %s", strerror(errno));
        err_in_file(err, path);
    } else if (open_reader(casebook, err)) {
        return casebook;
    }
    casebook_close(casebook);
    return NULL;
}

void casebook_disconnect(struct casebook *casebook)
{
    for (size_t i = 0; i < casebook->statement_count; i++) {
        sqlite3_finalize(casebook->statements[i].statement);
    }
    casebook->statement_count = 0;
    if (sqlite3_close(casebook->db) != SQLITE_OK) {
        abort(); /* a statement that is not among the kept ones */
    }
    casebook->db = NULL;
}

void casebook_close(struct casebook *casebook)
{
    if (casebook == NULL) {
        return;
    }
    casebook_disconnect(casebook);
    free(casebook->statements);
    casebook_near_free(casebook->near);
    text_stems_free(casebook->stems);
    explicit_bzero(&casebook->secret, sizeof casebook->secret);
    free(casebook->path);
    free(casebook);
}
