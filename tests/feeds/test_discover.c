/* Feeds that pages and OPML files name. */
#include "feeds/discover.h"

#include "feeds/opml.h"
#include "filter/base/err.h"
#include "tests/filter/test.h"

static const struct page_case {
    const char *name, *page, *found;
} pages[] = {
    {"links of all kinds",
     "<head><link rel=\"stylesheet\" type=\"text/css\" href=\"x.css\">"
     "<link rel='alternate' type='application/rss+xml' title='Berita &amp; lain' "
     "href='/rss?a=1&amp;b=2'>"
     "<LINK REL=Alternate TYPE=application/atom+xml HREF=atom.xml>"
     "<link rel=alternate type=application/feed+json href=//j.example/feed.json>"
     "<link rel=alternate hreflang=en href=/en></head>",
     "https://a.example/rss?a=1&b=2 Berita & lain\nhttps://a.example/d/atom.xml \n"
     "https://j.example/feed.json \n"},
    {"one twice",
     "<link rel=alternate type=application/rss+xml href=/r>"
     "<link rel=alternate type=application/rss+xml href=https://a.example/r>",
     "https://a.example/r \n"},
    {"a base",
     "<base href=https://b.example/x/><link rel=alternate type=application/rss+xml href=r>",
     "https://b.example/x/r \n"},
    {"no link, but addresses that look like feeds",
     "<a href=/tentang>x</a><a href='/feed/'>RSS</a><a href=/index.rdf>y</a>",
     "https://a.example/feed/ \nhttps://a.example/index.rdf \n"},
    {"in a script", "<script>'<link rel=alternate type=application/rss+xml href=/r>'</script>", ""},
    {"nothing", "<p>halo</p>", ""},
};

static void finds(void **state)
{
    const struct page_case *c = *state;
    struct feeds_discovered found = {.count = 0};
    struct buf out = BUF_EMPTY;
    buf_put(&out, "", 0);
    feeds_discover(str_of(c->page), STR("https://a.example/d/halaman"), &found);
    for (size_t i = 0; i < found.count; i++) {
        buf_printf(&out, "%.*s %.*s\n", STR_FORMAT(feeds_discovered_url(&found, i)),
                   STR_FORMAT(feeds_discovered_title(&found, i)));
    }
    assert_string_equal(out.bytes, c->found);
    feeds_discovered_fini(&found);
    buf_fini(&out);
}

static void put_outline(void *context, struct str url, struct str title)
{
    buf_printf(context, "%.*s|%.*s\n", STR_FORMAT(url), STR_FORMAT(title));
}

static void opml_comes_back(void **state)
{
    const struct feeds_source sources[] = {
        {.id = STR("a"), .name = STR("A \"<&> b"), .url = STR("https://a.example/?a=1&b=2")},
        {.id = STR("berkas"), .name = STR("berkas"), .path = STR("x.ndjson")},
        {.id = STR("c"), .name = STR("C"), .url = STR("https://c.example/")}};
    struct buf opml = BUF_EMPTY, out = BUF_EMPTY;
    struct err err = ERR_NONE;
    (void)state;
    feeds_opml_write(sources, 3, &opml);
    assert_true(feeds_opml_read(buf_str(&opml), put_outline, &out, &err));
    assert_string_equal(out.bytes, "https://a.example/?a=1&b=2|A \"<&> b\nhttps://c.example/|C\n");
    buf_clear(&out);
    assert_true(feeds_opml_read(
        STR("<opml version=\"1.1\"><body><outline text=\"Grup\"><outline title=\"T\" xmlURL=\"u\" "
            "htmlUrl=\"h\"></outline><outline xmlUrl=\"v\"><outline text=\"x\">"),
        put_outline, &out, &err));
    assert_string_equal(out.bytes, "u|T\nv|\n");
    assert_false(feeds_opml_read(STR("<html></html>"), put_outline, &out, &err));
    buf_fini(&opml);
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(opml_comes_back)};
    return RUN_CASES("feeds_discover", pages, finds) +
           cmocka_run_group_tests_name("feeds_opml", others, NULL, NULL);
}
