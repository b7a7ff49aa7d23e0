#include "feeds/ndjson.h"

#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "tests/filter/test.h"

static void assert_str(struct str got, const char *want)
{
    assert_int_equal(got.len, strlen(want));
    if (got.len > 0) {
        assert_memory_equal(got.at, want, got.len);
    }
}

static const struct good_case {
    const char *name, *line, *text;
    size_t mended;
} good[] = {
    {"text alone", "{\"text\":\"Listrik padam\"}", "Listrik padam", 0},
    {"white space and a line end", " { \"text\" : \"a\" } \r\n", "a", 0},
    {"unknown fields of every kind",
     "{\"a\":null,\"b\":[1,{\"text\":\"no\"},[true]],\"c\":{\"text\":\"no\",\"text\":1},\"text\":"
     "\"a\",\"d\":1e999}",
     "a", 0},
    {"null is absent", "{\"id\":null,\"title\":null,\"links\":null,\"text\":\"a\"}", "a", 0},
    {"empty text", "{\"text\":\"\"}", "", 0},
    {"escapes", "{\"text\":\"a\\n\\\"\\\\\\/\\u00e9\\ud83d\\ude00\\t\\b\\f\\r\"}",
     "a\n\"\\/\xC3\xA9\xF0\x9F\x98\x80\t\b\f\r", 0},
    {"an escaped name", "{\"te\\u0078t\":\"a\"}", "a", 0},
    {"a quote before it in an unknown field",
     "{\"x\":\"\\\"\",\"y\":[\"\\\"a\"],\"text\":\"\\\"b\"}", "\"b", 0},
    {"lone high surrogate", "{\"text\":\"a\\ud83db\"}",
     "a\xEF\xBF\xBD"
     "b",
     1},
    {"high surrogate before a plain escape", "{\"text\":\"\\ud83d\\u0041\"}",
     "\xEF\xBF\xBD"
     "A",
     1},
    {"lone low surrogate", "{\"text\":\"\\ude00\"}", "\xEF\xBF\xBD", 1},
    {"high surrogate at the end", "{\"text\":\"\\ud83d\"}", "\xEF\xBF\xBD", 1},
    {"invalid UTF-8", "{\"text\":\"a\xFF\xC3\x28\"}", "a\xEF\xBF\xBD\xEF\xBF\xBD(", 2},
    {"invalid UTF-8 beside escapes", "{\"text\":\"\\n\xFF\"}", "\n\xEF\xBF\xBD", 1},
};

static void reads_text(void **state)
{
    const struct good_case *c = *state;
    struct feeds_ndjson *reader = feeds_ndjson_new();
    struct post post;
    struct err err = ERR_NONE;
    /* Twice: a reader goes from line to line. */
    for (int i = 1; i <= 2; i++) {
        assert_true(feeds_ndjson_read(reader, str_of(c->line), &post, &err));
        assert_str(post.fields[POST_TEXT], c->text);
        assert_int_equal(feeds_ndjson_mended(reader), c->mended * (size_t)i);
    }
    feeds_ndjson_free(reader);
}

static const struct bad_case {
    const char *name, *line, *message;
    unsigned column;
} bad[] = {
    {"empty", "  \n", "an empty line holds no post", 0},
    {"no text", "{\"id\":\"1\"}", "'text' is missing", 0},
    {"text null", "{\"text\":null}", "'text' is missing", 0},
    {"a number for text", "{\"text\":12}", "'text' must be text, not a number", 10},
    {"a number for the id", "{\"text\":\"a\",\"id\":12}", "'id' must be text, not a number", 19},
    {"true for the title", "{\"title\":true}", "'title' must be text, not true or false", 13},
    {"a list for the url", "{\"url\":[\"a\"]}", "'url' must be text, not a list", 8},
    {"an object for the author", "{\"author_name\":{}}",
     "'author_name' must be text, not an object", 16},
    {"links as text", "{\"links\":\"a\"}", "'links' must be a list of text, not text", 12},
    {"links of numbers", "{\"links\":[1]}", "'links' must be a list of text, not of a number", 11},
    {"links of lists", "{\"links\":[[]]}", "'links' must be a list of text, not of a list", 11},
    {"a list", "[]", "a post must be one object {\"text\": …}, not a list", 1},
    {"a string", "\"a\"", "a post must be one object {\"text\": …}, not text", 3},
    {"a number", "1", "a post must be one object {\"text\": …}", 2},
    {"null", "null", "a post must be one object {\"text\": …}, not null", 4},
    {"two objects", "{\"text\":\"a\"} {\"text\":\"b\"}",
     "a post must be one object {\"text\": …}, not several", 14},
    {"twice", "{\"text\":\"a\",\"text\":\"b\"}", "'text' is there twice", 18},
    {"twice by an escape", "{\"text\":\"a\",\"t\\u0065xt\":\"b\"}", "'text' is there twice", 23},
    {"links twice", "{\"links\":[],\"links\":[]}", "'links' is there twice", 19},
    {"cut in a string", "{\"text\":\"a", "not JSON: the line ends inside the object", 11},
    {"cut behind a value", "{\"text\":\"a\"", "not JSON: the line ends inside the object", 12},
    {"garbage behind it", "{\"text\":\"a\"}}", NULL, 13},
    {"text begun behind it", "{\"text\":\"a\"}\"", "not JSON: something follows the object", 13},
    {"a number behind it", "{\"text\":\"a\"} 12", "not JSON: something follows the object", 13},
    {"a raw control character", "{\"text\":\"a\tb\"}", NULL, 11},
    {"a bad escape", "{\"text\":\"\\x\"}", NULL, 11},
    {"a comment", "{/**/\"text\":\"a\"}", NULL, 2},
    {"a trailing comma", "{\"text\":\"a\",}", NULL, 13},
    {"not a time", "{\"text\":\"a\",\"published\":\"besok\"}",
     "'published' must be a time, as 2026-11-24T07:00:00+08:00", 0},
};

static void says_what_is_wrong(void **state)
{
    const struct bad_case *c = *state;
    struct feeds_ndjson *reader = feeds_ndjson_new();
    struct post post;
    struct err err = ERR_NONE;
    assert_false(feeds_ndjson_read(reader, str_of(c->line), &post, &err));
    if (c->message != NULL) {
        assert_string_equal(err.message, c->message);
    } else {
        assert_memory_equal(err.message, "not JSON: ", strlen("not JSON: "));
    }
    assert_int_equal(err.column, c->column);
    /* The next line is read as if nothing had been. */
    err = ERR_NONE;
    assert_true(feeds_ndjson_read(reader, STR("{\"text\":\"next\"}"), &post, &err));
    assert_str(post.fields[POST_TEXT], "next");
    feeds_ndjson_free(reader);
}

static void reads_every_field(void **state)
{
    (void)state;
    struct feeds_ndjson *reader = feeds_ndjson_new();
    struct post post;
    struct err err = ERR_NONE;
    assert_true(
        feeds_ndjson_read(reader,
                          STR("{\"id\":\"p\\\"1\",\"source\":\"warga\",\"url\":\"https://a.example/"
                              "1\",\"title\":\"Judul\","
                              "\"text\":\"Isi\\n\",\"author_name\":\"Nama\",\"lang\":\"id\","
                              "\"published\":\"2026-11-20T02:07:00Z\",\"links\":[\"https://"
                              "b.example/\",\"c\\u002f\"]}"),
                          &post, &err));
    assert_str(post.id, "p\"1");
    assert_str(post.source, "warga");
    assert_str(post.url, "https://a.example/1");
    assert_str(post.fields[POST_TITLE], "Judul");
    assert_str(post.fields[POST_TEXT], "Isi\n");
    assert_str(post.fields[POST_AUTHOR_NAME], "Nama");
    assert_str(post.lang, "id");
    assert_int_equal(post.published_ms, INT64_C(1795140420000));
    assert_int_equal(post.fetched_ms, CLOCK_NEVER);
    assert_int_equal(post.link_count, 2);
    assert_str(post.links[0], "https://b.example/");
    assert_str(post.links[1], "c/");
    feeds_ndjson_free(reader);
}

static void text_may_hold_nul(void **state)
{
    (void)state;
    struct feeds_ndjson *reader = feeds_ndjson_new();
    struct post post;
    struct err err = ERR_NONE;
    assert_true(feeds_ndjson_read(reader, STR("{\"text\":\"a\\u0000b\"}"), &post, &err));
    assert_int_equal(post.fields[POST_TEXT].len, 3);
    assert_memory_equal(post.fields[POST_TEXT].at, "a\0b", 3);
    assert_false(feeds_ndjson_read(reader, STR("{\"text\":\"a\0b\"}"), &post, &err));
    assert_int_equal(err.column, 11);
    feeds_ndjson_free(reader);
}

/* A line of `count` times `part` between `front` and `back`. */
static struct buf repeat(const char *front, const char *part, size_t count, const char *back)
{
    struct buf line = BUF_EMPTY;
    buf_put_string(&line, front);
    for (size_t i = 0; i < count; i++) {
        buf_put_string(&line, part);
    }
    buf_put_string(&line, back);
    return line;
}

static const struct huge_case {
    const char *name, *front, *part, *back;
    size_t count;
    const char *message; /* NULL: is fine */
} huge[] = {
    {"100,000 nested lists", "{\"x\":", "[", "", 100000, "nested deeper than 64 levels"},
    {"100,000 nested objects", "", "{\"x\":", "", 100000, "nested deeper than 64 levels"},
    {"63 nested lists",
     "{\"text\":\"\",\"x\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "]",
     "}", 63, NULL},
    {"50 MB of text", "{\"text\":\"", "0123456789", "\"}", 5 << 20,
     "a line of 52428811 bytes; at most 8388608 are read"},
    {"a post too long", "{\"text\":\"", "0123456789abcdef", "\"}", (1 << 16) + 1,
     "'text' has 1048592 bytes; at most 1048576 are read"},
    {"the longest post", "{\"text\":\"", "0123456789abcdef", "\"}", 1 << 16, NULL},
    {"the longest post, all escapes", "{\"text\":\"", "\\u0041", "\"}", 1 << 20, NULL},
    {"title and text too long together", "{\"title\":\"a\",\"text\":\"", "0123456789abcdef", "\"}",
     1 << 16, "title, text and author_name have 1048577 bytes; at most 1048576 are read"},
    {"an id too long", "{\"text\":\"\",\"id\":\"", "0", "\"}", 1025,
     "'id' has 1025 bytes; at most 1024 are read"},
    {"256 of many links", "{\"text\":\"\",\"links\":[\"a\"", ",\"b\\n\"", "]}", 1000, NULL},
};

static void holds_limits(void **state)
{
    const struct huge_case *c = *state;
    struct feeds_ndjson *reader = feeds_ndjson_new();
    struct post post;
    struct err err = ERR_NONE;
    struct buf line = repeat(c->front, c->part, c->count, c->back);
    bool right = feeds_ndjson_read(reader, buf_str(&line), &post, &err);
    assert_int_equal(right, c->message == NULL);
    assert_string_equal(err.message, c->message != NULL ? c->message : "");
    assert_true(post.link_count <= POST_MAX_LINKS);
    buf_fini(&line);
    feeds_ndjson_free(reader);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(reads_every_field),
        cmocka_unit_test(text_may_hold_nul),
    };
    return RUN_CASES("feeds_ndjson_read", good, reads_text) +
           RUN_CASES("feeds_ndjson_read errors", bad, says_what_is_wrong) +
           RUN_CASES("feeds_ndjson_read limits", huge, holds_limits) +
           cmocka_run_group_tests_name("feeds_ndjson_read others", others, NULL, NULL);
}
