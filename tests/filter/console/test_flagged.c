#include "filter/console/flagged.h"

#include <stdio.h>
#include <stdlib.h>

#include "filter/base/buf.h"
#include "tests/filter/console/well_formed.h"
#include "tests/filter/test.h"

#define MOST_SPANS 3

struct flagged_case {
    const char *name;
    struct str title, text;
    struct casebook_span spans[MOST_SPANS];
    const char *page;
};

#define TEXT_SPAN(from, to)                                                                        \
    {                                                                                              \
        STR("text"),                                                                               \
        {                                                                                          \
            (from), (to)                                                                           \
        }                                                                                          \
    }
#define TITLE_SPAN(from, to)                                                                       \
    {                                                                                              \
        STR("title"),                                                                              \
        {                                                                                          \
            (from), (to)                                                                           \
        }                                                                                          \
    }
#define P(text) "<p class=\"post-text\"><bdi>" text "</bdi></p>"
#define T(text) "<p class=\"post-title\"><bdi>" text "</bdi></p>"

static const struct flagged_case cases[] = {
    {"nothing marked", STR(""), STR("biasa"), {{STR(""), {0, 0}}}, P("biasa")},
    {"a word marked",
     STR(""),
     STR("isi NIK di sini"),
     {TEXT_SPAN(4, 7)},
     P("isi <mark>NIK</mark> di sini")},
    {"all of it", STR(""), STR("NIK"), {TEXT_SPAN(0, 3)}, P("<mark>NIK</mark>")},
    {"title and text",
     STR("Awas"),
     STR("NIK"),
     {TITLE_SPAN(0, 4), TEXT_SPAN(1, 2)},
     T("<mark>Awas</mark>") P("N<mark>I</mark>K")},
    {"only a title", STR("Awas"), STR(""), {TITLE_SPAN(0, 1)}, T("<mark>A</mark>was")},
    {"mark-up within a mark",
     STR(""),
     STR("a<b>c"),
     {TEXT_SPAN(1, 4)},
     P("a<mark>&lt;b&gt;</mark>c")},
    {"a mark that starts within mark-up",
     STR(""),
     STR("</bdi><script>"),
     {TEXT_SPAN(2, 9)},
     P("&lt;/<mark>bdi&gt;&lt;sc</mark>ript&gt;")},
    {"marks that overlap are one",
     STR(""),
     STR("abcdef"),
     {TEXT_SPAN(1, 4), TEXT_SPAN(2, 5)},
     P("a<mark>bcde</mark>f")},
    {"one within the other",
     STR(""),
     STR("abcdef"),
     {TEXT_SPAN(0, 6), TEXT_SPAN(2, 3)},
     P("<mark>abcdef</mark>")},
    {"marks that touch",
     STR(""),
     STR("abcd"),
     {TEXT_SPAN(2, 4), TEXT_SPAN(0, 2)},
     P("<mark>abcd</mark>")},
    {"a mark past the end", STR(""), STR("abc"), {TEXT_SPAN(2, 99)}, P("ab<mark>c</mark>")},
    {"an empty mark", STR(""), STR("abc"), {TEXT_SPAN(1, 1)}, P("abc")},
    {"a mark from an invisible letter on",
     STR(""),
     STR("a\xe2\x80\x8b"
         "b"),
     {TEXT_SPAN(1, 5)},
     P("a<mark><i>[U+200B]</i>b</mark>")},
    {"an override shows and turns nothing",
     STR(""),
     STR("\xe2\x80\xae"
         "cba"),
     {{STR(""), {0, 0}}},
     P("<i>[U+202E]</i>cba")},
    {"a link",
     STR(""),
     STR("buka https://kpu.contoh.example/a.b?c=d.e ya"),
     {{STR(""), {0, 0}}},
     P("buka hxxps://kpu[.]contoh[.]example/a.b?c=d.e ya")},
    {"a marked link",
     STR(""),
     STR("http://a.example"),
     {TEXT_SPAN(7, 16)},
     P("hxxp://<mark>a[.]example</mark>")},
    {"no UTF-8, cut within a host",
     STR(""),
     STR("kpu.contoh.exampl\xf0\x9f"),
     {TEXT_SPAN(0, 3)},
     P("<mark>kpu</mark>.contoh.exampl\xef\xbf\xbd\xef\xbf\xbd")},
    {"another field is not marked", STR(""), STR("abc"), {{STR("link"), {0, 3}}}, P("abc")},
};

static void check(void **state)
{
    const struct flagged_case *one = *state;
    struct casebook_post post = {
        .title = one->title, .text = one->text, .spans = one->spans, .span_count = MOST_SPANS};
    struct flagged *flagged = flagged_new(&post, 1000);
    struct html *page = html_new();
    assert_int_equal(flagged_parts(flagged), 1);
    HTML(page, "<div>");
    flagged_write(flagged, 0, page);
    HTML(page, "</div>");
    assert_harmless(html_str(page));
    struct str inside = str_part(html_str(page), 5, html_str(page).len - 6);
    assert_int_equal(inside.len, strlen(one->page));
    assert_memory_equal(inside.at, one->page, inside.len);
    assert_int_equal(flagged_is_marked(flagged, 0), strstr(one->page, "<mark>") != NULL);
    html_free(page);
    flagged_free(flagged);
}

struct long_case {
    const char *name;
    struct str piece;
    size_t times;
};

static const struct long_case longs[] = {
    {"words", STR("kata demi kata "), 4000},
    {"mark-up", STR("<"), 50000},
    {"controls", STR("\x01"), 50000},
    {"line ends", STR("\n"), 50000},
    {"four bytes each", STR("\xf0\x9f\x91\xa9"), 20000},
    {"links", STR("http://a.example "), 3000},
};

/* All parts together are the whole post, none costs more than it may, all marks are in them. */
static void check_parts(void **state)
{
    enum { MOST = 3000, SLACK = 120 };
    const struct long_case *one = *state;
    struct buf text = BUF_EMPTY;
    for (size_t i = 0; i < one->times; i++) {
        buf_put_str(&text, one->piece);
    }
    struct casebook_span spans[] = {TEXT_SPAN(0, text.len)};
    struct casebook_post post = {
        .title = STR("Judul"), .text = buf_str(&text), .spans = spans, .span_count = 1};
    struct flagged *flagged = flagged_new(&post, MOST);
    struct buf seen = BUF_EMPTY;
    for (size_t part = 0; part < flagged_parts(flagged); part++) {
        struct html *page = html_new();
        HTML(page, "<div>");
        flagged_write(flagged, part, page);
        HTML(page, "</div>");
        assert_true(html_str(page).len <= MOST + SLACK);
        assert_true(flagged_is_marked(flagged, part));
        assert_harmless(html_str(page));
        char *marked = texts_of(html_str(page), "mark");
        buf_put(&seen, marked, strlen(marked) - 1);
        free(marked);
        html_free(page);
    }
    assert_true(flagged_parts(flagged) > 1);
    assert_true(seen.len >= text.len);
    flagged_free(flagged);
    buf_fini(&seen);
    buf_fini(&text);
}

static void marks_are_found_in_their_part(void **state)
{
    (void)state;
    char text[5000];
    memset(text, 'x', sizeof text);
    struct casebook_span spans[] = {TEXT_SPAN(4000, 4010)};
    struct casebook_post post = {
        .text = {.at = text, .len = sizeof text}, .spans = spans, .span_count = 1};
    struct flagged *flagged = flagged_new(&post, 1000);
    assert_int_equal(flagged_parts(flagged), 6);
    for (size_t part = 0; part < 6; part++) {
        assert_int_equal(flagged_is_marked(flagged, part), part == 4);
    }
    flagged_free(flagged);
}

static void an_empty_post_has_one_empty_part(void **state)
{
    (void)state;
    struct casebook_post post = {.text = STR("")};
    struct flagged *flagged = flagged_new(&post, 100);
    struct html *page = html_new();
    assert_int_equal(flagged_parts(flagged), 1);
    flagged_write(flagged, 0, page);
    assert_int_equal(html_str(page).len, 0);
    html_free(page);
    flagged_free(flagged);
}

struct line_case {
    const char *name;
    struct str text;
    const char *line;
};

static const struct line_case lines[] = {
    {"short", STR("abc"), "<bdi>abc</bdi>"},
    {"too long", STR("abcdefghijklmnopqrstuvwxyz"), "<bdi>abcdefghijklmnopqrst…</bdi>"},
    {"not within a code point", STR("abcdefghijklmnopqrs\xc3\xa9"),
     "<bdi>abcdefghijklmnopqrs…</bdi>"},
    {"a link", STR("http://a.example"), "<bdi>hxxp://a[.]example</bdi>"},
    {"mark-up", STR("<b>"), "<bdi>&lt;b&gt;</bdi>"},
    {"empty", STR(""), "<bdi></bdi>"},
};

static void check_line(void **state)
{
    const struct line_case *one = *state;
    struct html *page = html_new();
    flagged_line(page, one->text, 20);
    struct str whole = html_str(page);
    assert_int_equal(whole.len, strlen(one->line));
    assert_memory_equal(whole.at, one->line, whole.len);
    html_free(page);
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(marks_are_found_in_their_part),
                                        cmocka_unit_test(an_empty_post_has_one_empty_part)};
    return RUN_CASES("flagged", cases, check) | RUN_CASES("flagged parts", longs, check_parts) |
           RUN_CASES("flagged_line", lines, check_line) |
           cmocka_run_group_tests_name("flagged others", others, NULL, NULL);
}
