#include "filter/blocklist/seal.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/filter/blocklist/sample.h"
#include "tests/filter/test.h"

static char folder[64];

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/saring-seal.XXXXXX");
    assert_non_null(mkdtemp(folder));
    return 0;
}

static int tear_down(void **state)
{
    struct buf command = BUF_EMPTY;
    (void)state;
    buf_printf(&command, "rm -r %s", folder);
    assert_int_equal(system(command.bytes), 0);
    buf_fini(&command);
    return 0;
}

static struct blocklist_seal open_seal(enum blocklist_seal_key kind, int64_t now_ms)
{
    struct blocklist_seal seal;
    struct err err = ERR_NONE;
    if (!blocklist_seal_open(&seal, folder, kind, now_ms, &err)) {
        fail_msg("%s", err.message);
    }
    return seal;
}

static void write_named(const char *name, struct str bytes)
{
    struct buf path = BUF_EMPTY;
    struct err err = ERR_NONE;
    buf_printf(&path, "%s/%s", folder, name);
    assert_true(file_write(path.bytes, bytes, 0600, &err));
    buf_fini(&path);
}

static void serial_only_grows(void **state)
{
    (void)state;
    static const struct {
        int64_t now_ms;
        uint32_t serial;
    } steps[] = {
        {SAMPLE_NOW_MS, 1795521600},
        {SAMPLE_NOW_MS, 1795521601},           /* in the same second */
        {SAMPLE_NOW_MS - 3600000, 1795521602}, /* the clock went back */
        {SAMPLE_NOW_MS + 5000, 1795521605},
    };
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct blocklist_seal seal = open_seal(BLOCKLIST_SEAL_DEMO, steps[i].now_ms);
        assert_int_equal(seal.serial, steps[i].serial);
        blocklist_seal_close(&seal);
    }
}

/* Whoever may write in the state folder makes no file elsewhere by the hand of root. */
static void a_planted_link_is_not_followed(void **state)
{
    (void)state;
    struct buf link = BUF_EMPTY, target = BUF_EMPTY;
    struct blocklist_seal seal;
    struct err err = ERR_NONE;
    struct stat about;
    buf_printf(&link, "%s/list.lock", folder);
    buf_printf(&target, "%s/elsewhere", folder);
    assert_int_equal(symlink(target.bytes, link.bytes), 0);
    assert_false(blocklist_seal_open(&seal, folder, BLOCKLIST_SEAL_DEMO, SAMPLE_NOW_MS, &err));
    assert_non_null(strstr(err.message, "cannot be opened"));
    assert_int_not_equal(lstat(target.bytes, &about), 0);
    buf_fini(&link);
    buf_fini(&target);
}

static void demo_key_is_thrown_away(void **state)
{
    (void)state;
    struct blocklist_seal one = open_seal(BLOCKLIST_SEAL_DEMO, SAMPLE_NOW_MS);
    blocklist_seal_close(&one);
    struct blocklist_seal two = open_seal(BLOCKLIST_SEAL_DEMO, SAMPLE_NOW_MS);
    blocklist_seal_close(&two);
    assert_false(sshsig_key_equal(&one.key, &two.key));
    assert_false(blocklist_seal_exists(folder));
    static const unsigned char nothing[SSHSIG_SECRET_BYTES];
    assert_memory_equal(two.secret, nothing, sizeof nothing);
}

static void season_key_stays(void **state)
{
    (void)state;
    struct stat about;
    struct buf path = BUF_EMPTY, signature = BUF_EMPTY;
    struct err err = ERR_NONE;
    struct blocklist_seal one = open_seal(BLOCKLIST_SEAL_SEASON, SAMPLE_NOW_MS);
    blocklist_seal_close(&one);
    struct blocklist_seal two = open_seal(BLOCKLIST_SEAL_SEASON, SAMPLE_NOW_MS);
    assert_true(sshsig_key_equal(&one.key, &two.key));
    assert_true(blocklist_seal_exists(folder));
    blocklist_seal_sign(&two, STR("daftar"), &signature);
    assert_true(sshsig_verify(buf_str(&signature), STR("daftar"), &one.key, &err));
    blocklist_seal_close(&two);
    buf_printf(&path, "%s/list.key", folder);
    assert_int_equal(stat(path.bytes, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    buf_fini(&path);
    buf_fini(&signature);
}

static const struct damage_case {
    const char *name, *file, *bytes, *says;
} damages[] = {
    {"a serial that is none", "list.serial", "abc\n", "no serial"},
    {"an empty serial", "list.serial", "", "no serial"},
    {"a serial beyond 32 bits", "list.serial", "4294967296\n", "no serial"},
    {"a key that was cut", "list.key", "abc", "key of 3 bytes"},
};

static void refuses_damage(void **state)
{
    const struct damage_case *one = *state;
    struct blocklist_seal seal;
    struct err err = ERR_NONE;
    set_up(NULL);
    write_named(one->file, str_of(one->bytes));
    assert_false(blocklist_seal_open(&seal, folder, BLOCKLIST_SEAL_SEASON, SAMPLE_NOW_MS, &err));
    assert_non_null(strstr(err.message, one->says));
    assert_non_null(strstr(err.file, one->file));
    tear_down(NULL);
}

static void refuses_a_folder_that_is_not_there(void **state)
{
    (void)state;
    struct blocklist_seal seal;
    struct err err = ERR_NONE;
    assert_false(blocklist_seal_open(&seal, "/nonexistent", BLOCKLIST_SEAL_DEMO, 0, &err));
    assert_string_equal(err.file, "/nonexistent/list.lock");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(serial_only_grows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_planted_link_is_not_followed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(demo_key_is_thrown_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(season_key_stays, set_up, tear_down),
        cmocka_unit_test(refuses_a_folder_that_is_not_there),
    };
    return RUN_CASES("seal damage", damages, refuses_damage) +
           cmocka_run_group_tests_name("seal", tests, NULL, NULL);
}
