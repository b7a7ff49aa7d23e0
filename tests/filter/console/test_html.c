#include "filter/console/html.h"

#include <stdlib.h>

#include "tests/filter/console/well_formed.h"
#include "tests/filter/test.h"

struct value_case {
    const char *name;
    struct str value;
    const char *escaped;
};

static const struct value_case values[] = {
    {"plain", STR("biasa saja"), "biasa saja"},
    {"empty", STR(""), ""},
    {"mark-up", STR("<script>alert(1)</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;"},
    {"a broken tag", STR("<img src=x onerror=alert(1)//"), "&lt;img src=x onerror=alert(1)//"},
    {"quotes", STR("\" onmouseover=\"x' y"), "&quot; onmouseover=&quot;x&#39; y"},
    {"an entity is text", STR("&lt;b&gt; &#60; &amp"), "&amp;lt;b&amp;gt; &amp;#60; &amp;amp"},
    {"a comment", STR("<!-- --><![CDATA[ ]]>"), "&lt;!-- --&gt;&lt;![CDATA[ ]]&gt;"},
    {"the end of a title", STR("</title></textarea>"), "&lt;/title&gt;&lt;/textarea&gt;"},
    {"line ends and tabs stay", STR("a\n\tb"), "a\n\tb"},
    {"NUL", STR("a\0b"), "a[U+0000]b"},
    {"carriage return", STR("a\rb"), "a[U+000D]b"},
    {"escape and delete", STR("\x1b[31m\x7f"), "[U+001B][31m[U+007F]"},
    {"a C1 control", STR("\xc2\x9b"), "[U+009B]"},
    {"bidirectional override",
     STR("\xe2\x80\xae"
         "gpj.exe"),
     "[U+202E]gpj.exe"},
    {"bidirectional isolate", STR("\xe2\x81\xa6x\xe2\x81\xa9"), "[U+2066]x[U+2069]"},
    {"right-to-left mark", STR("\xe2\x80\x8f"), "[U+200F]"},
    {"Arabic letter mark", STR("\xd8\x9c"), "[U+061C]"},
    {"zero width space in a word", STR("ve\xe2\x80\x8brif"), "ve[U+200B]rif"},
    {"zero width joiner in Latin", STR("ve\xe2\x80\x8drif"), "ve[U+200D]rif"},
    {"zero width joiner in an emoji", STR("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"),
     "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"},
    {"joiner between emoji and Latin",
     STR("\xf0\x9f\x91\xa9\xe2\x80\x8d"
         "a"),
     "\xf0\x9f\x91\xa9[U+200D]a"},
    {"zero width non-joiner in Javanese", STR("\xea\xa6\xb2\xe2\x80\x8c\xea\xa6\xb2"),
     "\xea\xa6\xb2\xe2\x80\x8c\xea\xa6\xb2"},
    {"variation selector of a picture", STR("\xe2\x9d\xa4\xef\xb8\x8f"),
     "\xe2\x9d\xa4\xef\xb8\x8f"},
    {"variation selector in a word", STR("a\xef\xb8\x8f"), "a[U+FE0F]"},
    {"byte order mark", STR("\xef\xbb\xbfx"), "[U+FEFF]x"},
    {"soft hyphen", STR("ve\xc2\xadri"), "ve[U+00AD]ri"},
    {"line separator", STR("\xe2\x80\xa8"), "[U+2028]"},
    {"Hangul filler", STR("\xe3\x85\xa4"), "[U+3164]"},
    {"combining grapheme joiner",
     STR("a\xcd\x8f"
         "b"),
     "a[U+034F]b"},
    {"tag characters", STR("\xf3\xa0\x81\xa1"), "[U+E0061]"},
    {"a supplementary selector", STR("\xf3\xa0\x84\x80"), "[U+E0100]"},
    {"a byte that is no UTF-8", STR("a\xffz"), "a\xef\xbf\xbdz"},
    {"an overlong '<'", STR("\xc0\xbcscript"), "\xef\xbf\xbd\xef\xbf\xbdscript"},
    {"a surrogate", STR("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"a cut sequence before a quote", STR("\xe2\x80\""), "\xef\xbf\xbd\xef\xbf\xbd&quot;"},
    {"letters with marks", STR("e\xcc\x81 \xc3\xa9 \xd8\xb9\xd8\xb1\xd8\xa8\xd9\x8a"),
     "e\xcc\x81 \xc3\xa9 \xd8\xb9\xd8\xb1\xd8\xa8\xd9\x8a"},
    {"fullwidth brackets are no mark-up",
     STR("\xef\xbc\x9c"
         "b\xef\xbc\x9e"),
     "\xef\xbc\x9c"
     "b\xef\xbc\x9e"},
};

static void check_text(void **state)
{
    const struct value_case *one = *state;
    struct html *page = html_new();
    HTML(page, "<p>");
    html_text(page, one->value);
    HTML(page, "</p>");
    struct str whole = html_str(page);
    assert_int_equal(whole.len, strlen(one->escaped) + 7);
    assert_memory_equal(whole.at + 3, one->escaped, strlen(one->escaped));
    assert_harmless(whole);
    html_free(page);
}

static void check_attribute(void **state)
{
    const struct value_case *one = *state;
    struct html *page = html_new();
    HTML(page, "<p");
    HTML_ATTRIBUTE(page, "title", one->value);
    HTML(page, ">x</p>");
    struct str whole = html_str(page);
    assert_memory_equal(whole.at, "<p title=\"", 10);
    assert_memory_equal(whole.at + 10, one->escaped, strlen(one->escaped));
    assert_memory_equal(whole.at + 10 + strlen(one->escaped), "\">x</p>", 7);
    assert_harmless(whole);
    html_free(page);
}

/* What a value costs is what it takes, so that a page's size can be kept. */
static void check_cost(void **state)
{
    const struct value_case *one = *state;
    size_t cost = 0;
    uint32_t before = 0;
    for (size_t at = 0; at < one->value.len;) {
        struct point point = point_read(one->value, at, before);
        cost += html_point_cost(&point);
        at += point.bytes;
        before = point.code;
    }
    assert_int_equal(cost, strlen(one->escaped));
}

struct cut_case {
    const char *name;
    struct str value;
    size_t most;
    const char *shown;
    size_t bytes;
};

static const struct cut_case cuts[] = {
    {"it fits", STR("abc"), 3, "abc", 3},
    {"it does not fit", STR("abcd"), 3, "abc…", 3},
    {"a reference is not cut", STR("a<b"), 4, "a…", 1},
    {"a code point is not cut", STR("aé"), 2, "a…", 1},
    {"nothing fits", STR("<"), 2, "…", 0},
};

static void check_cut(void **state)
{
    const struct cut_case *one = *state;
    struct html *page = html_new();
    assert_int_equal(html_cut(page, one->value, one->most), one->bytes);
    struct str whole = html_str(page);
    assert_int_equal(whole.len, strlen(one->shown));
    assert_memory_equal(whole.at, one->shown, whole.len);
    html_free(page);
}

struct link_case {
    const char *name;
    struct str url;
    bool is_link;
};

static const struct link_case links[] = {
    {"https", STR("https://www.kpu.go.id/page?a=1&b=2"), true},
    {"http", STR("http://contoh.example/"), true},
    {"the scheme in capitals", STR("HTTPS://contoh.example/"), true},
    {"javascript", STR("javascript:alert(1)"), false},
    {"javascript in capitals", STR("JaVaScRiPt:alert(1)//https://x"), false},
    {"javascript behind white space", STR(" javascript:alert(1)"), false},
    {"javascript behind a control", STR("\x01javascript:alert(1)"), false},
    {"a tab in the scheme", STR("java\tscript:alert(1)"), false},
    {"data", STR("data:text/html,<script>alert(1)</script>"), false},
    {"vbscript", STR("vbscript:x"), false},
    {"file", STR("file:///etc/passwd"), false},
    {"no scheme", STR("//contoh.example/"), false},
    {"a path", STR("/cases/1"), false},
    {"nothing behind the scheme", STR("https://"), false},
    {"quotes in it", STR("https://x/\" onclick=\"y"), false},
    {"a space in it", STR("https://x/ y"), false},
    {"a line end in it", STR("https://x/\ny"), false},
    {"not ASCII", STR("https://x/\xe2\x80\xae"), false},
    {"empty", STR(""), false},
};

static void check_link(void **state)
{
    const struct link_case *one = *state;
    struct html *page = html_new();
    HTML(page, "<p>");
    html_outside(page, one->url, 200);
    HTML(page, "</p>");
    assert_harmless(html_str(page));
    assert_int_equal(count_of(html_str(page), "a"), one->is_link);
    html_free(page);
}

static void long_urls_are_text(void **state)
{
    (void)state;
    char url[2000] = "https://contoh.example/";
    memset(url + strlen(url), 'x', sizeof url - strlen(url));
    struct html *page = html_new();
    HTML(page, "<p>");
    html_outside(page, (struct str){.at = url, .len = sizeof url}, 100);
    HTML(page, "</p>");
    assert_int_equal(count_of(html_str(page), "a"), 0);
    assert_true(html_str(page).len < 200);
    html_free(page);
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(long_urls_are_text)};
    return RUN_CASES("html_text", values, check_text) |
           RUN_CASES("html_attribute", values, check_attribute) |
           RUN_CASES("html_point_cost", values, check_cost) |
           RUN_CASES("html_cut", cuts, check_cut) | RUN_CASES("html_outside", links, check_link) |
           cmocka_run_group_tests_name("html", others, NULL, NULL);
}
