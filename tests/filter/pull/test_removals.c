#include "filter/pull/removals.h"

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/pull/rotate.h"
#include "tests/filter/pull/operator.h"
#include "tests/filter/test.h"

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define LATER ",\"valid_until\":\"2026-11-30T11:00:00Z\""

static struct operator house;
static const int64_t hour_ms = 3600000;

#define SEASON "\",\"season\":\""

static struct buf removals(const char *entries, const char *made, const char *season,
                           const char *seen, const char *until)
{
    struct buf out = BUF_EMPTY;
    char hex[HASH_HEX];
    buf_printf(
        &out, "{\"entries\":%s,\"made\":\"%s" SEASON "%s\",%s\"type\":\"saring-removals-1\"%s}",
        entries, made, season != NULL ? season : hash_format(&house.pins.season, hex), seen, until);
    return out;
}

static const struct removals_case {
    const char *name, *entries, *made, *season, *seen, *until;
    enum operator_key key;
    const char *says; /* NULL: taken */
    size_t removed;
    uint32_t witness;
} removal_cases[] = {
    {"none", "[]", "2026-11-24T11:00:00Z", NULL, "", LATER, KEY_RINA, NULL, 0, 0},
    {"one", "[\"" HASH_A "\"]", "2026-11-24T11:00:00Z", NULL, "", LATER, KEY_RINA, NULL, 1, 0},
    {"two, by the appeal panel", "[\"" HASH_A "\",\"" HASH_B "\"]", "2026-11-24T11:00:00Z", NULL,
     "", LATER, KEY_JURI, NULL, 2, 0},
    {"by the team", "[\"" HASH_A "\"]", "2026-11-24T11:00:00Z", NULL, "", LATER, KEY_TONO,
     "not signed by an independent", 0, 0},
    {"by the list's key", "[]", "2026-11-24T11:00:00Z", NULL, "", LATER, KEY_LIST,
     "not signed by an independent", 0, 0},
    {"by a stranger", "[]", "2026-11-24T11:00:00Z", NULL, "", LATER, KEY_BUDI,
     "not signed by an independent", 0, 0},
    {"of another season", "[\"" HASH_A "\"]", "2026-11-24T11:00:00Z", HASH_A, "", LATER, KEY_RINA,
     "another season", 0, 0},
    {"older than the last: removes, and counts for nothing else", "[\"" HASH_A "\"]",
     "2026-11-24T09:00:00Z", NULL, "\"seen\":{\"head\":\"" HASH_A "\",\"serial\":77},", LATER,
     KEY_RINA, "older than those seen", 1, 0},
    {"without an end: the same", "[\"" HASH_A "\"]", "2026-11-24T11:00:00Z", NULL, "", "", KEY_RINA,
     "until when", 1, 0},
    {"for longer than 7 days: the same", "[\"" HASH_A "\"]", "2026-11-24T11:00:00Z", NULL, "",
     ",\"valid_until\":\"2026-12-01T11:00:01Z\"", KEY_RINA, "longer than 7 days", 1, 0},
    {"for 7 days", "[]", "2026-11-24T11:00:00Z", NULL, "",
     ",\"valid_until\":\"2026-12-01T11:00:00Z\"", KEY_RINA, NULL, 0, 0},
    {"from the future", "[\"" HASH_A "\"]", "2026-11-25T11:00:00Z", NULL, "", LATER, KEY_RINA,
     "in the future", 1, 0},
    {"no list", "{}", "2026-11-24T11:00:00Z", NULL, "", LATER, KEY_RINA, "not in the form", 0, 0},
    {"no time", "[]", "kemarin", NULL, "", LATER, KEY_RINA, "not in the form", 0, 0},
    {"a value that is none, beside one that is", "[\"x\",\"" HASH_A "\"]", "2026-11-24T11:00:00Z",
     NULL, "", LATER, KEY_RINA, "hold 1 values", 1, 0},
    {"until later", "[\"" HASH_A "\"]", "2026-11-24T11:00:00Z", NULL, "",
     ",\"valid_until\":\"2026-11-25T11:00:00Z\"", KEY_RINA, NULL, 1, 0},
    {"held back until they were over: they remove", "[\"" HASH_A "\"]", "2026-11-24T11:00:00Z",
     NULL, "", ",\"valid_until\":\"2026-11-24T11:30:00Z\"", KEY_RINA, "held back", 1, 0},
    {"until some time", "[]", "2026-11-24T11:00:00Z", NULL, "", ",\"valid_until\":7", KEY_RINA,
     "until when", 0, 0},
    {"with a witness", "[]", "2026-11-24T11:00:00Z", NULL,
     "\"seen\":{\"head\":\"" HASH_A "\",\"serial\":77},", LATER, KEY_RINA, NULL, 0, 77},
    {"with a witness of less than was known", "[]", "2026-11-24T11:00:00Z", NULL,
     "\"seen\":{\"head\":\"" HASH_A "\",\"serial\":3},", LATER, KEY_JURI, NULL, 0, 5},
    {"with half a witness", "[]", "2026-11-24T11:00:00Z", NULL, "\"seen\":{\"serial\":77},", LATER,
     KEY_RINA, "no serial and head", 0, 0},
};

static void takes_removals(void **state)
{
    const struct removals_case *one = *state;
    struct pull_memory memory = pull_memory_none();
    struct err err = ERR_NONE;
    struct buf text = removals(one->entries, one->made, one->season, one->seen, one->until);
    struct buf signature = BUF_EMPTY;
    operator_sign(&house, one->key, buf_str(&text), &signature);
    assert_true(clock_parse(STR("2026-11-24T10:00:00Z"), &memory.removals_made_ms));
    memory.seen_serial = one->witness == 5 ? 5 : 0;
    int64_t before = memory.removals_made_ms;
    bool done = pull_removals_read(&memory, buf_str(&text), buf_str(&signature), &house.pins,
                                   SAMPLE_NOW_MS, &err);
    assert_int_equal(done, one->says == NULL);
    if (!done && strstr(err.message, one->says) == NULL) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(json_object_size(memory.removed), one->removed);
    assert_int_equal(memory.removals_ms, done ? SAMPLE_NOW_MS : 0);
    assert_int_equal(memory.removals_made_ms, done ? before + hour_ms : before);
    assert_int_equal(memory.seen_serial, one->witness);
    buf_fini(&text);
    buf_fini(&signature);
    pull_memory_fini(&memory);
}

/* `revoked`: that member with a comma behind it, or "". */
static bool read_from(struct pull_memory *memory, const char *made, const char *revoked,
                      enum operator_key key, int64_t now_ms, struct err *err)
{
    char hex[HASH_HEX];
    struct buf text = BUF_EMPTY, signature = BUF_EMPTY;
    buf_printf(
        &text,
        "{\"entries\":[],\"made\":\"%s\",%s\"season\":\"%s\",\"type\":\"saring-removals-1\"" LATER
        "}",
        made, revoked, hash_format(&house.pins.season, hex));
    operator_sign(&house, key, buf_str(&text), &signature);
    bool done =
        pull_removals_read(memory, buf_str(&text), buf_str(&signature), &house.pins, now_ms, err);
    buf_fini(&text);
    buf_fini(&signature);
    return done;
}

/* One file, shown again and again, does not count past its end, however well it is signed. */
static void is_no_answer_for_ever(void **state)
{
    (void)state;
    struct pull_memory memory = pull_memory_none();
    struct err err = ERR_NONE;
    int64_t until_ms;
    assert_true(clock_parse(STR("2026-11-30T11:00:00Z"), &until_ms));
    assert_true(read_from(&memory, "2026-11-24T11:00:00Z", "", KEY_RINA, SAMPLE_NOW_MS, &err));
    assert_true(read_from(&memory, "2026-11-24T11:00:00Z", "", KEY_RINA, until_ms - 1, &err));
    assert_int_equal(memory.removals_ms, until_ms - 1);
    assert_false(read_from(&memory, "2026-11-24T11:00:00Z", "", KEY_RINA, until_ms, &err));
    assert_int_equal(memory.removals_ms, until_ms - 1);
    pull_memory_fini(&memory);
}

/* A key that was revoked signs nothing, also no removals, and it stays so. */
static void revokes_keys(void **state)
{
    (void)state;
    struct pull_memory memory = pull_memory_none();
    struct err err = ERR_NONE;
    struct buf more = BUF_EMPTY;
    buf_printf(&more, "\"revoked\":[\"%s rina@lama\",\"bukan\"],", house.lines[KEY_RINA].bytes);
    assert_false(
        read_from(&memory, "2026-11-24T11:00:00Z", more.bytes, KEY_JURI, SAMPLE_NOW_MS, &err));
    assert_non_null(strstr(err.message, "revoke 1 values that are no keys"));
    assert_int_equal(json_object_size(memory.revoked), 1);
    assert_non_null(json_object_get(memory.revoked, house.lines[KEY_RINA].bytes));
    assert_non_null(pull_pins_find(&house.pins, buf_str(&house.lines[KEY_RINA]), PULL_INDEPENDENT));
    pull_keys_revoke(&house.pins, &memory);
    assert_null(pull_pins_find(&house.pins, buf_str(&house.lines[KEY_RINA]), PULL_INDEPENDENT));
    assert_non_null(pull_pins_find(&house.pins, buf_str(&house.lines[KEY_JURI]), PULL_APPEALS));
    err = ERR_NONE;
    assert_false(read_from(&memory, "2026-11-24T11:30:00Z", "", KEY_RINA, SAMPLE_NOW_MS, &err));
    assert_non_null(strstr(err.message, "not signed by"));
    buf_fini(&more);
    pull_memory_fini(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_no_answer_for_ever),
        cmocka_unit_test(revokes_keys), /* the last: it revokes */
    };
    operator_start(&house);
    int failed = RUN_CASES("removals", removal_cases, takes_removals) +
                 cmocka_run_group_tests_name("removals over time", tests, NULL, NULL);
    operator_end(&house);
    return failed;
}
