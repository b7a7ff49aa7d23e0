#include "filter/verdict/verdict.h"

#include <stdio.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "tests/filter/test.h"

#define KEY "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static const char good[] =
    "{\"post\":{\"id\":\"1\",\"source\":\"warga\",\"url\":\"https://contoh.example/1\",\"title\":"
    "\"Judul\",\"text\":\"Isi é pos\",\"lang\":\"id\",\"published\":\"2026-11-20T02:07:00Z\","
    "\"fetched\":\"2026-11-20T02:08:00.5Z\"},\"links\":[{\"original\":\"kpu-x.example\",\"url\":"
    "\"http://kpu-x.example/\",\"host\":\"kpu-x.example\",\"domain\":\"kpu-x.example\"}],\"key\":"
    "\"" KEY "\",\"ruleset\":\"abc\",\"rules\":[{\"id\":\"r1\",\"title\":\"Aturan\",\"class\":"
    "\"fraud\",\"level\":\"high\",\"revision\":\"" KEY "\",\"document\":\"" KEY
    "\",\"description\":\"mengapa\","
    "\"evidence\":[{\"url\":\"https://bukti.example/\",\"publisher\":\"KPU\",\"published\":"
    "\"2026-09-01T00:00:00Z\",\"impersonates\":\"KPU RI\"}],\"spans\":[{\"field\":\"text\","
    "\"start\":4,\"end\":6,\"text\":\"é\"},{\"field\":\"title\",\"start\":0,\"end\":5,\"text\":"
    "\"Judul\"},{\"field\":\"link\",\"start\":0,\"end\":5,\"text\":\"kpu-x\"}]}]}";

static void reads_all_of_it(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct verdict verdict;
    struct err err = ERR_NONE;
    if (!verdict_read(arena, STR(good), &verdict, &err)) {
        fail_msg("%s", err.message);
    }
    assert_true(str_is(verdict.post.id, "1"));
    assert_true(str_is(verdict.post.source, "warga"));
    assert_true(str_is(verdict.post.url, "https://contoh.example/1"));
    assert_true(str_is(verdict.post.fields[POST_TITLE], "Judul"));
    assert_true(str_is(verdict.post.fields[POST_TEXT], "Isi é pos"));
    assert_int_equal(verdict.post.fields[POST_AUTHOR_NAME].len, 0);
    assert_true(str_is(verdict.post.lang, "id"));
    assert_int_equal(verdict.post.fetched_ms - verdict.post.published_ms, 60500);
    assert_int_equal(verdict.link_count, 1);
    assert_true(str_is(verdict.links[0].original, "kpu-x.example"));
    assert_true(str_is(verdict.links[0].url, "http://kpu-x.example/"));
    assert_int_equal(verdict.key.bytes[1], 0x11);
    assert_int_equal(verdict.key.bytes[31], 0xff);
    assert_true(str_is(verdict.ruleset, "abc"));
    assert_int_equal(verdict.rule_count, 1);
    const struct verdict_rule *rule = &verdict.rules[0];
    assert_true(str_is(rule->title, "Aturan") && str_is(rule->description, "mengapa"));
    assert_int_equal(rule->class, RULE_FRAUD);
    assert_int_equal(rule->evidence_count, 1);
    assert_true(str_is(rule->evidence[0].impersonates, "KPU RI"));
    assert_true(rule->evidence[0].valid_from_ms == CLOCK_NEVER);
    assert_int_equal(rule->span_count, 3);
    assert_int_equal(rule->spans[0].span.end, 6);
    assert_true(str_is(rule->spans[2].text, "kpu-x"));
    arena_free(arena);
}

/* What `from` becomes, and what is said of it. */
struct bad_case {
    const char *name, *from, *to, *message;
};

static const struct bad_case bad_cases[] = {
    {"no JSON", "{\"post\"", "\"post\"", "the verdict is not JSON, at byte 6"},
    {"cut", "\"rules\":[", "\"rules\":", "the verdict is not JSON, at byte"},
    {"a field twice", "\"ruleset\":\"abc\"", "\"ruleset\":\"abc\",\"ruleset\":\"abc\"",
     "the verdict is not JSON, at byte"},
    {"an author", "\"lang\":\"id\"", "\"author_name\":\"x\"", "post has a field that is not known"},
    {"unknown field on top", "\"ruleset\"", "\"x\":1,\"ruleset\"",
     "verdict has a field that is not known"},
    {"unknown field in a link", "\"host\"", "\"hots\"", "link has a field that is not known"},
    {"unknown field in a rule", "\"level\"", "\"weight\"", "rule has a field that is not known"},
    {"unknown field in evidence", "\"publisher\"", "\"publsher\"",
     "evidence has a field that is not known"},
    {"unknown field in a span", "\"field\":\"title\"", "\"feld\":\"title\"",
     "span has a field that is not known"},
    {"a number for text", "\"text\":\"Isi é pos\"", "\"text\":5", "'text' of post is not a string"},
    {"null for text", "\"id\":\"1\"", "\"id\":null", "'id' of post is not a string"},
    {"no time", "2026-11-20T02:07:00Z", "2026-13-20T02:07:00Z",
     "'published' of post is not a time in RFC 3339"},
    {"post is a list", "\"post\":{\"id\":\"1\",", "\"post\":[],\"key\":{", NULL},
    {"a short key", "\"key\":\"00", "\"key\":\"", "'key' of verdict is not 64 lower-case"},
    {"a long key", "\"key\":\"00", "\"key\":\"0000", "'key' of verdict has 66 bytes; the most"},
    {"a key of capitals", "ccddeeff\",\"ruleset", "ccddeeFF\",\"ruleset",
     "'key' of verdict is not 64 lower-case"},
    {"no ruleset", "\"abc\"", "\"\"", "'ruleset' of verdict is missing"},
    {"a fourth class", "\"class\":\"fraud\"", "\"class\":\"opinion\"",
     "a rule's class must be fraud, procedure or claim"},
    {"no class", "\"class\":\"fraud\",", "", "'class' of rule is missing"},
    {"no document", "\"document\":\"" KEY "\",", "", "'document' of rule is missing"},
    {"no revision", "\"revision\":\"" KEY "\",", "", "'revision' of rule is missing"},
    {"no evidence",
     "\"evidence\":[{\"url\":\"https://bukti.example/\",\"publisher\":\"KPU\","
     "\"published\":\"2026-09-01T00:00:00Z\",\"impersonates\":\"KPU RI\"}]",
     "\"evidence\":[]", "0 times evidence; it takes 1 to 256"},
    {"evidence without a URL", "\"url\":\"https://bukti.example/\",", "",
     "'url' of evidence is missing"},
    {"evidence is text", "\"evidence\":[{\"url\"", "\"evidence\":\"x\",\"spans2\":[{\"url\"", NULL},
    {"a link without a URL", "\"url\":\"http://kpu-x.example/\",", "", "'url' of link is missing"},
    {"a span of the author", "\"field\":\"title\"", "\"field\":\"author_name\"",
     "a span's field must be title, text or link"},
    {"a span that ends before it starts", "\"start\":4,\"end\":6", "\"start\":6,\"end\":4",
     "a span from 6 to 4 is none"},
    {"a negative span", "\"start\":4", "\"start\":-4", "a span from -4 to 6 is none"},
    {"a span past the text", "\"start\":0,\"end\":5,\"text\":\"Judul\"",
     "\"start\":0,\"end\":6,\"text\":\"Judul\"", "a span does not mark the text it says"},
    {"a huge span", "\"end\":6", "\"end\":9223372036854775807",
     "a span from 4 to 9223372036854775807 is none"},
    {"a span's end past 2^63", "\"end\":6", "\"end\":9223372036854775808",
     "the verdict is not JSON, at byte"},
    {"a span with a fraction", "\"start\":4", "\"start\":4.0",
     "span is of another type; an integer belongs there"},
    {"a span with other text", "\"text\":\"Judul\"}", "\"text\":\"judul\"}",
     "a span does not mark the text it says"},
    {"a span inside a letter", "\"start\":4,\"end\":6,\"text\":\"é\"",
     "\"start\":5,\"end\":5,\"text\":\"\"", "a span does not mark the text it says"},
    {"a span of no link", "\"text\":\"kpu-x\"", "\"text\":\"kpu-y\"",
     "a span does not mark the text it says"},
    {"a lone surrogate", "Isi é pos", "\\ud800", "the verdict is not JSON, at byte"},
    {"bad UTF-8", "Isi é pos", "\xff\xfe", "the verdict is not JSON, at byte"},
};

static char *replace(const char *whole, const char *from, const char *to)
{
    const char *at = strstr(whole, from);
    assert_non_null(at);
    size_t len = strlen(whole) - strlen(from) + strlen(to) + 1;
    char *out = malloc(len);
    assert_non_null(out);
    snprintf(out, len, "%.*s%s%s", (int)(at - whole), whole, to, at + strlen(from));
    return out;
}

static void refuses(void **state)
{
    const struct bad_case *one = *state;
    char *json = replace(good, one->from, one->to);
    struct arena *arena = arena_new(1 << 20);
    struct verdict verdict;
    struct err err = ERR_NONE;
    assert_false(verdict_read(arena, str_of(json), &verdict, &err));
    if (one->message != NULL && !str_starts(str_of(err.message), str_of(one->message))) {
        fail_msg("got [%s], want [%s]", err.message, one->message);
    }
    assert_true(err.message[0] != '\0');
    /* What a stranger wrote never gets into a message. */
    assert_null(strstr(err.message, "Isi"));
    free(json);
    arena_free(arena);
}

static void nul_in_a_text_stays(void **state)
{
    (void)state;
    char *json = replace(good, "Isi é pos", "Isi é\\u0000pos");
    struct arena *arena = arena_new(1 << 20);
    struct verdict verdict;
    struct err err = ERR_NONE;
    assert_true(verdict_read(arena, str_of(json), &verdict, &err));
    assert_int_equal(verdict.post.fields[POST_TEXT].len, 10);
    assert_int_equal(verdict.post.fields[POST_TEXT].at[6], 0);
    free(json);
    arena_free(arena);
}

/* The parser's own stack must not be a hostile sender's. */
static void deep_nesting_is_refused(void **state)
{
    (void)state;
    enum { DEPTH = 100000 };
    char *json = malloc(DEPTH);
    struct arena *arena = arena_new(1 << 20);
    struct verdict verdict;
    struct err err = ERR_NONE;
    assert_non_null(json);
    memset(json, '[', DEPTH);
    assert_false(verdict_read(arena, (struct str){json, DEPTH}, &verdict, &err));
    free(json);
    arena_free(arena);
}

static void too_much_is_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_new(512);
    struct verdict verdict;
    struct err err = ERR_NONE;
    assert_false(verdict_read(arena, STR(good), &verdict, &err));
    assert_string_equal(err.message, "the verdict is too large for its arena");
    err = ERR_NONE;
    assert_false(verdict_read(arena, (struct str){good, VERDICT_MAX_BYTES + 1}, &verdict, &err));
    assert_string_equal(err.message, "the verdict has 8388609 bytes; the most is 8388608");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_of_it),
        cmocka_unit_test(nul_in_a_text_stays),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(too_much_is_refused),
    };
    return RUN_CASES("verdict_read", bad_cases, refuses) +
           cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
