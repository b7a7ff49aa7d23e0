#include "filter/cli/review_form.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/filter/test.h"

#define NOW_MS INT64_C(1795521600000)
#define HASH64 "abababababababababababababababababababababababababababababababab"
#define ALL_NO                                                                                     \
    "opinion=no,satire=no,testimony=tidak,campaign=no,press=no,debunk=no,official=t,hacked=n,"     \
    "wider=no"

static struct review_form sample_form(void)
{
    return (struct review_form){
        .kind = "entry",
        .scope = "DOMAIN",
        .target = "kpu-daftar.example",
        .observed = "2h",
        .end = "7d",
        .reason = "alasan",
        .conflict = "tidak ada",
        .milder = "sudah dilaporkan",
        .answers = ALL_NO,
        .harvest = {.at = {"credentials,money", "malware"}, .count = 2},
        .evidence = {.at = {HASH64}, .count = 1},
    };
}

static void reads_options(void **state)
{
    (void)state;
    struct review_form form = sample_form();
    struct arena *arena = arena_new(1 << 20);
    struct casebook_draft draft = {.case_id = 12};
    struct err err = ERR_NONE;
    assert_true(review_form_read(&form, false, NOW_MS + 234, arena, &draft, &err));
    assert_int_equal(draft.case_id, 12);
    assert_int_equal(draft.kind, KIND_ENTRY);
    assert_int_equal(draft.scope, BLOCKLIST_DOMAIN);
    assert_int_equal(draft.harvest, BLOCKLIST_CREDENTIALS | BLOCKLIST_MONEY | BLOCKLIST_MALWARE);
    assert_int_equal(draft.observed_ms, NOW_MS - 2 * 3600000);
    assert_int_equal(draft.end_ms, NOW_MS + 7 * 24 * 3600000);
    assert_int_equal(draft.evidence_count, 1);
    assert_int_equal(draft.evidence[0].bytes[31], 0xab);
    for (size_t i = 0; i < CASEBOOK_TEST_COUNT; i++) {
        assert_int_equal(draft.answers.of[i], ANSWER_NO);
    }
    arena_free(arena);
}

static const struct bad_case {
    const char *name;
    size_t offset; /* of a const char * in struct review_form */
    const char *value, *says;
} bad[] = {
#define AT(member) offsetof(struct review_form, member)
    {"a kind that there is not", AT(kind), "block", "entry, correction, referral"},
    {"a scope that there is not", AT(scope), "domain", "URL, URL_PREFIX, HOST, DOMAIN"},
    {"an end that is no time", AT(end), "besok", "--end 'besok'"},
    {"an end without a unit", AT(end), "30", "--end '30'"},
    {"an end of another unit", AT(end), "30w", "--end '30w'"},
    {"an end beyond all numbers", AT(end), "999999999999d", "--end"},
    {"an observation that is no time", AT(observed), "", "--observed"},
    {"a test too few", AT(answers), "opinion=no", "satire is not answered"},
    {"a test twice", AT(answers), "opinion=no," ALL_NO, "opinion twice"},
    {"a test that there is not", AT(answers), "hoax=no," ALL_NO, "no test 'hoax'"},
    {"neither yes nor no", AT(answers), "opinion=maybe", "opinion='maybe'"},
    {"no value", AT(answers), "opinion", "opinion=''"},
    {"a file that is not there", AT(from), "/nonexistent", ""},
#undef AT
};

static void refuses_options(void **state)
{
    const struct bad_case *one = *state;
    struct review_form form = sample_form();
    struct arena *arena = arena_new(1 << 20);
    struct casebook_draft draft = {.case_id = 12};
    struct err err = ERR_NONE;
    memcpy((char *)&form + one->offset, &one->value, sizeof one->value);
    assert_false(review_form_read(&form, false, NOW_MS, arena, &draft, &err));
    if (strstr(err.message, one->says) == NULL) {
        fail_msg("says: %s", err.message);
    }
    arena_free(arena);
}

static void asks_for_known_harvest(void **state)
{
    (void)state;
    struct review_form form = sample_form();
    struct arena *arena = arena_new(1 << 20);
    struct casebook_draft draft = {.case_id = 12};
    struct err err = ERR_NONE;
    form.harvest.at[0] = "likeness";
    assert_false(review_form_read(&form, false, NOW_MS, arena, &draft, &err));
    assert_non_null(strstr(err.message, "likeness"));
    arena_free(arena);
}

static const struct file_case {
    const char *name, *json;
    const char *says; /* NULL: is fine */
} files[] = {
    {"an entry",
     "{\"kind\":\"entry\",\"scope\":\"HOST\",\"target\":\"a.example\",\"harvest\":[\"money\"],"
     "\"evidence\":[\"" HASH64 "\"],\"observed\":\"now\",\"end\":\"2026-12-01T00:00:00Z\","
     "\"reason\":\"r\",\"reason_en\":\"e\",\"conflict\":\"tidak ada\",\"milder\":\"m\",\"answers\":"
     "{\"opinion\":\"no\",\"satire\":\"no\",\"testimony\":\"no\",\"campaign\":\"no\",\"press\":"
     "\"no\",\"debunk\":\"no\",\"official\":\"no\",\"hacked\":\"yes\",\"wider\":\"no\"}}",
     NULL},
    {"a member that there is not", "{\"kind\":\"entry\",\"class\":\"claim\"}", "\"class\""},
    {"a member twice", "{\"kind\":\"entry\",\"kind\":\"referral\"}", "is no JSON object"},
    {"a list", "[]", "is no JSON object"},
    {"nothing", "", "is no JSON object"},
    {"a number for a text", "{\"kind\":1}", "\"kind\" must be a string"},
    {"a text for a list",
     "{\"kind\":\"entry\",\"scope\":\"HOST\",\"target\":\"a\",\"harvest\":\"money\"}",
     "\"harvest\" must be a list"},
    {"a list of numbers",
     "{\"kind\":\"entry\",\"scope\":\"HOST\",\"target\":\"a\",\"harvest\":[1]}", "--harvest ''"},
};

static void reads_file(void **state)
{
    const struct file_case *one = *state;
    char path[] = "/tmp/saring-form.XXXXXX";
    int fd = mkstemp(path);
    struct err err = ERR_NONE;
    struct review_form form = {.from = path};
    struct arena *arena = arena_new(1 << 20);
    struct casebook_draft draft = {.case_id = 12};
    assert_true(fd >= 0);
    close(fd);
    assert_true(file_write(path, str_of(one->json), 0600, &err));
    assert_int_equal(review_form_read(&form, false, NOW_MS, arena, &draft, &err),
                     one->says == NULL);
    if (one->says != NULL) {
        assert_non_null(strstr(err.message, one->says));
    } else {
        assert_int_equal(draft.harvest, BLOCKLIST_MONEY);
        assert_int_equal(draft.answers.of[TEST_HACKED], ANSWER_YES);
        assert_true(str_is(draft.reason_en, "e"));
    }
    unlink(path);
    arena_free(arena);
}

/* Tests have no terminal: a missing answer is an error that names the option. */
static void names_what_is_missing(void **state)
{
    (void)state;
    if (access("/dev/tty", R_OK | W_OK) == 0) {
        FILE *terminal = fopen("/dev/tty", "r+");
        if (terminal != NULL) {
            fclose(terminal);
            skip();
        }
    }
    struct review_form form = sample_form();
    struct arena *arena = arena_new(1 << 20);
    struct casebook_draft draft = {.case_id = 12};
    struct err err = ERR_NONE;
    form.milder = NULL;
    assert_false(review_form_read(&form, false, NOW_MS, arena, &draft, &err));
    assert_non_null(strstr(err.message, "--milder is missing"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_options),
        cmocka_unit_test(asks_for_known_harvest),
        cmocka_unit_test(names_what_is_missing),
    };
    return RUN_CASES("form options", bad, refuses_options) +
           RUN_CASES("form file", files, reads_file) +
           cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
