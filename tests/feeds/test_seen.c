#include "feeds/seen.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/log.h"
#include "tests/filter/test.h"

static const int64_t hour_ms = 3600000, start_ms = INT64_C(1795000000000);
static int64_t test_now_ms;

static int64_t read_now(const struct clock *clock)
{
    (void)clock;
    return test_now_ms;
}

struct fixture {
    char folder[64], path[96];
    struct hash_key secret;
    struct feeds_seen *seen;
};

static struct feeds_seen *open_seen(const struct fixture *f)
{
    struct err err = ERR_NONE;
    struct feeds_seen *seen =
        feeds_seen_open(f->path, &f->secret, (struct clock){.now_ms = read_now}, &err);
    assert_string_equal(err.message, "");
    return seen;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct err err = ERR_NONE;
    assert_true(hash_start(&err));
    log_set_level(LOG_ERROR);
    strcpy(f->folder, "/tmp/saring-seen.XXXXXX"); /* NOLINT */
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/feeds.seen", f->folder);
    test_now_ms = start_ms;
    f->seen = open_seen(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    feeds_seen_close(f->seen);
    chmod(f->folder, 0700);
    unlink(f->path);
    rmdir(f->folder);
    free(f);
    return 0;
}

static void reopen(struct fixture *f)
{
    feeds_seen_close(f->seen);
    f->seen = open_seen(f);
}

static bool check(struct fixture *f, const char *source, const char *id)
{
    struct feeds_seen_key key = feeds_seen_key(f->seen, str_of(source), str_of(id));
    return feeds_seen_check(f->seen, &key);
}

static void mark(struct fixture *f, const char *source, const char *id)
{
    struct feeds_seen_key key = feeds_seen_key(f->seen, str_of(source), str_of(id));
    feeds_seen_mark(f->seen, str_of(source), &key);
}

static void a_mark_stays_over_a_restart(void **state)
{
    struct fixture *f = *state;
    assert_false(check(f, "a", "1"));
    mark(f, "a", "1");
    assert_true(check(f, "a", "1"));
    assert_false(check(f, "b", "1"));
    assert_false(check(f, "a1", ""));
    reopen(f);
    assert_true(check(f, "a", "1"));
    assert_int_equal(feeds_seen_count(f->seen), 1);
}

/* What a process that is killed leaves: nothing is closed, yet all is in the file. */
static void a_mark_is_on_disk_at_once(void **state)
{
    struct fixture *f = *state;
    mark(f, "a", "1");
    struct feeds_seen *other = open_seen(f);
    struct feeds_seen_key key = feeds_seen_key(other, STR("a"), STR("1"));
    assert_true(feeds_seen_check(other, &key));
    feeds_seen_close(other);
}

static void the_file_holds_no_names(void **state)
{
    struct fixture *f = *state;
    struct buf bytes = BUF_EMPTY;
    struct err err = ERR_NONE;
    mark(f, "sumber-rahasia", "pos-rahasia");
    assert_true(file_read(f->path, 1 << 20, &bytes, &err));
    assert_int_equal(bytes.len, 64);
    assert_null(memmem(bytes.bytes, bytes.len, "rahasia", 7));
    buf_fini(&bytes);
}

static void another_secret_sees_nothing(void **state)
{
    struct fixture *f = *state;
    mark(f, "a", "1");
    f->secret.bytes[0]++;
    reopen(f);
    assert_false(check(f, "a", "1"));
}

static void nothing_is_kept_for_more_than_14_days(void **state)
{
    struct fixture *f = *state;
    mark(f, "a", "1");
    test_now_ms = start_ms + 13 * 24 * hour_ms;
    assert_true(check(f, "a", "1"));
    feeds_seen_sweep(f->seen);
    assert_int_equal(feeds_seen_count(f->seen), 1);
    test_now_ms = start_ms + 14 * 24 * hour_ms;
    assert_false(check(f, "a", "1"));
    feeds_seen_sweep(f->seen);
    assert_int_equal(feeds_seen_count(f->seen), 0);
    struct stat about;
    assert_int_equal(stat(f->path, &about), 0);
    assert_int_equal(about.st_size, 32); /* gone from the disk too */
}

static void a_restart_forgets_what_is_old(void **state)
{
    struct fixture *f = *state;
    mark(f, "a", "1");
    test_now_ms = start_ms + 14 * 24 * hour_ms;
    reopen(f);
    assert_int_equal(feeds_seen_count(f->seen), 0);
}

static void a_clock_that_went_back_keeps_nothing_longer(void **state)
{
    struct fixture *f = *state;
    mark(f, "a", "1");
    test_now_ms = start_ms - 48 * hour_ms;
    assert_false(check(f, "a", "1"));
}

static void what_is_no_longer_listed_is_forgotten(void **state)
{
    struct fixture *f = *state;
    mark(f, "a", "1");
    mark(f, "a", "2");
    mark(f, "b", "1");
    test_now_ms = start_ms + 25 * hour_ms;
    assert_true(check(f, "a", "2"));
    feeds_seen_listed(f->seen, STR("a"));
    assert_false(check(f, "a", "1"));
    assert_true(check(f, "a", "2"));
    assert_true(check(f, "b", "1"));
    assert_int_equal(feeds_seen_count(f->seen), 2);
}

static void a_list_that_flickers_forgets_nothing(void **state)
{
    struct fixture *f = *state;
    mark(f, "a", "1");
    test_now_ms = start_ms + 23 * hour_ms;
    feeds_seen_listed(f->seen, STR("a"));
    assert_true(check(f, "a", "1"));
}

static void damage_loses_only_what_is_behind_it(void **state)
{
    struct fixture *f = *state;
    struct buf bytes = BUF_EMPTY;
    struct err err = ERR_NONE;
    mark(f, "a", "1");
    mark(f, "a", "2");
    mark(f, "a", "3");
    assert_true(file_read(f->path, 1 << 20, &bytes, &err));
    bytes.bytes[32 + 32 + 5] ^= 1;
    assert_true(file_write(f->path, buf_str(&bytes), 0600, &err));
    reopen(f);
    assert_true(check(f, "a", "1"));
    assert_false(check(f, "a", "2"));
    buf_fini(&bytes);
}

static void a_record_that_is_cut_is_left_out(void **state)
{
    struct fixture *f = *state;
    mark(f, "a", "1");
    mark(f, "a", "2");
    assert_int_equal(truncate(f->path, 32 + 32 + 31), 0);
    reopen(f);
    assert_true(check(f, "a", "1"));
    assert_false(check(f, "a", "2"));
    mark(f, "a", "3");
    reopen(f);
    assert_true(check(f, "a", "3"));
}

static void another_file_is_started_anew(void **state)
{
    struct fixture *f = *state;
    static const char *const others[] = {"", "x", "something that is longer than one head of ours",
                                         "saring posts seen, version 2\n\0\0\0"};
    for (size_t i = 0; i < COUNT(others); i++) {
        struct err err = ERR_NONE;
        assert_true(file_write(f->path, str_of(others[i]), 0600, &err));
        reopen(f);
        mark(f, "a", "1");
        reopen(f);
        assert_true(check(f, "a", "1"));
    }
}

static void many_marks_are_compacted_and_bounded(void **state)
{
    struct fixture *f = *state;
    struct stat about;
    char id[16];
    /* The same posts again and again: the file must not grow with each mark. */
    for (int i = 0; i < 20000; i++) {
        snprintf(id, sizeof id, "%d", i % 100);
        mark(f, "a", id);
    }
    assert_int_equal(feeds_seen_count(f->seen), 100);
    assert_int_equal(stat(f->path, &about), 0);
    assert_true(about.st_size <= 32 * (4096 + 300));
    reopen(f);
    assert_int_equal(feeds_seen_count(f->seen), 100);
}

static void a_disk_that_fails_leaves_memory(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_NONE;
    struct clock clock = {.now_ms = read_now};
    assert_null(feeds_seen_open("/dev/null/x/feeds.seen", &f->secret, clock, &err));
    assert_string_equal(err.file, "/dev/null/x/feeds.seen");
    /* A full disk, as a limit makes one: marks go on in memory, and all is written when it ends. */
    struct rlimit usual, full = {.rlim_cur = 64, .rlim_max = RLIM_INFINITY};
    log_set_level(LOG_ERROR + 1);
    signal(SIGXFSZ, SIG_IGN);
    mark(f, "a", "1");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &usual), 0);
    full.rlim_max = usual.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
    mark(f, "a", "2");
    mark(f, "a", "3");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &usual), 0);
    assert_true(check(f, "a", "1") && check(f, "a", "2") && check(f, "a", "3"));
    test_now_ms += 60000;
    mark(f, "a", "4");
    reopen(f);
    assert_true(check(f, "a", "1") && check(f, "a", "2"));
    assert_true(check(f, "a", "3") && check(f, "a", "4"));
}

int main(void)
{
#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_mark_stays_over_a_restart),
        CASE(a_mark_is_on_disk_at_once),
        CASE(the_file_holds_no_names),
        CASE(another_secret_sees_nothing),
        CASE(nothing_is_kept_for_more_than_14_days),
        CASE(a_restart_forgets_what_is_old),
        CASE(a_clock_that_went_back_keeps_nothing_longer),
        CASE(what_is_no_longer_listed_is_forgotten),
        CASE(a_list_that_flickers_forgets_nothing),
        CASE(damage_loses_only_what_is_behind_it),
        CASE(a_record_that_is_cut_is_left_out),
        CASE(another_file_is_started_anew),
        CASE(many_marks_are_compacted_and_bounded),
        CASE(a_disk_that_fails_leaves_memory),
    };
    return cmocka_run_group_tests_name("feeds_seen", tests, NULL, NULL);
}
