#include "filter/pull/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/filter/test.h"

static const int64_t now_ms = INT64_C(1795521600000), hour_ms = 3600000,
                     day_ms = INT64_C(24) * 3600000;

static char path[] = "/tmp/saring-memory.XXXXXX";

static struct hash id_of(unsigned number)
{
    struct hash id = {.bytes = {(unsigned char)(number >> 8), (unsigned char)number, 7}};
    return id;
}

static struct pull_memory begin(void)
{
    struct pull_memory memory;
    struct err err = ERR_NONE;
    assert_true(pull_memory_load(&memory, "/nonexistent/pull.json", &err));
    return memory;
}

static enum pull_lane ask(struct pull_memory *memory, unsigned id, const char *domain,
                          int64_t when_ms)
{
    struct hash evidence = id_of(1000 + id);
    const struct pull_claim claim = {id_of(id), str_of(domain), &evidence, 1};
    int64_t end_ms;
    return pull_memory_lane(memory, &claim, when_ms, &end_ms);
}

/* Abuse check 21: 24 hours from when this machine saw it first, whatever comes between. */
static void a_provisional_entry_lasts_a_day_from_first_seen(void **state)
{
    (void)state;
    struct pull_memory memory = begin();
    const struct pull_claim claim = {id_of(1), STR("a.example"), NULL, 0};
    int64_t end_ms = 0;
    assert_int_equal(pull_memory_lane(&memory, &claim, now_ms, &end_ms), PULL_LANE_FREE);
    assert_int_equal(end_ms, now_ms + day_ms);
    assert_int_equal(pull_memory_lane(&memory, &claim, now_ms + day_ms - 1, &end_ms),
                     PULL_LANE_FREE);
    assert_int_equal(end_ms, now_ms + day_ms);
    assert_int_equal(ask(&memory, 1, "a.example", now_ms + day_ms), PULL_LANE_OVER);
    assert_int_equal(ask(&memory, 1, "a.example", now_ms + 5 * day_ms), PULL_LANE_OVER);
    pull_memory_fini(&memory);
}

/* Abuse check 22: a sibling, at once and until 30 days after the lapse. */
static void a_domain_is_barred_for_thirty_days(void **state)
{
    (void)state;
    struct pull_memory memory = begin();
    assert_int_equal(ask(&memory, 1, "a.example", now_ms), PULL_LANE_FREE);
    assert_int_equal(ask(&memory, 2, "a.example", now_ms + hour_ms), PULL_LANE_BARRED);
    assert_int_equal(ask(&memory, 2, "a.example", now_ms + 31 * day_ms - 1), PULL_LANE_BARRED);
    pull_memory_tidy(&memory, now_ms + 31 * day_ms - 1);
    assert_int_equal(ask(&memory, 2, "a.example", now_ms + 31 * day_ms - 1), PULL_LANE_BARRED);
    pull_memory_tidy(&memory, now_ms + 31 * day_ms);
    assert_int_equal(ask(&memory, 2, "a.example", now_ms + 31 * day_ms), PULL_LANE_FREE);
    pull_memory_fini(&memory);
}

/* The same capture under another name, also after a restart. */
static void evidence_is_barred_for_thirty_days(void **state)
{
    (void)state;
    struct pull_memory memory = begin(), again;
    struct err err = ERR_NONE;
    const struct hash first[] = {id_of(50), id_of(51)}, second[] = {id_of(52), id_of(51)};
    const struct pull_claim one = {id_of(1), STR("a.example"), first, 2},
                            two = {id_of(2), STR("b.example"), second, 2},
                            other = {id_of(3), STR("c.example"), second, 1};
    int64_t end_ms;
    assert_int_equal(pull_memory_lane(&memory, &one, now_ms, &end_ms), PULL_LANE_FREE);
    assert_true(pull_memory_save(&memory, path, &err));
    assert_true(pull_memory_load(&again, path, &err));
    assert_int_equal(pull_memory_lane(&again, &two, now_ms + hour_ms, &end_ms), PULL_LANE_BARRED);
    assert_int_equal(pull_memory_lane(&again, &two, now_ms + 31 * day_ms - 1, &end_ms),
                     PULL_LANE_BARRED);
    /* What was refused bars nothing. */
    assert_int_equal(pull_memory_lane(&again, &other, now_ms + hour_ms, &end_ms), PULL_LANE_FREE);
    assert_int_equal(pull_memory_lane(&again, &one, now_ms + hour_ms, &end_ms), PULL_LANE_FREE);
    pull_memory_fini(&memory);
    pull_memory_fini(&again);
}

/* Abuse check 23. */
static void an_eleventh_waits(void **state)
{
    (void)state;
    struct pull_memory memory = begin();
    for (unsigned i = 0; i < 10; i++) {
        char domain[16];
        snprintf(domain, sizeof domain, "d%u.example", i);
        assert_int_equal(ask(&memory, i, domain, now_ms + i), PULL_LANE_FREE);
    }
    assert_int_equal(ask(&memory, 10, "x.example", now_ms + day_ms - 1), PULL_LANE_FULL);
    /* One that was refused for want of room was not seen. */
    assert_int_equal(json_object_size(memory.provisional), 10);
    assert_int_equal(ask(&memory, 10, "x.example", now_ms + day_ms), PULL_LANE_FREE);
    assert_int_equal(ask(&memory, 11, "y.example", now_ms + day_ms), PULL_LANE_FULL);
    pull_memory_fini(&memory);
}

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"

/* Across a restart: what was written is what is read, byte for byte. */
static void comes_back(void **state)
{
    (void)state;
    struct pull_memory memory = begin(), again;
    struct err err = ERR_NONE;
    struct buf first = BUF_EMPTY, second = BUF_EMPTY;
    char hex[HASH_HEX];
    struct hash entry = id_of(3);
    assert_int_equal(ask(&memory, 1, "a.example", now_ms), PULL_LANE_FREE);
    json_object_set_new(memory.removed, hash_format(&entry, hex), json_integer(now_ms));
    json_object_set_new(memory.installed, hex, json_string("b.example"));
    json_object_set_new(memory.revoked, KEY, json_integer(now_ms));
    memory.now_ms = now_ms;
    memory.valid_until_ms = now_ms + 1;
    memory.removals_ms = now_ms + 2;
    memory.removals_made_ms = now_ms + 3;
    memory.serial = UINT32_MAX;
    memory.local = 9;
    memory.manifest = id_of(4);
    memory.seen_serial = 11;
    memory.seen_head = id_of(5);
    assert_true(pull_memory_save(&memory, path, &err));
    assert_true(file_read(path, 1 << 20, &first, &err));
    assert_true(pull_memory_load(&again, path, &err));
    assert_int_equal(again.serial, UINT32_MAX);
    assert_int_equal(again.seen_serial, 11);
    assert_memory_equal(&again.seen_head, &memory.seen_head, sizeof again.seen_head);
    assert_int_equal(again.removals_made_ms, now_ms + 3);
    assert_int_equal(ask(&again, 1, "a.example", now_ms + day_ms), PULL_LANE_OVER);
    assert_true(pull_memory_save(&again, path, &err));
    assert_true(file_read(path, 1 << 20, &second, &err));
    assert_true(str_equal(buf_str(&first), buf_str(&second)));
    pull_memory_fini(&memory);
    pull_memory_fini(&again);
    buf_fini(&first);
    buf_fini(&second);
}

/* A removal outlives every entry and its renewals. */
static void forgets_removals_late(void **state)
{
    (void)state;
    struct pull_memory memory = begin();
    json_object_set_new(memory.removed, "x", json_integer(now_ms));
    pull_memory_tidy(&memory, now_ms + 90 * day_ms - 1);
    assert_int_equal(json_object_size(memory.removed), 1);
    pull_memory_tidy(&memory, now_ms + 90 * day_ms);
    assert_int_equal(json_object_size(memory.removed), 0);
    pull_memory_fini(&memory);
}

#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"
#define MEMORY(installed, numbers, provisional, removed, more)                                     \
    "{\"installed\":" installed ",\"local\":1,\"manifest\":\"" ZERO "\"," numbers                  \
    ",\"provisional\":" provisional                                                                \
    ",\"removals_made\":1,\"removals_read\":1,\"removed\":" removed "," more                       \
    "\"serial\":1,\"type\":\"saring-pull-1\",\"valid_until\":1}"
#define FINE "\"now\":1"

static const struct load_case {
    const char *name, *text;
    bool is_fine;
} loads[] = {
    {"as we write it", MEMORY("{}", FINE, "{}", "{}", ""), true},
    {"with a witness",
     MEMORY("{}", FINE, "{}", "{}", "\"seen\":{\"head\":\"" ZERO "\",\"serial\":7},"), true},
    {"nothing", "", false},
    {"no JSON", "x", false},
    {"a list", "[]", false},
    {"not canonical", "{ }", false},
    {"without members", "{\"type\":\"saring-pull-1\"}", false},
    {"what is installed as a list", MEMORY("[]", FINE, "{}", "{}", ""), false},
    {"an id that is none", MEMORY("{\"x\":\"a.example\"}", FINE, "{}", "{}", ""), false},
    {"a name that is a number", MEMORY("{\"" ZERO "\":1}", FINE, "{}", "{}", ""), false},
    {"a time before 1970", MEMORY("{}", "\"now\":-1", "{}", "{}", ""), false},
    {"a time as text", MEMORY("{}", "\"now\":\"1\"", "{}", "{}", ""), false},
    {"a removal without a time", MEMORY("{}", FINE, "{}", "{\"" ZERO "\":null}", ""), false},
    {"a provisional entry without a domain",
     MEMORY("{}", FINE, "{\"" ZERO "\":{\"first\":1}}", "{}", ""), false},
    {"one without a time", MEMORY("{}", FINE, "{\"" ZERO "\":{\"domain\":\"a\"}}", "{}", ""),
     false},
    {"a provisional entry of before evidence was kept",
     MEMORY("{}", FINE, "{\"" ZERO "\":{\"domain\":\"a\",\"first\":1}}", "{}", ""), true},
    {"evidence that is none",
     MEMORY("{}", FINE, "{\"" ZERO "\":{\"domain\":\"a\",\"evidence\":[\"x\"],\"first\":1}}", "{}",
            ""),
     false},
    {"evidence as text",
     MEMORY("{}", FINE, "{\"" ZERO "\":{\"domain\":\"a\",\"evidence\":\"x\",\"first\":1}}", "{}",
            ""),
     false},
    {"a revoked key", MEMORY("{}", FINE, "{}", "{}", "\"revoked\":{\"" KEY "\":1},"), true},
    {"a revoked key that is none", MEMORY("{}", FINE, "{}", "{}", "\"revoked\":{\"x\":1},"), false},
    {"a revoked key without a time",
     MEMORY("{}", FINE, "{}", "{}", "\"revoked\":{\"" KEY "\":null},"), false},
    {"revoked keys as a list", MEMORY("{}", FINE, "{}", "{}", "\"revoked\":[],"), false},
    {"a witness without a head", MEMORY("{}", FINE, "{}", "{}", "\"seen\":{\"serial\":7},"), false},
    {"a witness of nothing",
     MEMORY("{}", FINE, "{}", "{}", "\"seen\":{\"head\":\"" ZERO "\",\"serial\":0},"), false},
};

static void reads(void **state)
{
    const struct load_case *one = *state;
    struct pull_memory memory;
    struct err err = ERR_NONE;
    assert_true(file_write(path, str_of(one->text), 0600, &err));
    assert_int_equal(pull_memory_load(&memory, path, &err), one->is_fine);
    if (!one->is_fine) {
        assert_string_equal(err.file, path);
    }
    pull_memory_fini(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_provisional_entry_lasts_a_day_from_first_seen),
        cmocka_unit_test(a_domain_is_barred_for_thirty_days),
        cmocka_unit_test(evidence_is_barred_for_thirty_days),
        cmocka_unit_test(an_eleventh_waits),
        cmocka_unit_test(comes_back),
        cmocka_unit_test(forgets_removals_late),
    };
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    int failed = cmocka_run_group_tests_name("memory", tests, NULL, NULL) +
                 RUN_CASES("memory files", loads, reads);
    unlink(path);
    return failed;
}
