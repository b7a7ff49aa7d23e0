#include "filter/pipeline/watch.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/filter/test.h"

/* Times are the test's own: nothing here waits. */
struct place {
    char folder[64], rules[96];
    const char *folders[2];
    struct watch *watch;
    int64_t now_ms;
};

static void in(const struct place *place, const char *name, struct buf *path)
{
    buf_clear(path);
    buf_printf(path, "%s/%s", place->rules, name);
}

static void write_file(const struct place *place, const char *name)
{
    struct buf path = BUF_EMPTY;
    struct err err = ERR_NONE;
    in(place, name, &path);
    assert_true(file_write(path.bytes, STR("x"), 0600, &err));
    buf_fini(&path);
}

static void make_folder(const struct place *place, const char *name)
{
    struct buf path = BUF_EMPTY;
    in(place, name, &path);
    assert_int_equal(mkdir(path.bytes, 0700), 0);
    buf_fini(&path);
}

static struct place set_up(void)
{
    struct place place = {.now_ms = 1000};
    strcpy(place.folder, "/tmp/saring-watch-XXXXXX");
    assert_non_null(mkdtemp(place.folder));
    snprintf(place.rules, sizeof place.rules, "%s/rules", place.folder);
    assert_int_equal(mkdir(place.rules, 0700), 0);
    return place;
}

static void begin(struct place *place)
{
    place->folders[0] = place->rules;
    place->watch = watch_new(place->folders);
    assert_true(watch_fd(place->watch) >= 0);
    assert_false(watch_take(place->watch, INT64_MAX - 1));
}

static void tear_down(struct place *place)
{
    char command[128];
    watch_free(place->watch);
    snprintf(command, sizeof command, "rm -rf %s", place->folder);
    assert_int_equal(system(command), 0);
}

/* Whether a change is told of, and once. */
static bool is_told(struct place *place)
{
    watch_read(place->watch, place->now_ms);
    place->now_ms += WATCH_QUIET_MS;
    bool told = watch_take(place->watch, place->now_ms);
    assert_false(watch_take(place->watch, place->now_ms + WATCH_LONGEST_MS));
    return told;
}

static void each_kind_of_change(void **state)
{
    (void)state;
    struct place place = set_up();
    struct buf path = BUF_EMPTY, other = BUF_EMPTY;
    make_folder(&place, "fraud");
    begin(&place);
    write_file(&place, "fraud/a.yml");
    assert_true(is_told(&place));
    write_file(&place, "fraud/a.yml");
    assert_true(is_told(&place));
    in(&place, "fraud/a.yml", &path);
    in(&place, "b.yml", &other);
    assert_int_equal(rename(path.bytes, other.bytes), 0);
    assert_true(is_told(&place));
    assert_int_equal(unlink(other.bytes), 0);
    assert_true(is_told(&place));
    make_folder(&place, "lists");
    assert_true(is_told(&place));
    write_file(&place, "lists/kata.txt"); /* of a folder that came later */
    assert_true(is_told(&place));
    assert_false(is_told(&place));
    buf_fini(&path);
    buf_fini(&other);
    tear_down(&place);
}

/* Editors' own files, and files that rules have nothing to do with. */
static void others_are_no_change(void **state)
{
    static const char *const names[] = {".a.yml.swp", "a.yml~", "4913", ".#a.yml", "README.md"};
    (void)state;
    struct place place = set_up();
    begin(&place);
    for (size_t i = 0; i < COUNT(names); i++) {
        write_file(&place, names[i]);
        assert_false(is_told(&place));
    }
    tear_down(&place);
}

static void a_save_of_many_files_is_one_change(void **state)
{
    (void)state;
    struct place place = set_up();
    begin(&place);
    int64_t first_ms = place.now_ms;
    for (int i = 0; i < 5; i++) {
        write_file(&place, "a.yml");
        watch_read(place.watch, place.now_ms);
        assert_true(watch_due_ms(place.watch) == place.now_ms + WATCH_QUIET_MS);
        place.now_ms += WATCH_QUIET_MS - 1;
        assert_false(watch_take(place.watch, place.now_ms));
    }
    assert_true(watch_take(place.watch, place.now_ms + 1));
    /* One that never is quiet is told of all the same. */
    first_ms = place.now_ms;
    while (place.now_ms < first_ms + WATCH_LONGEST_MS) {
        write_file(&place, "a.yml");
        watch_read(place.watch, place.now_ms);
        assert_false(watch_take(place.watch, place.now_ms));
        place.now_ms += WATCH_QUIET_MS / 3;
    }
    assert_true(watch_take(place.watch, place.now_ms));
    tear_down(&place);
}

/* A folder put in the place of another one, as deploying does it. */
static void a_folder_in_its_place(void **state)
{
    (void)state;
    struct place place = set_up();
    struct buf old = BUF_EMPTY;
    begin(&place);
    buf_printf(&old, "%s/old", place.folder);
    assert_int_equal(rename(place.rules, old.bytes), 0);
    assert_true(is_told(&place));
    assert_int_equal(mkdir(place.rules, 0700), 0);
    assert_true(is_told(&place));
    write_file(&place, "baru.yml");
    assert_true(is_told(&place));
    buf_fini(&old);
    tear_down(&place);
}

static void without_a_folder(void **state)
{
    (void)state;
    const char *folders[] = {"/nonexistent/rules", NULL};
    struct watch *watch = watch_new(folders);
    watch_read(watch, 1);
    assert_false(watch_take(watch, 100000));
    watch_free(watch);
    watch_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_change),
        cmocka_unit_test(others_are_no_change),
        cmocka_unit_test(a_save_of_many_files_is_one_change),
        cmocka_unit_test(a_folder_in_its_place),
        cmocka_unit_test(without_a_folder),
    };
    return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
