/* Verdicts of a real rule set, written and read back. */
#include "filter/verdict/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/text/url.h"
#include "tests/filter/test.h"

#define RULE(id, title, detection, match)                                                          \
    "title: " title "\nid: " id "\nstatus: stable\ndate: 2026-01-02\n"                             \
    "logsource: { category: post }\ndescription: Mengapa aturan ini ada.\ndetection:\n" detection  \
    "level: high\nbasis:\n  class: fraud\n  evidence:\n    - { type: official, url: "              \
    "'https://kpu-contoh.example/1', publisher: KPU Contoh, published: 2026-01-02, impersonates: " \
    "KPU Contoh }\n  expires: 2026-03-01\ntests:\n  match: [ " match " ]\n  pass: [ { text: "      \
    "'Kantor buka' } ]\n"

#define UNDIAN                                                                                     \
    RULE("6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a01", "Undian",                                         \
         "  isi:\n    text|words: ['undian tinta']\n  condition: isi\n",                           \
         "{ text: 'undian tinta' }")
#define NAMA                                                                                       \
    RULE("6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a02", "Nama",                                           \
         "  isi:\n    author_name|words: ['kpu palsu']\n    text|contains: [halo, baris]\n  "      \
         "condition: isi\n",                                                                       \
         "{ text: 'halo', author_name: 'kpu palsu' }")
#define TAUTAN                                                                                     \
    RULE("6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a03", "Tautan",                                         \
         "  isi:\n    link.host: 'undian.example'\n  condition: isi\n",                            \
         "{ text: 'lihat https://undian.example/x' }")

static const char rules_yaml[] = UNDIAN "---\n" NAMA "---\n" TAUTAN;

struct stage {
    char folder[64], file[96];
    struct rule_set *set;
    struct rule_matcher *matcher;
    struct arena *arena;
};

static int set_up(void **state)
{
    struct stage *stage = mem_zero(1, sizeof *stage);
    struct err err = ERR_NONE;
    strcpy(stage->folder, "/tmp/saring.XXXXXX");
    assert_non_null(mkdtemp(stage->folder));
    snprintf(stage->file, sizeof stage->file, "%s/uji.yml", stage->folder);
    assert_true(file_write(stage->file, STR(rules_yaml), 0600, &err));
    const char *folders[] = {stage->folder, NULL};
    int64_t now_ms;
    assert_true(clock_parse(STR("2026-01-10"), &now_ms));
    const struct rule_set_options options = {.folders = folders, .clock = clock_fixed(now_ms)};
    stage->set = rule_set_load(&options, &err);
    if (stage->set == NULL) {
        char text[800];
        fail_msg("%s", err_format(&err, text, sizeof text));
    }
    stage->matcher = rule_matcher_new();
    stage->arena = arena_new(64 << 20);
    *state = stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;
    rule_matcher_free(stage->matcher);
    rule_set_unref(stage->set);
    arena_free(stage->arena);
    unlink(stage->file);
    rmdir(stage->folder);
    free(stage);
    return 0;
}

static const struct hash_key secret = {.bytes = {3}};

/* Matches and writes; the verdict as JSON in `out`. */
static void write_verdict(struct stage *stage, const struct post *post, struct buf *out)
{
    struct rule_match match;
    struct err err = ERR_NONE;
    struct buf rules = BUF_EMPTY;
    const struct text_link *links;
    assert_true(rule_match_post(stage->matcher, stage->set, post, &match, &err));
    assert_true(match.hit_count > 0);
    struct hash key = verdict_key(&secret, stage->matcher);
    size_t count = rule_matcher_links(stage->matcher, &links);
    verdict_write_rules(&rules, VERDICT_CASE, stage->set, &match);
    verdict_write(out, post, links, count, &key, buf_str(&rules));
    buf_fini(&rules);
}

static void read_back(struct stage *stage, const struct buf *json, struct verdict *verdict)
{
    struct err err = ERR_NONE;
    arena_reset(stage->arena);
    if (!verdict_read(stage->arena, buf_str(json), verdict, &err)) {
        fail_msg("%s", err.message);
    }
}

static void says_what_matched(void **state)
{
    struct stage *stage = *state;
    struct post post = POST_EMPTY;
    struct str mark_up[] = {STR("HTTPS://Undian.example:443/a/../b?utm_source=x")};
    post.id = STR("7");
    post.source = STR("warga");
    post.url = STR("https://contoh.example/7");
    post.fields[POST_TITLE] = STR("Judul \"kutip\"");
    post.fields[POST_TEXT] = STR("Ada UNDIAN \xe2\x80\x8btinta, baris\nbaru");
    post.fields[POST_AUTHOR_NAME] = STR("rahasia kpu palsu");
    post.links = mark_up;
    post.link_count = 1;
    assert_true(clock_parse(STR("2026-01-09T01:02:03Z"), &post.published_ms));
    struct buf json = BUF_EMPTY;
    struct verdict verdict;
    write_verdict(stage, &post, &json);
    assert_null(strstr(json.bytes, "rahasia"));
    assert_null(strstr(json.bytes, "kpu palsu"));
    assert_null(strchr(json.bytes, '\n'));
    read_back(stage, &json, &verdict);
    assert_true(str_equal(verdict.post.fields[POST_TEXT], post.fields[POST_TEXT]));
    assert_true(str_equal(verdict.post.fields[POST_TITLE], post.fields[POST_TITLE]));
    assert_true(verdict.post.published_ms == post.published_ms);
    assert_int_equal(verdict.link_count, 1);
    assert_true(str_is(verdict.links[0].url, "https://undian.example/b"));
    assert_int_equal(verdict.rule_count, 3);
    assert_true(str_is(verdict.ruleset, rule_set_id(stage->set)));
    assert_true(str_is(verdict.rules[0].title, "Undian"));
    assert_true(str_is(verdict.rules[0].description, "Mengapa aturan ini ada."));
    assert_int_equal(verdict.rules[0].evidence_count, 1);
    assert_true(str_is(verdict.rules[0].evidence[0].impersonates, "KPU Contoh"));
    assert_int_equal(verdict.rules[0].span_count, 1);
    assert_true(str_is(verdict.rules[0].spans[0].text, "UNDIAN \xe2\x80\x8btinta"));
    assert_true(str_is(verdict.rules[1].title, "Nama"));
    assert_int_equal(verdict.rules[1].span_count, 1); /* the author's is never told */
    assert_true(str_is(verdict.rules[1].spans[0].text, "baris"));
    assert_true(str_is(verdict.rules[2].title, "Tautan"));
    buf_fini(&json);
}

/* Limit 5 once more, should a matcher ever hand out an author's span. */
static void writes_no_author(void **state)
{
    struct stage *stage = *state;
    struct post post = POST_EMPTY;
    struct rule_match match;
    struct err err = ERR_NONE;
    struct buf out = BUF_EMPTY;
    post.fields[POST_TEXT] = STR("undian tinta");
    assert_true(rule_match_post(stage->matcher, stage->set, &post, &match, &err));
    assert_int_equal(match.hit_count, 1);
    const struct rule_span spans[] = {
        {.field = "author_name", .span = {0, 7}, .text = STR("rahasia")},
        match.hits[0].spans[0],
    };
    const struct rule_hit hit = {.rule = match.hits[0].rule, .spans = spans, .span_count = 2};
    match.hits = &hit;
    verdict_write_rules(&out, VERDICT_CASE, stage->set, &match);
    verdict_write_rules(&out, VERDICT_SCAN, stage->set, &match);
    assert_null(strstr(out.bytes, "author_name"));
    assert_null(strstr(out.bytes, "rahasia"));
    assert_non_null(strstr(out.bytes, "undian tinta"));
    buf_fini(&out);
}

/* The smallest form has no more than people asked for. */
static void scan_form(void **state)
{
    struct stage *stage = *state;
    struct post post = POST_EMPTY;
    struct rule_match match;
    struct err err = ERR_NONE;
    struct buf rules = BUF_EMPTY, json = BUF_EMPTY;
    post.fields[POST_TEXT] = STR("undian tinta");
    assert_true(rule_match_post(stage->matcher, stage->set, &post, &match, &err));
    verdict_write_rules(&rules, VERDICT_SCAN, stage->set, &match);
    verdict_write(&json, &post, NULL, 0, NULL, buf_str(&rules));
    struct buf want = BUF_EMPTY;
    buf_printf(&want,
               "{\"post\":{\"text\":\"undian tinta\"},\"ruleset\":\"%s\",\"rules\":[{\"id\":"
               "\"6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a01\",\"title\":\"Undian\",\"class\":\"fraud\","
               "\"level\":\"high\",\"spans\":[{\"field\":\"text\",\"start\":0,\"end\":12,\"text\":"
               "\"undian tinta\"}]}]}",
               rule_set_id(stage->set));
    assert_string_equal(json.bytes, want.bytes);
    buf_fini(&want);
    buf_fini(&json);
    buf_fini(&rules);
}

static struct hash key_of(struct stage *stage, const char *text, const char *id)
{
    struct post post = POST_EMPTY;
    struct rule_match match;
    struct err err = ERR_NONE;
    post.fields[POST_TEXT] = str_of(text);
    post.id = str_of(id);
    assert_true(rule_match_post(stage->matcher, stage->set, &post, &match, &err));
    return verdict_key(&secret, stage->matcher);
}

/* Decisions hold for what a post says, not for how it is spelled or who copied it. */
static void decision_key(void **state)
{
    struct stage *stage = *state;
    struct hash key = key_of(stage, "Undian  TINTA", "1");
    struct hash copy = key_of(stage, "undian tinta", "2");
    struct hash other = key_of(stage, "undian tintah", "1");
    assert_memory_equal(key.bytes, copy.bytes, sizeof key.bytes);
    assert_memory_not_equal(key.bytes, other.bytes, sizeof key.bytes);
}

/* A post made to be as large as a verdict can get: it fits, it is flagged, it can be read. */
static void the_largest_post_fits(void **state)
{
    struct stage *stage = *state;
    struct post post = POST_EMPTY;
    size_t len = POST_MAX_BYTES;
    char *text = mem_alloc(len);
    struct str *links = mem_zero(POST_MAX_LINKS, sizeof *links);
    memset(text, 1, len); /* six bytes each in JSON */
    for (size_t at = 0; at + 14 < len / 2; at += 14) {
        memcpy(text + at, "undian tinta, ", 14);
    }
    char *link = mem_alloc(URL_MAX_BYTES);
    memset(link, '"', URL_MAX_BYTES);
    memcpy(link, "http://undian.example/", 22);
    char id[VERDICT_MAX_ID];
    memset(id, 2, sizeof id);
    for (size_t i = 0; i < POST_MAX_LINKS; i++) {
        links[i] = (struct str){.at = link, .len = URL_MAX_BYTES - i};
    }
    post.id = post.source = post.lang = (struct str){.at = id, .len = sizeof id};
    post.url = (struct str){.at = link, .len = URL_MAX_BYTES};
    post.fields[POST_TEXT] = (struct str){.at = text, .len = len};
    post.links = links;
    post.link_count = POST_MAX_LINKS;
    struct buf json = BUF_EMPTY;
    struct verdict verdict;
    write_verdict(stage, &post, &json);
    assert_true(json.len <= VERDICT_MAX_BYTES);
    read_back(stage, &json, &verdict);
    assert_true(verdict.rule_count >= 1);
    assert_int_equal(verdict.post.fields[POST_TEXT].len, POST_MAX_BYTES);
    buf_fini(&json);
    free(text);
    free(link);
    free(links);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_matched),
        cmocka_unit_test(writes_no_author),
        cmocka_unit_test(scan_form),
        cmocka_unit_test(decision_key),
        cmocka_unit_test(the_largest_post_fits),
    };
    return cmocka_run_group_tests_name("verdict", tests, set_up, tear_down);
}
