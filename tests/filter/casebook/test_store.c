#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter/base/file.h"
#include "filter/casebook/internal.h"
#include "tests/filter/casebook/house.h"

static void shell(const struct house *house, const char *format)
{
    struct buf command = BUF_EMPTY;
    buf_printf(&command, "cd %s && (%s)", house->folder, format);
    assert_int_equal(system(command.bytes), 0);
    buf_fini(&command);
}

/* What may be wrong with the files, and what casebook_open says. */
struct bad_file {
    const char *name, *spoil, *error;
};

static const struct bad_file bad_files[] = {
    {"text instead of a database", "echo 'ini bukan basis data, hanya catatan' > casebook.db",
     "it is no casebook, or damaged from its first bytes on"},
    {"another program's database",
     "rm casebook.db; sqlite3 casebook.db 'CREATE TABLE x (y); INSERT INTO x VALUES (1)'",
     "is an SQLite database, but no casebook of saring"},
    {"a newer schema", "sqlite3 casebook.db 'PRAGMA user_version = 99'",
     "is a casebook of schema 99; this saring knows up to"},
    {"cut short", "truncate -s 8192 casebook.db", "it is damaged"},
    {"pages overwritten",
     "dd if=/dev/zero of=casebook.db bs=4096 seek=2 count=6 conv=notrunc "
     "2>/dev/null",
     "it is damaged"},
    {"garbage in the middle",
     "dd if=/dev/urandom of=casebook.db bs=4096 seek=3 count=2 "
     "conv=notrunc 2>/dev/null",
     "it is damaged"},
    {"another secret", "head -c 32 /dev/urandom > casebook.db.key",
     "was made with another secret than"},
    {"the secret is gone", "rm casebook.db.key", "was made with another secret than"},
    {"a short secret", "echo x > casebook.db.key", "is a key of 2 bytes; it must have 32"},
    {"a folder in its place", "rm casebook.db; mkdir casebook.db",
     "is no file; the casebook must be one"},
};

static void refuse_file(void **state)
{
    const struct bad_file *one = *state;
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    house_case(house, RULE_FRAUD);
    house_close(house);
    shell(house, one->spoil);
    assert_null(casebook_open(house->path.bytes, &house->clock, &err));
    if (strstr(err.message, one->error) == NULL) {
        assert_string_equal(err.message, one->error);
    }
    assert_true(str_starts(str_of(err.file), buf_str(&house->path)));
    house_tear_down(house);
}

static void files_are_ours_alone(void **state)
{
    static const char *const names[] = {"casebook.db", "casebook.db-wal", "casebook.db-shm",
                                        "casebook.db.key"};
    struct house *house = house_build();
    (void)state;
    house_case(house, RULE_FRAUD);
    for (size_t i = 0; i < COUNT(names); i++) {
        struct buf path = BUF_EMPTY;
        struct stat about;
        buf_printf(&path, "%s/%s", house->folder, names[i]);
        assert_int_equal(stat(path.bytes, &about), 0);
        assert_int_equal(about.st_mode & 0777, 0600);
        buf_fini(&path);
    }
    house_tear_down(house);
}

static void a_reader_makes_nothing(void **state)
{
    struct house *house = house_build();
    struct err err = ERR_NONE;
    struct buf path = BUF_EMPTY;
    (void)state;
    buf_printf(&path, "%s/none.db", house->folder);
    assert_null(casebook_open_read(path.bytes, &house->clock, &err));
    assert_non_null(strstr(err.message, "there is no casebook yet"));
    assert_int_not_equal(access(path.bytes, F_OK), 0);
    buf_fini(&path);
    house_tear_down(house);
}

/* A reader sees what is committed while the writer writes, and waits for nobody. */
static void a_reader_beside_a_writer(void **state)
{
    struct house *house = house_build();
    struct err err = ERR_NONE;
    (void)state;
    house_case(house, RULE_FRAUD);
    struct casebook *reader = casebook_open_read(house->path.bytes, &house->clock, &err);
    assert_non_null(reader);
    assert_true(casebook_begin(house->casebook, &err));
    house_flag(house, (struct house_post){.text = "kuota gratis untuk semua"});
    int64_t seq;
    struct hash head;
    assert_true(casebook_head(reader, &seq, &head, &err));
    assert_int_equal(seq, 1);
    assert_true(casebook_commit(house->casebook, &err));
    assert_true(casebook_head(reader, &seq, &head, &err));
    assert_int_equal(seq, 2);
    casebook_close(reader);
    house_tear_down(house);
}

/* As on a CD: no shared memory can be made beside the file. */
static void read_only_medium(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    house_listed(house, "tipu.example");
    house_close(house);
    shell(house, "chmod 400 casebook.db && chmod 500 . && chmod 755 ..||true");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        /* Root may write anywhere; nobody may not. */
        struct err err = ERR_NONE;
        if (geteuid() == 0 && (chown(house->folder, 65534, 65534) != 0 ||
                               chown(house->path.bytes, 65534, 65534) != 0 || setuid(65534) != 0)) {
            _exit(1);
        }
        struct casebook *casebook = casebook_open(house->path.bytes, &house->clock, &err);
        if (casebook != NULL || strcmp(err.file, house->path.bytes) != 0) {
            _exit(2);
        }
        err = ERR_NONE;
        casebook = casebook_open_read(house->path.bytes, &house->clock, &err);
        struct casebook_report report;
        if (casebook == NULL ||
            casebook_audit_verify(casebook, NULL, &report, &err) != AUDIT_INTACT ||
            report.rows == 0) {
            _exit(3);
        }
        casebook_close(casebook);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    shell(house, "chmod 700 .");
    house_tear_down(house);
}

/* No room: what fails changes nothing, and with room all goes on. */
static void full_disk(void **state)
{
    struct house *house = house_build();
    struct err err = ERR_NONE;
    enum casebook_flagged outcome;
    struct buf text = BUF_EMPTY;
    (void)state;
    house_case(house, RULE_FRAUD);
    for (int i = 0; i < 40000; i++) {
        buf_printf(&text, "kata%d ", i * 7919);
    }
    struct verdict *large = house_verdict(house, (struct house_post){.text = text.bytes});
    house_release(house, large);
    struct rlimit before, small = {.rlim_cur = 300 << 10, .rlim_max = RLIM_INFINITY};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_false(casebook_flag(house->casebook, large, &outcome, &err));
    assert_string_equal(err.file, house->path.bytes);
    assert_true(strstr(err.message, "disk") != NULL);
    assert_int_equal(house_log_rows(house, "flag"), 1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    err = ERR_NONE;
    assert_true(casebook_flag(house->casebook, large, &outcome, &err));
    assert_int_equal(outcome, CASEBOOK_OPENED);
    assert_int_equal(house_log_rows(house, "flag"), 2);
    struct casebook_report report;
    assert_int_equal(casebook_audit_verify(house->casebook, NULL, &report, &err), AUDIT_INTACT);
    buf_fini(&text);
    house_tear_down(house);
}

/* The same in the middle of a batch: the batch is gone as a whole, or all but that verdict. */
static void full_disk_in_a_batch(void **state)
{
    struct house *house = house_build();
    struct err err = ERR_NONE;
    enum casebook_flagged outcome;
    (void)state;
    house_case(house, RULE_FRAUD);
    int64_t pages;
    sqlite3 *db = house->casebook->db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA page_count", -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    pages = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    struct buf pragma = BUF_EMPTY, text = BUF_EMPTY;
    buf_printf(&pragma, "PRAGMA max_page_count = %lld", (long long)pages + 40);
    assert_int_equal(sqlite3_exec(db, pragma.bytes, NULL, NULL, NULL), SQLITE_OK);
    for (int i = 0; i < 40000; i++) {
        buf_printf(&text, "kata%d ", i * 7919);
    }
    assert_true(casebook_begin(house->casebook, &err));
    house_flag(house, (struct house_post){.id = "a", .text = "kuota gratis untuk semua"});
    struct verdict *large = house_verdict(house, (struct house_post){.text = text.bytes});
    assert_false(casebook_flag(house->casebook, large, &outcome, &err));
    assert_non_null(strstr(err.message, "no room left"));
    struct err other = ERR_NONE;
    if (casebook_commit(house->casebook, &other)) {
        assert_int_equal(house_log_rows(house, "flag"), 2);
    } else {
        assert_int_equal(house_log_rows(house, "flag"), 1);
    }
    assert_int_equal(sqlite3_exec(db, "PRAGMA max_page_count = 1000000", NULL, NULL, NULL),
                     SQLITE_OK);
    err = ERR_NONE;
    assert_true(casebook_flag(house->casebook, large, &outcome, &err));
    buf_fini(&pragma);
    buf_fini(&text);
    house_tear_down(house);
}

/* Two programs write the same casebook: neither fails, and the chain holds. */
static void two_writers(void **state)
{
    struct house *house = house_build();
    struct err err = ERR_NONE;
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        house->casebook = casebook_open(house->path.bytes, &house->clock, &err);
        for (int i = 0; i < 100; i++) {
            house_flag(house, (struct house_post){.source = "anak", .text = "undian satu"});
        }
        casebook_close(house->casebook);
        _exit(0);
    }
    for (int i = 0; i < 100; i++) {
        house_flag(house, (struct house_post){.source = "induk", .text = "undian satu"});
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(house_look(house, 1).copies, 200);
    struct casebook_report report;
    assert_int_equal(casebook_audit_verify(house->casebook, NULL, &report, &err), AUDIT_INTACT);
    assert_int_equal(report.rows, 200);
    house_tear_down(house);
}

/* Killed at any moment: what was acknowledged is there, and the chain holds. */
/*
 * POSIX locks are a process', and closing any descriptor of a file drops them: another handle that
 * is opened in this process must not let a third process throw the log of writes away.
 */
static void two_handles_in_one_process(void **state)
{
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    struct casebook *second = casebook_open(house->path.bytes, &house->clock, &err);
    assert_non_null(second);
    shell(house, "sqlite3 casebook.db \"SELECT count(*) FROM cases\" >/dev/null");
    house_done(house, RANI, ACTION_CLAIM, id, (struct casebook_request){.lease = 0});
    shell(house, "sqlite3 casebook.db \"SELECT state FROM cases\" | grep -qx claimed");
    casebook_close(second);
    shell(house, "sqlite3 casebook.db \"SELECT state FROM cases\" | grep -qx claimed");
    house_tear_down(house);
}

static void kill_9_loses_nothing_acknowledged(void **state)
{
    struct house *house = house_build();
    struct err err = ERR_NONE;
    (void)state;
    for (int round = 0; round < 8; round++) {
        int pipes[2];
        char source[8] = {(char)('a' + round)};
        size_t acknowledged = 0;
        char byte;
        house_close(house);
        assert_int_equal(pipe(pipes), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            house_open(house);
            for (;;) {
                house_flag(house, (struct house_post){.source = source, .text = "undian satu"});
                if (write(pipes[1], "x", 1) != 1) {
                    _exit(1);
                }
            }
        }
        close(pipes[1]);
        while (acknowledged < (size_t)(1 + round * 7) && read(pipes[0], &byte, 1) == 1) {
            acknowledged++;
        }
        kill(child, SIGKILL);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        while (read(pipes[0], &byte, 1) == 1) {
            acknowledged++;
        }
        close(pipes[0]);
        house_open(house);
        struct casebook_report report;
        assert_int_equal(casebook_audit_verify(house->casebook, NULL, &report, &err), AUDIT_INTACT);
        size_t copies = house_look(house, 1).copies;
        assert_int_equal(copies, report.rows);
        static size_t before;
        /* One more may be durable than the parent heard of. */
        assert_in_range(copies, before + acknowledged, before + acknowledged + 1);
        before = copies;
    }
    house_tear_down(house);
}

/* Text of a purged case is in no file any more: not in free pages, not in the -wal. */
static void abuse_50_purged_bytes_are_gone(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    assert_int_equal(
        house_flag(house,
                   (struct house_post){.text = "kelapa-sawit-merah-jambu undian pulsa gratis",
                                       .title = "durian-runtuh-tengah-malam",
                                       .link = "https://nangka-muda-sekali.example/x"}),
        CASEBOOK_OPENED);
    assert_int_equal(
        house_flag(house, (struct house_post){.text = "tetap-ada-di-sini lain sekali"}),
        CASEBOOK_OPENED);
    shell(house, "cat casebook.db* | grep -qF kelapa-sawit-merah-jambu");
    house->clock.fixed_ms += 6 * DAY;
    house_done(house, RANI, ACTION_CLAIM, 1, (struct casebook_request){0});
    house_done(
        house, RANI, ACTION_DISMISS, 1,
        (struct casebook_request){.reason = STR("bukan penipuan"), .lease = house->moved.lease});
    house->clock.fixed_ms += 72 * HOUR;
    house_tick(house);
    assert_int_equal(house_state(house, 1), CASE_PURGED);
    assert_int_equal(house_look(house, 1).excerpt.len, 0);
    shell(house, "! cat * | grep -qaF -e kelapa-sawit-merah-jambu -e durian-runtuh-tengah-malam "
                 "-e nangka-muda-sekali");
    shell(house, "cat * | grep -qaF tetap-ada-di-sini");
    house_tear_down(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_ours_alone),
        cmocka_unit_test(a_reader_makes_nothing),
        cmocka_unit_test(a_reader_beside_a_writer),
        cmocka_unit_test(read_only_medium),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(full_disk_in_a_batch),
        cmocka_unit_test(two_writers),
        cmocka_unit_test(two_handles_in_one_process),
        cmocka_unit_test(kill_9_loses_nothing_acknowledged),
        cmocka_unit_test(abuse_50_purged_bytes_are_gone),
    };
    return RUN_CASES("casebook_open", bad_files, refuse_file) +
           cmocka_run_group_tests_name("casebook_store", tests, NULL, NULL);
}
