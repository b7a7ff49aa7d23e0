/*
 * The shipped rules on the example feed, in each of its formats: what expected.ndjson lists is
 * flagged by exactly those rules, everything else passes.
 */
#include <jansson.h>
#include <stdio.h>

#include "feeds/parse.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/rule/match.h"
#include "tests/filter/test.h"

enum { MOST_BYTES = 4 << 20 };

struct example {
    const char *name; /* the file */
    enum feeds_format format;
    size_t posts;
};

static const struct example examples[] = {
    {"feeds/example/posts.ndjson", FEEDS_NDJSON, 85},
    {"feeds/example/example.rss", FEEDS_RSS, 10},
    {"feeds/example/example.atom", FEEDS_ATOM, 10},
    {"feeds/example/example.json", FEEDS_JSON, 10},
};

struct run {
    struct rule_set *set;
    struct rule_matcher *matcher;
    json_t *expected; /* by id: {"class": …, "rules": […]} */
    size_t posts, flagged;
};

static json_t *read_expected(void)
{
    struct buf bytes = BUF_EMPTY;
    struct err err = ERR_NONE;
    json_t *expected = json_object();
    assert_true(file_read("feeds/example/expected.ndjson", MOST_BYTES, &bytes, &err));
    for (size_t at = 0; at < bytes.len;) {
        json_t *line = json_loadb(bytes.bytes + at, bytes.len - at, JSON_DISABLE_EOF_CHECK, NULL);
        assert_non_null(line);
        const char *id = json_string_value(json_object_get(line, "id"));
        assert_null(json_object_get(expected, id));
        json_object_set_new(expected, id, line);
        const char *end = memchr(bytes.bytes + at, '\n', bytes.len - at);
        at = end != NULL ? (size_t)(end - bytes.bytes) + 1 : bytes.len;
    }
    buf_fini(&bytes);
    return expected;
}

static bool is_listed(const json_t *rules, struct str id)
{
    for (size_t i = 0; i < json_array_size(rules); i++) {
        if (str_is(id, json_string_value(json_array_get(rules, i)))) {
            return true;
        }
    }
    return false;
}

static bool check_entry(void *context, const struct feeds_entry *entry)
{
    struct run *run = context;
    struct rule_match match;
    struct err err = ERR_NONE;
    char id[64];
    snprintf(id, sizeof id, "%.*s", STR_FORMAT(entry->post.id));
    const json_t *expected = json_object_get(run->expected, id);
    const json_t *rules = json_object_get(expected, "rules");
    assert_true(rule_match_post(run->matcher, run->set, &entry->post, &match, &err));
    assert_int_equal(match.faults, 0);
    if (match.hit_count != json_array_size(rules)) {
        fail_msg("%s: %zu rules match, %zu should", id, match.hit_count, json_array_size(rules));
    }
    for (size_t i = 0; i < match.hit_count; i++) {
        const struct rule *rule = match.hits[i].rule;
        if (!is_listed(rules, rule->id)) {
            fail_msg("%s: %.*s matches and should not", id, STR_FORMAT(rule->id));
        }
        assert_string_equal(rule_class_name(rule->class),
                            json_string_value(json_object_get(expected, "class")));
    }
    run->posts++;
    run->flagged += match.hit_count > 0;
    return true;
}

static void test_example(void **state)
{
    const struct example *test = *state;
    const char *const folders[] = {"rules", "feeds/example", NULL};
    struct rule_set_options options = {.folders = folders,
                                       .clock = clock_fixed(1795478400000)}; /* 2026-11-24 */
    struct err err = ERR_NONE;
    struct run run = {.set = rule_set_load(&options, &err),
                      .matcher = rule_matcher_new(),
                      .expected = read_expected()};
    struct feeds_parser *parser = feeds_parser_new();
    struct buf bytes = BUF_EMPTY;
    struct feeds_head head;
    assert_non_null(run.set);
    assert_true(file_read(test->name, MOST_BYTES, &bytes, &err));
    struct feeds_document document = {.bytes = buf_str(&bytes),
                                      .source = STR("contoh"),
                                      .fetched_ms = 1795478400000,
                                      .is_ndjson = test->format == FEEDS_NDJSON};
    assert_true(feeds_parse(parser, &document, check_entry, &run, &head, &err));
    assert_int_equal(head.format, test->format);
    assert_int_equal(run.posts, test->posts);
    /* At least as many pass as are flagged. */
    assert_true(run.flagged > 0 && 2 * run.flagged <= run.posts);
    feeds_parser_free(parser);
    rule_matcher_free(run.matcher);
    rule_set_unref(run.set);
    json_decref(run.expected);
    buf_fini(&bytes);
}

int main(void)
{
    return RUN_CASES("the example feed", examples, test_example);
}
