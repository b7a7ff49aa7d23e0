#include "filter/cli/review_show.h"

#include <jansson.h>

#include "filter/base/clock.h"
#include "tests/filter/test.h"

/* 2026-11-24T12:00:00Z. */
#define NOW_MS INT64_C(1795521600000)

static struct casebook_case sample_case(void)
{
    return (struct casebook_case){
        .id = 12,
        .version = 3,
        .class = RULE_FRAUD,
        .state = CASE_FLAGGED,
        .opened_ms = NOW_MS - 3600000,
        .since_ms = NOW_MS - 3600000,
        .deadline_ms = NOW_MS + 5 * 3600000,
        .rule_id = STR("uji"),
        .rule_title = STR("Tautan\033[2J palsu"),
        .level = STR("high"),
        .excerpt = STR("Cek http://kpu-daftar.example/\nsekarang"),
        .copies = 2,
    };
}

static const struct span_case {
    const char *name, *text;
    struct casebook_span spans[4];
    size_t count;
    const char *plain;
} spans[] = {
    {"none", "abc", {{STR(""), {0, 0}}}, 0, "| abc\n"},
    {"one", "abcdef", {{STR("text"), {1, 3}}}, 1, "| a[[bc]]def\n"},
    {"at both ends",
     "abcdef",
     {{STR("text"), {4, 6}}, {STR("text"), {0, 2}}},
     2,
     "| [[ab]]cd[[ef]]\n"},
    {"overlapping", "abcdef", {{STR("text"), {1, 4}}, {STR("text"), {2, 5}}}, 2, "| a[[bcde]]f\n"},
    {"one inside another",
     "abcdef",
     {{STR("text"), {0, 6}}, {STR("text"), {2, 3}}},
     2,
     "| [[abcdef]]\n"},
    {"touching", "abcdef", {{STR("text"), {0, 2}}, {STR("text"), {2, 4}}}, 2, "| [[abcd]]ef\n"},
    {"of another field", "abcdef", {{STR("title"), {0, 2}}}, 1, "| abcdef\n"},
    {"past the end", "abc", {{STR("text"), {1, 9}}}, 1, "| abc\n"},
    {"empty", "abc", {{STR("text"), {1, 1}}}, 1, "| abc\n"},
    {"over a control character", "a\033b", {{STR("text"), {0, 3}}}, 1, "| [[a\\u{1B}b]]\n"},
    {"inside a link",
     "http://a.example/",
     {{STR("text"), {7, 16}}},
     1,
     "| hxxp://[[a[.]example]]/\n"},
};

static void marks_spans(void **state)
{
    const struct span_case *one = *state;
    struct casebook_post post = {.source = STR("uji"),
                                 .id = STR("1"),
                                 .text = str_of(one->text),
                                 .published_ms = CLOCK_NEVER,
                                 .spans = one->spans,
                                 .span_count = one->count};
    struct casebook_page page = {.summary = sample_case(), .posts = &post, .post_count = 1};
    struct buf out = BUF_EMPTY;
    review_show(&page, NOW_MS, REVIEW_PLAIN, &out);
    if (strstr(out.bytes, one->plain) == NULL) {
        fail_msg("%s", out.bytes);
    }
    buf_fini(&out);
}

/* Whatever is in a case, on a terminal without colours no byte is a control code but newlines. */
static void shows_no_control_codes(void **state)
{
    (void)state;
#define EVIL STR("a\033[2J\r\b\xc2\x9b\xe2\x80\xae<script>\x7f")
    struct rule_evidence evidence = {
        .url = EVIL, .publisher = EVIL, .claim = EVIL, .rating = EVIL, .impersonates = EVIL};
    struct casebook_rule rule = {.id = EVIL,
                                 .title = EVIL,
                                 .description = EVIL,
                                 .level = EVIL,
                                 .evidence = &evidence,
                                 .evidence_count = 1};
    struct str link = EVIL;
    struct casebook_post post = {.source = EVIL,
                                 .id = EVIL,
                                 .url = EVIL,
                                 .title = EVIL,
                                 .text = EVIL,
                                 .links = &link,
                                 .link_count = 1};
    struct casebook_event event = {
        .actor = EVIL, .action = EVIL, .detail = STR("{\"reason\":\"\\u001b[2J\\u202e\"}")};
    struct casebook_page page = {.summary = sample_case(),
                                 .rules = &rule,
                                 .rule_count = 1,
                                 .posts = &post,
                                 .post_count = 1,
                                 .events = &event,
                                 .event_count = 1,
                                 .proposal = EVIL,
                                 .proposal_kind = EVIL,
                                 .entry_id = EVIL,
                                 .entry_state = EVIL};
    page.summary.claimed_by = EVIL;
    struct buf out = BUF_EMPTY;
    review_show(&page, NOW_MS, REVIEW_PLAIN, &out);
    review_show_line(&page.summary, NOW_MS, REVIEW_PLAIN, 0, &out);
    for (size_t i = 0; i < out.len; i++) {
        unsigned char c = (unsigned char)out.bytes[i];
        assert_true(c == '\n' || (c >= ' ' && c != 0x7f));
    }
    assert_null(strstr(out.bytes, "\xc2\x9b"));
    assert_null(strstr(out.bytes, "\xe2\x80\xae"));
    buf_fini(&out);
}

static void writes_json(void **state)
{
    (void)state;
    struct casebook_span span = {STR("text"), {0, 3}};
    struct str link = STR("http://kpu-daftar.example/");
    struct casebook_post post = {.source = STR("uji"),
                                 .id = STR("\"1\""),
                                 .text = STR("Cek\n"),
                                 .published_ms = NOW_MS,
                                 .flagged_ms = NOW_MS,
                                 .spans = &span,
                                 .span_count = 1,
                                 .links = &link,
                                 .link_count = 1};
    struct casebook_event event = {.seq = 4,
                                   .time_ms = NOW_MS,
                                   .actor = STR("machine"),
                                   .action = STR("flag"),
                                   .detail = STR("{\"to\":\"flagged\"}")};
    struct casebook_page page = {.summary = sample_case(),
                                 .posts = &post,
                                 .post_count = 1,
                                 .events = &event,
                                 .event_count = 1};
    struct buf out = BUF_EMPTY;
    json_error_t why;
    review_show(&page, NOW_MS, REVIEW_JSON, &out);
    assert_int_equal(out.bytes[out.len - 1], '\n');
    json_t *read = json_loadb(out.bytes, out.len, 0, &why);
    assert_non_null(read);
    assert_int_equal(json_integer_value(json_object_get(read, "id")), 12);
    json_t *first = json_array_get(json_object_get(read, "posts"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "id")), "\"1\"");
    assert_string_equal(json_string_value(json_array_get(json_object_get(first, "links"), 0)),
                        "http://kpu-daftar.example/");
    json_t *history = json_array_get(json_object_get(read, "history"), 0);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(history, "detail"), "to")), "flagged");
    json_decref(read);
    buf_fini(&out);
}

static const struct left_case {
    const char *name;
    int64_t deadline_ms; /* from now */
    const char *shown;
} lefts[] = {
    {"18 minutes", 18 * 60000, " 18 menit "},
    {"119 minutes", 119 * 60000, " 119 menit "},
    {"two hours", 120 * 60000, " 2 jam "},
    {"two days", 48 * 3600000, " 2 hari "},
    {"past", -60000, " 0 menit "},
};

static void says_what_is_left(void **state)
{
    const struct left_case *one = *state;
    struct casebook_case line = sample_case();
    struct buf out = BUF_EMPTY;
    line.deadline_ms = NOW_MS + one->deadline_ms;
    review_show_line(&line, NOW_MS, REVIEW_PLAIN, 0, &out);
    assert_non_null(strstr(out.bytes, one->shown));
    buf_fini(&out);
}

static const struct width_case {
    const char *name;
    size_t columns;
    bool has_rule;
} widths[] = {
    {"80 columns", 80, false},  {"111 columns", 111, false},        {"112 columns", 112, true},
    {"200 columns", 200, true}, {"fewer than it takes", 20, false},
};

/* A line never wraps, whatever the excerpt, as long as there is room for its numbers at all. */
static void fits_the_terminal(void **state)
{
    const struct width_case *one = *state;
    struct casebook_case line = sample_case();
    char excerpt[4000];
    memset(excerpt, 'x', sizeof excerpt);
    line.excerpt = (struct str){excerpt, sizeof excerpt};
    line.rule_title = STR("Aturan uji");
    struct buf out = BUF_EMPTY, header = BUF_EMPTY;
    review_show_line(&line, NOW_MS, REVIEW_PLAIN, one->columns, &out);
    review_show_header(one->columns, &header);
    size_t shown = 0; /* characters, the newline aside */
    for (size_t i = 0; i + 1 < out.len; i++) {
        shown += ((unsigned char)out.bytes[i] & 0xc0) != 0x80;
    }
    assert_true(shown <= (one->columns < 60 ? 50 : one->columns));
    assert_int_equal(strstr(out.bytes, "Aturan uji") != NULL, one->has_rule);
    const char *at = strstr(header.bytes, "kutipan");
    assert_non_null(at);
    assert_int_equal(strstr(out.bytes, "xxxx") - out.bytes, at - header.bytes);
    buf_fini(&out);
    buf_fini(&header);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_no_control_codes),
        cmocka_unit_test(writes_json),
    };
    return RUN_CASES("spans", spans, marks_spans) + RUN_CASES("left", lefts, says_what_is_left) +
           RUN_CASES("widths", widths, fits_the_terminal) +
           cmocka_run_group_tests_name("review_show", tests, NULL, NULL);
}
