#include "filter/base/state_dir.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "tests/filter/test.h"

static void option_comes_first(void **state)
{
    (void)state;
    struct buf out = BUF_EMPTY;
    struct err err = ERR_NONE;
    assert_true(state_dir("here", &out, &err));
    assert_string_equal(out.bytes, "here");
    buf_fini(&out);
}

/* Root's own rule must not be in the way: for a while this is nobody. */
static void others_have_it_in_their_home(void **state)
{
    (void)state;
    if (geteuid() == 0 && seteuid(65534) != 0) {
        skip();
    }
    struct buf out = BUF_EMPTY;
    struct err err = ERR_NONE;
    setenv("HOME", "/rumah", 1);
    unsetenv("XDG_STATE_HOME");
    assert_true(state_dir(NULL, &out, &err));
    assert_string_equal(out.bytes, "/rumah/.local/state/saring");
    buf_clear(&out);
    setenv("XDG_STATE_HOME", "/keadaan", 1);
    assert_true(state_dir(NULL, &out, &err));
    assert_string_equal(out.bytes, "/keadaan/saring");
    buf_clear(&out);
    setenv("XDG_STATE_HOME", "relative", 1);
    unsetenv("HOME");
    assert_false(state_dir(NULL, &out, &err));
    assert_non_null(strstr(err.message, "--state"));
    buf_fini(&out);
    if (getuid() == 0) {
        assert_int_equal(seteuid(0), 0);
    }
}

static void makes_all_of_a_path(void **state)
{
    (void)state;
    char folder[] = "/tmp/saring-state.XXXXXX";
    struct buf path = BUF_EMPTY;
    struct err err = ERR_NONE;
    struct stat about;
    assert_non_null(mkdtemp(folder));
    buf_printf(&path, "%s/a/b", folder);
    assert_true(state_dir_make(path.bytes, &err));
    assert_true(state_dir_make(path.bytes, &err));
    assert_int_equal(stat(path.bytes, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    assert_int_equal(rmdir(path.bytes), 0);
    assert_false(state_dir_make("/dev/null/a", &err));
    assert_string_equal(err.file, "/dev/null");
    path.bytes[path.len - 2] = '\0';
    assert_int_equal(rmdir(path.bytes), 0);
    assert_int_equal(rmdir(folder), 0);
    buf_fini(&path);
}

/* A folder that a stranger laid ready, or a slip as --state /tmp. */
static void not_where_anybody_writes(void **state)
{
    (void)state;
    char folder[] = "/tmp/saring-state.XXXXXX";
    struct err err = ERR_NONE;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chmod(folder, 01777), 0);
    assert_false(state_dir_make(folder, &err));
    assert_non_null(strstr(err.message, "anybody may write"));
    assert_string_equal(err.file, folder);
    err = ERR_NONE;
    assert_int_equal(chmod(folder, 0775), 0);
    assert_true(state_dir_make(folder, &err));
    assert_int_equal(rmdir(folder), 0);
}

/* What another user is told: whose it is, by the nearest folder that can be seen. */
static void says_who_may(void **state)
{
    (void)state;
    char folder[] = "/tmp/saring-state.XXXXXX";
    struct buf path = BUF_EMPTY;
    struct err err = ERR_NONE;
    assert_non_null(mkdtemp(folder));
    const struct passwd *me = getpwuid(geteuid());
    if (me == NULL) {
        rmdir(folder);
        skip();
    }
    buf_printf(&path, "%s/a/casebook.db", folder);
    assert_false(state_dir_denied(path.bytes, "dibaca", "be read", &err));
    assert_string_equal(err.file, path.bytes);
    assert_non_null(strstr(err.message, "tidak boleh dibaca / may not be read"));
    assert_non_null(strstr(err.message, "its mode is 700: chmod -R u+rwX /tmp/saring-state."));
    if (geteuid() == 0) {
        struct buf want = BUF_EMPTY;
        buf_printf(&want, "jalankan sebagai / run as %s (sudo -u", me->pw_name);
        assert_int_equal(seteuid(65534), 0);
        err = ERR_NONE;
        assert_false(state_dir_denied(path.bytes, "dibaca", "be read", &err));
        assert_int_equal(seteuid(0), 0);
        assert_non_null(strstr(err.message, want.bytes));
        buf_fini(&want);
    }
    buf_fini(&path);
    rmdir(folder);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(option_comes_first),  cmocka_unit_test(others_have_it_in_their_home),
        cmocka_unit_test(makes_all_of_a_path), cmocka_unit_test(not_where_anybody_writes),
        cmocka_unit_test(says_who_may),
    };
    return cmocka_run_group_tests_name("state_dir", tests, NULL, NULL);
}
