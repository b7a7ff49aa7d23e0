#include "filter/pull/pins.h"

#include <stdio.h>

#include "filter/base/err.h"
#include "tests/filter/pull/operator.h"
#include "tests/filter/test.h"

static struct operator house;

static void loads(void **state)
{
    (void)state;
    const struct pull_pins *pins = &house.pins;
    struct hash season = hash_sha256(buf_str(&house.season));
    assert_int_equal(pins->key_count, 4);
    assert_memory_equal(&pins->season, &season, sizeof season);
    assert_true(str_is(pins->name, "Pilkada Contoh"));
    assert_int_equal(pins->end_ms - pins->start_ms, INT64_C(60) * 24 * 3600 * 1000);
    static const bool off[] = {false, true, true, true};
    for (size_t i = 0; i < COUNT(off); i++) {
        assert_int_equal(pins->keys[i].is_off_server, off[i]);
    }
}

static void finds(void **state)
{
    (void)state;
    const struct str sari = buf_str(&house.lines[KEY_SARI]), budi = buf_str(&house.lines[KEY_BUDI]);
    assert_ptr_equal(pull_pins_find(&house.pins, sari, PULL_TEAM), &house.pins.keys[0]);
    assert_null(pull_pins_find(&house.pins, sari, PULL_INDEPENDENT));
    assert_null(pull_pins_find(&house.pins, budi, PULL_TEAM));
    assert_null(pull_pins_find(&house.pins, STR("ssh-rsa AAAA"), PULL_TEAM));
    assert_null(pull_pins_find(&house.pins, STR(""), PULL_TEAM));
}

/* What is put in place of a part of season.json, or of a whole other file. */
static const struct bad_case {
    const char *name, *file, *from, *to, *says;
} bads[] = {
    {"no season", "season.json", NULL, NULL, "season.json"},
    {"nothing in it", "season.json", NULL, "", "season.json"},
    {"no JSON", "season.json", NULL, "musim", "season.json"},
    {"not canonical", "season.json", "{\"end\"", "{ \"end\"", "season.json"},
    {"another type", "season.json", "saring-season-1", "saring-season-2", "type saring-season-1"},
    {"no end", "season.json", "\"end\"", "\"enb\"", "240 days apart"},
    {"a start behind the end", "season.json", "\"start\":\"2026", "\"start\":\"2028",
     "240 days apart"},
    {"longer than 240 days", "season.json", "\"start\":\"2026", "\"start\":\"2025",
     "240 days apart"},
    {"a role of its own", "season.json", "\"role\":\"team\"", "\"role\":\"police\"",
     "without a name or a role"},
    {"no name", "season.json", "\"name\":\"Mitra Cek\"", "\"name\":\"\"",
     "without a name or a role"},
    {"a key that is none", "season.json", "ssh-ed25519 ", "ssh-ed25518 ", "ssh-ed25519"},
    {"a list key that is none", "list.pub", NULL, "ssh-ed25519 AAAA", "list.pub"},
    {"no list key", "list.pub", NULL, NULL, "list.pub"},
    {"no key among those off the server", "off-server.pub", NULL, "# satu\nbukan kunci\n",
     "off-server.pub:2"},
};

static char *replace(const char *text, const char *from, const char *to)
{
    static char out[4096];
    const char *at = strstr(text, from);
    assert_non_null(at);
    snprintf(out, sizeof out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    return out;
}

static void refuses(const char *says)
{
    struct arena *arena = arena_new(8 << 20);
    struct pull_pins pins;
    struct err err = ERR_NONE;
    char text[800];
    assert_false(pull_pins_load(&pins, house.folder, arena, &err));
    if (strstr(err_format(&err, text, sizeof text), says) == NULL) {
        fail_msg("%s", text);
    }
    arena_free(arena);
}

static void restore(void)
{
    operator_write(&house, "season.json", house.season.bytes);
    operator_write(&house, "list.pub", house.lines[KEY_LIST].bytes);
    operator_write(&house, "off-server.pub", house.lines[KEY_TONO].bytes);
}

static void bad(void **state)
{
    const struct bad_case *one = *state;
    operator_write(&house, one->file,
                   one->from != NULL ? replace(house.season.bytes, one->from, one->to) : one->to);
    refuses(one->says);
    restore();
}

/* One person with one key, in two roles or twice in one, is no second person. */
static void refuses_one_key_twice(void **state)
{
    (void)state;
    operator_write(
        &house, "season.json",
        replace(house.season.bytes, house.lines[KEY_RINA].bytes, house.lines[KEY_SARI].bytes));
    refuses("names one key twice, of Tim Siber Contoh and of Mitra Cek");
    operator_write(
        &house, "season.json",
        replace(house.season.bytes, house.lines[KEY_TONO].bytes, house.lines[KEY_SARI].bytes));
    refuses("names one key twice");
    restore();
}

/* The key of the list is on the server, whatever somebody wrote down. */
static void refuses_the_list_key_off_the_server(void **state)
{
    (void)state;
    operator_write(&house, "off-server.pub", house.lines[KEY_LIST].bytes);
    refuses("is on the server");
    restore();
}

static void needs_no_file_of_keys_off_the_server(void **state)
{
    (void)state;
    struct arena *arena = arena_new(8 << 20);
    struct pull_pins pins;
    struct err err = ERR_NONE;
    operator_write(&house, "off-server.pub", NULL);
    assert_true(pull_pins_load(&pins, house.folder, arena, &err));
    assert_false(pins.keys[0].is_off_server || pins.keys[1].is_off_server);
    assert_true(pins.keys[2].is_off_server);
    arena_free(arena);
    restore();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads),
        cmocka_unit_test(finds),
        cmocka_unit_test(refuses_one_key_twice),
        cmocka_unit_test(refuses_the_list_key_off_the_server),
        cmocka_unit_test(needs_no_file_of_keys_off_the_server),
    };
    operator_start(&house);
    int failed =
        cmocka_run_group_tests_name("pins", tests, NULL, NULL) + RUN_CASES("bad pins", bads, bad);
    operator_end(&house);
    return failed;
}
