#include "feeds/report.h"

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "tests/filter/test.h"

#define CLAIM(url, claim)                                                                          \
    "{\"@type\":\"ClaimReview\",\"url\":\"" url "\",\"claimReviewed\":\"" claim                    \
    "\",\"reviewRating\":{\"alternateName\":\"Salah\"}}"

/* What came of a document: its reports, and the reviews in them, a line each. */
struct outcome {
    size_t reports;
    struct buf seen;
};

static bool note_review(void *context, const struct feeds_review *review)
{
    struct outcome *outcome = context;
    buf_printf(&outcome->seen, "%.*s|%.*s|%.*s%s%s\n", STR_FORMAT(review->url),
               STR_FORMAT(review->claim), STR_FORMAT(review->rating),
               review->is_lowest ? "|lowest" : "", review->is_withdrawn ? "|withdrawn" : "");
    return true;
}

static void note_bad(void *context, unsigned line, const char *why)
{
    struct outcome *outcome = context;
    buf_printf(&outcome->seen, "bad %u %s\n", line, why);
}

static bool note_report(void *context, struct str bytes)
{
    struct outcome *outcome = context;
    struct feeds_report report;
    struct buf text = BUF_EMPTY;
    struct str rest;
    struct err err = ERR_NONE;
    assert_true(feeds_report_read(bytes, &report, &text, &rest, &err));
    assert_true(str_is(report.source, "cek"));
    assert_true(str_is(report.at, "https://periksa.example/a/b"));
    assert_true(feeds_review_read(rest, note_review, note_bad, outcome, &err));
    outcome->reports++;
    buf_fini(&text);
    return true;
}

struct row {
    const char *name, *document, *seen, *message;
    size_t left_out;
};

static const struct row rows[] = {
    {.name = "JSON-LD alone",
     .document = CLAIM("https://periksa.example/1", "Satu"),
     .seen = "https://periksa.example/1|Satu|Salah\n"},
    {.name = "in a page, beside a broken block and one about something else",
     .document = "<!doctype html><script>if (a</script><script type=application/ld+json>{</script>"
                 "<SCRIPT TYPE='application/ld+json; charset=utf-8'>[{\"@type\":\"Organization\"}]"
                 "</SCRIPT><script type=\"application/ld+json\">" CLAIM(
                     "https://periksa.example/1",
                     "Satu") "</script><p>" CLAIM("https://periksa.example/2", "Dua"),
     .seen = "https://periksa.example/1|Satu|Salah\n"},
    {.name = "an address that is missing, and one that is relative",
     .document = "[" CLAIM("", "Satu") "," CLAIM("/c", "Dua") "]",
     .seen = "https://periksa.example/a/b|Satu|Salah\nhttps://periksa.example/c|Dua|Salah\n"},
    {.name = "a number for a rating",
     .document = "{\"@type\":\"ClaimReview\",\"url\":\"https://p.example/\",\"claimReviewed\":"
                 "\"Satu\",\"reviewRating\":{\"ratingValue\":\"1\"}}",
     .seen = "https://p.example/|Satu|1/5|lowest\n"},
    {.name = "words that call themselves the lowest number",
     .document = "{\"url\":\"https://p.example/\",\"claim\":\"Satu\",\"rating\":\"Menyesatkan\","
                 "\"lowest\":true}",
     .seen = "https://p.example/|Satu|Menyesatkan\n"},
    {.name = "withdrawn",
     .document = "{\"url\":\"https://p.example/\",\"claim\":\"Satu\",\"rating\":\"Salah\","
                 "\"withdrawn\":true}",
     .seen = "https://p.example/|Satu|Salah|withdrawn\n"},
    {.name = "lines, some of them bad",
     .document = "{\"url\":\"https://p.example/\",\"claim\":\"a\\nb\",\"rating\":\"Salah\"}\nx\n",
     .seen = "https://p.example/|a\nb|Salah\n",
     .left_out = 1},
    {.name = "an answer that found nothing", .document = " { } \n", .seen = ""},
    {.name = "a page without any",
     .document = "<p>halo",
     .message = "holds no ClaimReview in JSON-LD"},
    {.name = "an object that is none",
     .document = "{\"a\":1}",
     .message = "holds no ClaimReview: it has no \"claimReviewed\""},
    {.name = "nothing", .document = "", .message = "holds no ClaimReview in JSON-LD"},
};

static void a_document_is_told(void **state)
{
    const struct row *row = *state;
    const struct feeds_report report = {.source = STR("cek"),
                                        .at = STR("https://periksa.example/a/b")};
    struct outcome outcome = {.reports = 0};
    struct err err = ERR_NONE;
    size_t left_out = 0;
    bool done =
        feeds_report_write(&report, str_of(row->document), note_report, &outcome, &left_out, &err);
    assert_true(done == (row->message == NULL));
    assert_string_equal(err.message, row->message != NULL ? row->message : "");
    assert_string_equal(outcome.seen.len > 0 ? outcome.seen.bytes : "",
                        row->seen != NULL ? row->seen : "");
    assert_int_equal(left_out, row->left_out);
    buf_fini(&outcome.seen);
}

/* More than one report holds: each says that it is a part. */
static void a_large_document_is_told_in_parts(void **state)
{
    struct buf document = BUF_EMPTY;
    struct outcome outcome = {.reports = 0};
    struct err err = ERR_NONE;
    size_t left_out = 0, lines = 0;
    const struct feeds_report report = {.source = STR("cek"),
                                        .at = STR("https://periksa.example/a/b")};
    (void)state;
    for (int i = 0; i < 3000; i++) {
        buf_printf(&document, "{\"url\":\"https://p.example/%d\",\"rating\":\"Salah\",\"claim\":\"",
                   i);
        for (int k = 0; k < 500; k++) {
            buf_put_string(&document, "kata ");
        }
        buf_put_string(&document, "\"}\n");
    }
    assert_true(
        feeds_report_write(&report, buf_str(&document), note_report, &outcome, &left_out, &err));
    assert_true(outcome.reports > 4);
    for (size_t i = 0; i < outcome.seen.len; i++) {
        lines += outcome.seen.bytes[i] == '\n';
    }
    assert_int_equal(lines, 3000);
    buf_fini(&outcome.seen);
    buf_fini(&document);
}

static void no_report(void **state)
{
    static const char *const bad[] = {"", "x", "[]", "{}", "{\"status\":\"200\"}", "\n{}"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct feeds_report report;
        struct buf text = BUF_EMPTY;
        struct str rest;
        struct err err = ERR_NONE;
        assert_false(feeds_report_read(str_of(bad[i]), &report, &text, &rest, &err));
        buf_fini(&text);
    }
}

int main(void)
{
    static const struct CMUnitTest others[] = {
        cmocka_unit_test(a_large_document_is_told_in_parts),
        cmocka_unit_test(no_report),
    };
    return RUN_CASES("feeds_report_write", rows, a_document_is_told) +
           cmocka_run_group_tests_name("parts", others, NULL, NULL);
}
