#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/blocklist/guard.h"
#include "filter/pull/offer.h"
#include "tests/filter/pull/operator.h"
#include "tests/filter/test.h"

static struct operator house;
static struct blocklist_guard *guard;
static const int64_t hour_ms = 3600000;

/* What becomes of lines at one moment. */
struct taken {
    struct blocklist_list *list;
    struct pull_counts counts;
    int64_t until_ms;
    size_t count;
    const struct blocklist_item *items;
};

static struct taken take(const struct buf *lines, struct pull_memory *memory, int64_t now_ms)
{
    struct taken taken = {.until_ms = now_ms + 24 * hour_ms};
    taken.list = blocklist_list_new(guard, &house.pins.season, now_ms);
    pull_entries_take(taken.list, buf_str(lines), &house.pins, memory, now_ms, &taken.until_ms,
                      &taken.counts);
    taken.items = blocklist_list_sort(taken.list, &taken.count);
    return taken;
}

static const struct hand_case {
    const char *name;
    enum operator_key reviewer, approver;
    int64_t hours;
    bool is_taken, is_provisional;
} hands[] = {
    {"the team and the independent", KEY_SARI, KEY_RINA, 200, true, false},
    {"the other of the team", KEY_TONO, KEY_RINA, 200, true, false},
    {"the other way round", KEY_RINA, KEY_SARI, 200, false, false},
    {"a stranger reviews", KEY_BUDI, KEY_RINA, 200, false, false},
    {"a stranger approves", KEY_SARI, KEY_BUDI, 200, false, false},
    {"the list's key approves", KEY_SARI, KEY_LIST, 200, false, false},
    {"the list's key reviews", KEY_LIST, KEY_RINA, 200, false, false},
    {"the independent alone", KEY_RINA, KEY_RINA, 200, false, false},
    {"the appeal panel approves", KEY_SARI, KEY_JURI, 200, false, false},
    {"one of the team twice", KEY_TONO, KEY_TONO, 24, false, false},
    {"two of the team, the second off the server", KEY_SARI, KEY_TONO, 24, true, true},
    {"the same for longer than 24 hours", KEY_SARI, KEY_TONO, 25, false, false},
    {"two of the team, the second on the server", KEY_TONO, KEY_SARI, 24, false, false},
};

static void signs(void **state)
{
    const struct hand_case *one = *state;
    struct pull_memory memory = pull_memory_none();
    struct buf lines = BUF_EMPTY;
    struct blocklist_draft draft = operator_draft(&house, "kpu-daftar.example", one->hours);
    operator_line(&house, &draft, one->reviewer, one->approver, &lines);
    struct taken taken = take(&lines, &memory, SAMPLE_NOW_MS + hour_ms);
    assert_int_equal(taken.count, one->is_taken);
    assert_int_equal(taken.counts.refused, !one->is_taken);
    assert_int_equal(taken.counts.provisional, one->is_provisional);
    assert_int_equal(json_object_size(memory.provisional), one->is_provisional);
    blocklist_list_free(taken.list);
    pull_memory_fini(&memory);
    buf_fini(&lines);
}

static const struct time_case {
    const char *name;
    int64_t after_ms; /* the start */
    bool is_taken;
} times[] = {
    {"before its start", -1, false},
    {"at its start", 0, true},
    {"a moment before its end", 48 * INT64_C(3600000) - 1, true},
    {"at its end", 48 * INT64_C(3600000), false},
    {"a second later", 48 * INT64_C(3600000) + 1000, false},
};

/* Abuse check 20: what ends, ends here too. */
static void ends(void **state)
{
    const struct time_case *one = *state;
    struct pull_memory memory = pull_memory_none();
    struct buf lines = BUF_EMPTY;
    struct blocklist_draft draft = operator_draft(&house, "kpu-daftar.example", 48);
    operator_line(&house, &draft, KEY_SARI, KEY_RINA, &lines);
    struct taken taken = take(&lines, &memory, SAMPLE_NOW_MS + one->after_ms);
    assert_int_equal(taken.count, one->is_taken);
    blocklist_list_free(taken.list);
    pull_memory_fini(&memory);
    buf_fini(&lines);
}

static const struct target_case {
    const char *name;
    enum blocklist_scope scope;
    const char *target;
    bool is_taken;
} targets[] = {
    {"a domain", BLOCKLIST_DOMAIN, "kpu-daftar.example", true},
    {"a URL on a platform", BLOCKLIST_URL, "https://t.me/kpu_daftar/7", true},
    {"a platform", BLOCKLIST_DOMAIN, "t.me", false},
    {"the election commission", BLOCKLIST_DOMAIN, "kpu.go.id", false},
    {"above the press", BLOCKLIST_DOMAIN, "jawapos.com", false},
    {"a public suffix", BLOCKLIST_DOMAIN, "my.id", false},
    {"a reserved name", BLOCKLIST_DOMAIN, "kantor.lan", false},
    {"what the operator protects", BLOCKLIST_HOST, "www.punya-kami.example", false},
};

/* Abuse checks 15 to 17 at the client: the server's guard counts for nothing. */
static void guards(void **state)
{
    const struct target_case *one = *state;
    struct pull_memory memory = pull_memory_none();
    struct buf lines = BUF_EMPTY;
    struct blocklist_draft draft = operator_draft(&house, one->target, 48);
    draft.scope = one->scope;
    operator_line(&house, &draft, KEY_SARI, KEY_RINA, &lines);
    struct taken taken = take(&lines, &memory, SAMPLE_NOW_MS);
    assert_int_equal(taken.count, one->is_taken);
    blocklist_list_free(taken.list);
    pull_memory_fini(&memory);
    buf_fini(&lines);
}

static void takes_the_season_alone(void **state)
{
    (void)state;
    struct pull_memory memory = pull_memory_none();
    struct buf lines = BUF_EMPTY;
    struct hash other = {.bytes = {9}};
    struct blocklist_draft draft = operator_draft(&house, "kpu-daftar.example", 48);
    draft.season = NULL; /* of the demonstration */
    operator_line(&house, &draft, KEY_SARI, KEY_RINA, &lines);
    draft.season = &other;
    operator_line(&house, &draft, KEY_SARI, KEY_RINA, &lines);
    struct taken taken = take(&lines, &memory, SAMPLE_NOW_MS);
    assert_int_equal(taken.count, 0);
    assert_int_equal(taken.counts.refused, 2);
    blocklist_list_free(taken.list);
    pull_memory_fini(&memory);
    buf_fini(&lines);
}

static void leaves_out_what_was_removed(void **state)
{
    (void)state;
    struct pull_memory memory = pull_memory_none();
    struct buf lines = BUF_EMPTY;
    char hex[HASH_HEX];
    struct blocklist_draft draft = operator_draft(&house, "kpu-daftar.example", 48);
    struct blocklist_entry *entry = sample_entry(&draft);
    struct hash id = blocklist_entry_id(entry);
    operator_line(&house, &draft, KEY_SARI, KEY_RINA, &lines);
    json_object_set_new(memory.removed, hash_format(&id, hex), json_integer(SAMPLE_NOW_MS));
    struct taken taken = take(&lines, &memory, SAMPLE_NOW_MS);
    assert_int_equal(taken.count, 0);
    assert_int_equal(taken.counts.removed, 1);
    blocklist_list_free(taken.list);
    blocklist_entry_free(entry);
    pull_memory_fini(&memory);
    buf_fini(&lines);
}

/* Abuse check 30: signatures of one entry under another one, and of each at the other's place. */
static void replays_no_signature(void **state)
{
    (void)state;
    struct pull_memory memory = pull_memory_none();
    struct buf lines = BUF_EMPTY;
    struct blocklist_draft draft = operator_draft(&house, "satu.example", 48);
    operator_line(&house, &draft, KEY_SARI, KEY_RINA, &lines);
    draft.target = STR("dua.example");
    operator_line(&house, &draft, KEY_SARI, KEY_RINA, &lines);
    /* The first is about another name than its signatures. */
    for (char *at = lines.bytes; (at = strstr(at, "satu.example")) != NULL; at++) {
        memcpy(at, "tiga.example", strlen("tiga.example"));
    }
    struct taken taken = take(&lines, &memory, SAMPLE_NOW_MS);
    assert_int_equal(taken.count, 1);
    assert_true(str_is(taken.items[0].target, "dua.example"));
    blocklist_list_free(taken.list);
    pull_memory_fini(&memory);
    buf_fini(&lines);
}

/* Abuse checks 21 to 23: of the lane, over two days of what the server goes on offering. */
static void keeps_the_lane(void **state)
{
    (void)state;
    struct pull_memory memory = pull_memory_none();
    struct buf lines = BUF_EMPTY;
    for (int i = 0; i < 11; i++) {
        char host[32];
        snprintf(host, sizeof host, "sementara%d.example", i);
        struct blocklist_draft draft = operator_draft(&house, host, 24);
        const struct hash evidence = {.bytes = {(unsigned char)(i + 1)}};
        draft.evidence = &evidence;
        draft.evidence_count = 1;
        operator_line(&house, &draft, KEY_SARI, KEY_TONO, &lines);
    }
    struct taken taken = take(&lines, &memory, SAMPLE_NOW_MS + hour_ms);
    assert_int_equal(taken.count, 10);
    assert_int_equal(taken.until_ms, SAMPLE_NOW_MS + 25 * hour_ms);
    blocklist_list_free(taken.list);
    /* The same again: no new day begins. */
    taken = take(&lines, &memory, SAMPLE_NOW_MS + 23 * hour_ms);
    assert_int_equal(taken.count, 10);
    assert_int_equal(taken.until_ms, SAMPLE_NOW_MS + 25 * hour_ms);
    blocklist_list_free(taken.list);
    /* Renewed under another id, a day later: barred; one of another domain is not. */
    buf_clear(&lines);
    struct blocklist_draft draft = operator_draft(&house, "www.sementara1.example", 24);
    draft.start_ms += 26 * hour_ms;
    draft.end_ms += 26 * hour_ms;
    draft.observed_ms = draft.start_ms;
    operator_line(&house, &draft, KEY_SARI, KEY_TONO, &lines);
    draft.target = STR("lain.example");
    operator_line(&house, &draft, KEY_SARI, KEY_TONO, &lines);
    taken = take(&lines, &memory, SAMPLE_NOW_MS + 27 * hour_ms);
    assert_int_equal(taken.count, 1);
    assert_true(str_is(taken.items[0].target, "lain.example"));
    blocklist_list_free(taken.list);
    /* With the independent's signature the barred domain is an entry like all others. */
    buf_clear(&lines);
    draft.target = STR("www.sementara1.example");
    operator_line(&house, &draft, KEY_SARI, KEY_RINA, &lines);
    taken = take(&lines, &memory, SAMPLE_NOW_MS + 27 * hour_ms);
    assert_int_equal(taken.count, 1);
    blocklist_list_free(taken.list);
    pull_memory_fini(&memory);
    buf_fini(&lines);
}

/* Abuse check 32: half a line, one signature, members more or less: each stands for itself alone.
 */
static void reads_lines_of_strangers(void **state)
{
    (void)state;
    static const char *const strange[] = {
        "",
        "{}",
        "[]",
        "null",
        "{\"entry\":\"x\"}",
        "\xff\xfe",
        "{\"approver\":{\"key\":\"\",\"signature\":\"\"},\"entry\":\"\",\"reviewer\":{\"key\":\"\","
        "\"signature\":\"\"}}",
    };
    struct pull_memory memory = pull_memory_none();
    struct buf lines = BUF_EMPTY;
    struct blocklist_draft draft = operator_draft(&house, "kpu-daftar.example", 48);
    for (size_t i = 0; i < COUNT(strange); i++) {
        buf_printf(&lines, "%s\n", strange[i]);
        operator_line(&house, &draft, KEY_SARI, KEY_RINA, &lines);
        draft.case_id++;
    }
    size_t whole = lines.len;
    operator_line(&house, &draft, KEY_SARI, KEY_RINA, &lines);
    lines.len = whole + (lines.len - whole) / 2;
    struct taken taken = take(&lines, &memory, SAMPLE_NOW_MS);
    assert_int_equal(taken.count, COUNT(strange));
    assert_int_equal(taken.counts.refused, COUNT(strange) + 1);
    blocklist_list_free(taken.list);
    pull_memory_fini(&memory);
    buf_fini(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_season_alone),   cmocka_unit_test(leaves_out_what_was_removed),
        cmocka_unit_test(replays_no_signature),     cmocka_unit_test(keeps_the_lane),
        cmocka_unit_test(reads_lines_of_strangers),
    };
    struct err err = ERR_NONE;
    operator_start(&house);
    struct buf folder = BUF_EMPTY;
    buf_printf(&folder, "%s/protected", house.folder);
    assert_int_equal(mkdir(folder.bytes, 0700), 0);
    operator_write(&house, "protected/kami.txt", "punya-kami.example\n");
    guard = blocklist_guard_shipped(house.folder, &err);
    assert_non_null(guard);
    int failed = RUN_CASES("hands", hands, signs) + RUN_CASES("times", times, ends) +
                 RUN_CASES("targets", targets, guards) +
                 cmocka_run_group_tests_name("take", tests, NULL, NULL);
    blocklist_guard_free(guard);
    operator_write(&house, "protected/kami.txt", NULL);
    rmdir(folder.bytes);
    operator_end(&house);
    buf_fini(&folder);
    return failed;
}
