#include "feeds/html.h"
#include "tests/filter/test.h"

static const struct html_case {
    const char *name, *html;
    bool is_xml;
    const char *text, *links; /* joined by spaces */
} cases[] = {
    {"plain", "halo  \n dunia ", false, "halo dunia", ""},
    {"inline elements join, blocks part", "pem<b>ilu</b><p>satu<p>dua<div><div>tiga</div></div>x",
     false, "pemilu\nsatu\ndua\ntiga\nx", ""},
    {"cells and lines",
     "<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>d<br>e<BR/>f", false,
     "a b\nc\nd\ne\nf", ""},
    {"scripts and styles", "a<script>b</b></script><style>c</style>d<SCRIPT src=x>e</ScRiPt >f",
     false, "adf", ""},
    {"a script never closed", "a<script>b<p>c", false, "a", ""},
    {"an empty script in XML", "a<script/>b", true, "ab", ""},
    {"an empty script in HTML is none", "a<script/>b", false, "a", ""},
    {"references", "&lt;b&gt; &amp;amp; &#x1F600;&#65;&eacute;&copy &nope; & &#; &#xZ;", false,
     "<b> &amp; \xF0\x9F\x98\x80"
     "A\xC3\xA9&copy &nope; & &#; &#xZ;",
     ""},
    {"names that only HTML 5 has", "kpu&period;example&sol;nik&ZeroWidthSpace;&NotEqualTilde;",
     false, "kpu.example/nik\xE2\x80\x8B\xE2\x89\x82\xCC\xB8", ""},
    {"numbers that are no characters", "&#0;&#xD800;&#x110000;&#99999999999;", false,
     "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", ""},
    {"less than", "1 < 2 <3 a<b", false, "1 < 2 <3 a", ""},
    {"comments", "a<!-- b > c -->d<!-->e<!--->f<!doctype x>g<?php h ?>i", false, "adefgi", ""},
    {"CDATA", "a<![CDATA[<b>&amp;]]>c", false, "a<b>&amp;c", ""},
    {"links",
     "<a href=\"x\">1</a><a HREF='/y?a=1&amp;b'>2</a><area href=//c.example/z><a name=n>3</a>"
     "<iframe src=f></iframe><form action=g><img src=no></form>",
     false, "123",
     "https://a.example/p/x https://a.example/y?a=1&b https://c.example/z "
     "https://a.example/p/f https://a.example/p/g"},
    {"a '>' in an attribute", "<a title=\">\" href=\"x\">t</a>", false, "t",
     "https://a.example/p/x"},
    {"a quote that is none", "<a title=it's href=x>t</a>", false, "t", "https://a.example/p/x"},
    {"a tag never closed", "a<b c", false, "a", ""},
    {"end tags with attributes", "a</b x='>'>b", false, "a'>b", ""},
    {"names with a prefix", "<h:p>a</h:p><h:a href='x'>b</h:a>", true, "a\nb",
     "https://a.example/p/x"},
    {"nothing", "", false, "", ""},
    {"tags alone", "<p><br></p>", false, "", ""},
};

static void reads_as(void **state)
{
    const struct html_case *c = *state;
    struct feeds_links links = {.most = 16};
    struct feeds_html html = {
        .base = STR("https://a.example/p/q"), .is_xml = c->is_xml, .links = &links};
    struct buf out = BUF_EMPTY, joined = BUF_EMPTY;
    buf_put(&out, "", 0);
    buf_put(&joined, "", 0);
    feeds_html_text(&html, str_of(c->html), &out);
    for (size_t i = 0, at = 0; i < links.count; at = links.ends[i++]) {
        buf_put_string(&joined, i > 0 ? " " : "");
        buf_put(&joined, links.text.bytes + at, links.ends[i] - at);
    }
    assert_string_equal(out.bytes, c->text);
    assert_string_equal(joined.bytes, c->links);
    buf_fini(&joined);
    buf_fini(&out);
    feeds_links_fini(&links);
}

static void links_are_bounded(void **state)
{
    (void)state;
    struct feeds_links links = {.most = 2};
    struct feeds_html html = {.links = &links};
    struct buf out = BUF_EMPTY;
    feeds_html_text(&html, STR("<a href=a><a href=b><a href=c>x"), &out);
    assert_int_equal(links.count, 2);
    buf_fini(&out);
    feeds_links_fini(&links);
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(links_are_bounded)};
    return RUN_CASES("feeds_html_text", cases, reads_as) +
           cmocka_run_group_tests_name("feeds_html_text limits", others, NULL, NULL);
}
