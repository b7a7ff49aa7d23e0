#include "feeds/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/log.h"
#include "tests/filter/test.h"

static const struct feeds_source sources[] = {
    {.id = STR("a"), .url = STR("https://a.example/")},
    {.id = STR("b"), .url = STR("https://b.example/")},
    {.id = STR("c"), .path = STR("posts.ndjson")},
};

struct fixture {
    char folder[64], path[96];
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/saring-state.XXXXXX"); /* NOLINT */
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/feeds.state", f->folder);
    log_set_level(LOG_ERROR);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    unlink(f->path);
    rmdir(f->folder);
    free(f);
    return 0;
}

static void free_states(struct feeds_state *states)
{
    for (size_t i = 0; i < COUNT(sources); i++) {
        feeds_state_fini(&states[i]);
    }
}

static void comes_back_as_it_was(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_NONE;
    struct feeds_state put[COUNT(sources)] = {{.due_ms = 5, .failures = 2}, {.is_gone = true}};
    struct feeds_state got[COUNT(sources)] = {{.due_ms = 0}};
    feeds_state_set(&put[0].etag, STR("W/\"x\\y\""), FEEDS_STATE_MAX_VALUE);
    feeds_state_set(&put[0].last_modified, STR("Sat, 21 Nov 2026 01:43:00 GMT"),
                    FEEDS_STATE_MAX_VALUE);
    feeds_state_set(&put[0].moved, STR("https://new.example/"), 8192);
    feeds_state_set(&put[2].etag, STR("file:1"), FEEDS_STATE_MAX_VALUE);
    assert_true(feeds_state_save(f->path, sources, COUNT(sources), put, &err));
    feeds_state_load(f->path, sources, COUNT(sources), got);
    assert_string_equal(got[0].etag, "W/\"x\\y\"");
    assert_string_equal(got[0].last_modified, "Sat, 21 Nov 2026 01:43:00 GMT");
    assert_string_equal(got[0].moved, "https://new.example/");
    assert_int_equal(got[0].due_ms, 5);
    assert_int_equal(got[0].failures, 2);
    assert_true(got[1].is_gone && got[1].etag == NULL);
    assert_string_equal(got[2].etag, "file:1");
    free_states(put);
    free_states(got);
}

static void a_new_address_starts_anew(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_NONE;
    struct feeds_state put[COUNT(sources)] = {{.is_gone = true}},
                       got[COUNT(sources)] = {{.due_ms = 0}};
    struct feeds_source other[COUNT(sources)];
    memcpy(other, sources, sizeof other);
    other[0].url = STR("https://a.example/new");
    assert_true(feeds_state_save(f->path, sources, COUNT(sources), put, &err));
    feeds_state_load(f->path, other, COUNT(sources), got);
    assert_false(got[0].is_gone);
    free_states(put);
}

static void what_is_broken_is_left(void **state)
{
    struct fixture *f = *state;
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "{\"version\":2,\"sources\":{}}",
        "{\"version\":1}",
        "\xFF\xFE",
        "{\"version\":1,\"sources\":{\"a\":5,\"b\":{\"place\":7},\"c\":{\"place\":\"posts.ndjson\","
        "\"etag\":[],\"due\":\"x\",\"failures\":-1,\"gone\":\"ja\",\"last_modified\":\"a\\nX: "
        "y\"}}}"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct err err = ERR_NONE;
        struct feeds_state got[COUNT(sources)] = {{.due_ms = 0}},
                           none[COUNT(sources)] = {{.due_ms = 0}};
        assert_true(file_write(f->path, str_of(texts[i]), 0600, &err));
        feeds_state_load(f->path, sources, COUNT(sources), got);
        assert_memory_equal(got, none, sizeof got);
    }
}

static void values_are_checked(void **state)
{
    (void)state;
    static const char *const refused[] = {"", "a\r\nX: y", "a\x7F", "a\xC3\xA9", "123456789"};
    char *value = NULL;
    for (size_t i = 0; i < COUNT(refused); i++) {
        feeds_state_set(&value, STR("12345678"), 8);
        assert_string_equal(value, "12345678");
        feeds_state_set(&value, str_of(refused[i]), 8);
        assert_null(value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(comes_back_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_address_starts_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_broken_is_left, set_up, tear_down),
        cmocka_unit_test(values_are_checked),
    };
    return cmocka_run_group_tests_name("feeds_state", tests, NULL, NULL);
}
