#include "filter/pull/install.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/filter/blocklist/sample.h"
#include "tests/filter/test.h"

static char folder[] = "/tmp/saring-install.XXXXXX";

static const struct blocklist_opening opening = {
    .serial = 7,
    .made_ms = SAMPLE_NOW_MS,
    .valid_until_ms = SAMPLE_NOW_MS + 3600000,
    .season = {"Pilkada Contoh", 14},
    .appeal = {"Mitra Cek", 9},
    .empty = {"", 0},
    .fingerprint = {"SHA256:x", 8},
    .zone = {"saring.rpz", 10},
};

/* The host of an item lies within its target. */
static const char url[] = "https://t.me/dua";

static const struct blocklist_item items[] = {
    {.scope = BLOCKLIST_HOST,
     .target = {"satu.example", 12},
     .host = {"satu.example", 12},
     .reason = {"Meminta NIK.", 12},
     .harvest = BLOCKLIST_MONEY,
     .case_id = 1,
     .end_ms = SAMPLE_NOW_MS + 3600000},
    {.scope = BLOCKLIST_URL,
     .target = {url, 16},
     .host = {url + 8, 4},
     .reason = {"Meminta NIK.", 12},
     .harvest = BLOCKLIST_MONEY,
     .case_id = 2,
     .end_ms = SAMPLE_NOW_MS + 3600000},
};

static struct pull_place place(const char *consumer)
{
    return (struct pull_place){.consumer = pull_consumer_find(consumer),
                               .folder = folder,
                               .check = "",
                               .reload = "echo reload >>'%s/log'"};
}

/* A file in the folder; NULL if there is none. Stands until the next call. */
static const char *read_back(const char *name)
{
    static struct buf bytes = BUF_EMPTY;
    struct buf path = BUF_EMPTY;
    struct err err = ERR_NONE;
    buf_printf(&path, "%s/%s", folder, name);
    buf_clear(&bytes);
    bool done = file_read(path.bytes, 1 << 20, &bytes, &err);
    buf_put_char(&bytes, '\0');
    buf_fini(&path);
    return done ? bytes.bytes : NULL;
}

static void write_before(const char *name, const char *text)
{
    struct buf path = BUF_EMPTY;
    struct err err = ERR_NONE;
    buf_printf(&path, "%s/%s", folder, name);
    unlink(path.bytes);
    assert_true(text == NULL || file_write(path.bytes, str_of(text), 0600, &err));
    buf_fini(&path);
}

static int clear(void **state)
{
    (void)state;
    static const char *const names[] = {"saring.hosts", "saring.squid.domains", "saring.squid.urls",
                                        "log"};
    for (size_t i = 0; i < COUNT(names); i++) {
        write_before(names[i], NULL);
    }
    return 0;
}

static void puts_files_in_place(void **state)
{
    (void)state;
    struct pull_place one = place("hosts");
    struct err err = ERR_NONE;
    assert_true(pull_install(&one, &opening, items, 1, &err));
    assert_non_null(strstr(read_back("saring.hosts"), "0.0.0.0 satu.example\n"));
    assert_string_equal(read_back("log"), "reload\n");
}

/* Its checker says no: what was there before is there again, and is read again. */
static void puts_back_what_was_there(void **state)
{
    (void)state;
    struct pull_place one = place("hosts");
    struct err err = ERR_NONE;
    write_before("saring.hosts", "lama\n");
    one.check = "! grep -q satu.example '%s/saring.hosts'";
    assert_false(pull_install(&one, &opening, items, 1, &err));
    assert_non_null(strstr(err.message, "checker failed"));
    assert_string_equal(read_back("saring.hosts"), "lama\n");
    assert_string_equal(read_back("log"), "reload\n");
}

static void takes_away_what_was_not_there(void **state)
{
    (void)state;
    struct pull_place one = place("hosts");
    struct err err = ERR_NONE;
    one.reload = "exit 3";
    assert_false(pull_install(&one, &opening, items, 1, &err));
    assert_non_null(strstr(err.message, "reload failed"));
    assert_null(read_back("saring.hosts"));
}

/* What should be free is free, whatever else is wrong with the consumer's configuration. */
static void leaves_an_empty_list(void **state)
{
    (void)state;
    struct pull_place one = place("hosts");
    struct err err = ERR_NONE;
    write_before("saring.hosts", "0.0.0.0 lama.example\n");
    one.check = "exit 1";
    assert_false(pull_install(&one, &opening, NULL, 0, &err));
    assert_null(strstr(read_back("saring.hosts"), "lama.example"));
    assert_string_equal(read_back("log"), "reload\n");
}

/* No room for a file beside it (a full disk; here its name is too long): written over in place. */
static void empties_without_room(void **state)
{
    (void)state;
    struct pull_place one = place("hosts");
    struct err err = ERR_NONE;
    struct buf longest = BUF_EMPTY, old = BUF_EMPTY;
    for (size_t i = 0; i < 2000; i++) {
        buf_put_string(&old, "0.0.0.0 lama.example\n");
    }
    write_before("saring.hosts", old.bytes);
    buf_put_string(&longest, folder);
    while (longest.len + strlen("/saring.hosts") < 4092) {
        buf_put_string(&longest, longest.len + strlen("/saring.hosts") < 4091 ? "/." : "/");
    }
    one.folder = longest.bytes;
    one.reload = "";
    assert_false(pull_install(&one, &opening, items, 1, &err));
    assert_non_null(strstr(read_back("saring.hosts"), "lama.example"));
    err = ERR_NONE;
    if (!pull_install(&one, &opening, NULL, 0, &err)) {
        fail_msg("%s", err.message);
    }
    assert_null(strstr(read_back("saring.hosts"), "lama.example"));
    assert_non_null(strstr(read_back("saring.hosts"), "serial"));
    buf_fini(&longest);
    buf_fini(&old);
}

static void writes_each_file_of_a_format(void **state)
{
    (void)state;
    struct pull_place one = place("squid");
    struct err err = ERR_NONE;
    assert_true(pull_install(&one, &opening, items, 2, &err));
    size_t count;
    bool has_url = false;
    const struct blocklist_format *formats = blocklist_formats(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(formats[i].name, "squid") == 0) {
            const char *text = read_back(formats[i].file);
            assert_non_null(text);
            has_url |= strstr(text, "dua") != NULL;
            write_before(formats[i].file, NULL);
        }
    }
    assert_true(has_url);
}

static void knows_its_consumers(void **state)
{
    (void)state;
    size_t count, format_count;
    const struct pull_consumer *all = pull_consumers(&count);
    const struct blocklist_format *formats = blocklist_formats(&format_count);
    for (size_t i = 0; i < count; i++) {
        size_t files = 0;
        assert_ptr_equal(pull_consumer_find(all[i].name), &all[i]);
        for (size_t k = 0; k < format_count; k++) {
            files += strcmp(formats[k].name, all[i].format) == 0;
        }
        assert_true(files > 0 && files <= 4);
    }
    assert_null(pull_consumer_find("apache"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(puts_files_in_place, clear),
        cmocka_unit_test_setup(puts_back_what_was_there, clear),
        cmocka_unit_test_setup(takes_away_what_was_not_there, clear),
        cmocka_unit_test_setup(leaves_an_empty_list, clear),
        cmocka_unit_test_setup(empties_without_room, clear),
        cmocka_unit_test_setup(writes_each_file_of_a_format, clear),
        cmocka_unit_test(knows_its_consumers),
    };
    assert_non_null(mkdtemp(folder));
    int failed = cmocka_run_group_tests_name("install", tests, NULL, NULL);
    clear(NULL);
    rmdir(folder);
    return failed;
}
