#include "filter/blocklist/manifest.h"

#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "tests/filter/blocklist/sample.h"
#include "tests/filter/test.h"

static struct blocklist_opening sample_opening(struct str season)
{
    return (struct blocklist_opening){.serial = 7,
                                      .made_ms = SAMPLE_NOW_MS,
                                      .valid_until_ms = SAMPLE_NOW_MS + 1000,
                                      .season = season,
                                      .fingerprint = STR("SHA256:abc")};
}

static void describes_files(void **state)
{
    (void)state;
    struct blocklist_opening opening = sample_opening(STR("Pilkada \"Contoh\""));
    struct blocklist_file files[] = {{.format = "rpz",
                                      .name = STR("saring.rpz"),
                                      .sha256 = {.bytes = {0xab}},
                                      .bytes = 12,
                                      .counts = {.written = 3, .skipped = 1}}};
    struct buf out = BUF_EMPTY;
    struct err err = ERR_NONE;
    assert_true(blocklist_manifest(&opening, 4, files, 1, &out, &err));
    json_t *read = canonical_read(buf_str(&out), &err);
    assert_non_null(read);
    assert_string_equal(json_string_value(json_object_get(read, "type")), "saring-manifest-1");
    assert_string_equal(json_string_value(json_object_get(read, "valid_until")),
                        "2026-11-24T12:00:01Z");
    assert_true(json_is_false(json_object_get(read, "demo")));
    assert_int_equal(json_integer_value(json_object_get(read, "entries")), 4);
    json_t *file = json_array_get(json_object_get(read, "files"), 0);
    assert_string_equal(json_string_value(json_object_get(file, "format")), "rpz");
    assert_int_equal(json_integer_value(json_object_get(file, "written")), 3);
    assert_int_equal(strncmp(json_string_value(json_object_get(file, "sha256")), "ab00", 4), 0);
    json_decref(read);
    buf_fini(&out);
}

static void says_what_is_a_demonstration(void **state)
{
    (void)state;
    struct blocklist_opening opening = sample_opening(STR(""));
    struct buf out = BUF_EMPTY;
    struct err err = ERR_NONE;
    assert_true(blocklist_manifest(&opening, 0, NULL, 0, &out, &err));
    assert_non_null(strstr(out.bytes, "\"demo\":true"));
    buf_fini(&out);
}

static void refuses_what_is_no_utf8(void **state)
{
    (void)state;
    struct blocklist_opening opening = sample_opening(STR("\xff"));
    struct buf out = BUF_EMPTY;
    struct err err = ERR_NONE;
    assert_false(blocklist_manifest(&opening, 0, NULL, 0, &out, &err));
    assert_int_equal(out.len, 0);
    struct blocklist_file file = {.format = "rpz", .name = STR("\xff")};
    opening.season = STR("x");
    err = ERR_NONE;
    assert_false(blocklist_manifest(&opening, 0, &file, 1, &out, &err));
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describes_files),
        cmocka_unit_test(says_what_is_a_demonstration),
        cmocka_unit_test(refuses_what_is_no_utf8),
    };
    return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
