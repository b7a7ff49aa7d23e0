#include "feeds/parse.h"

#include <stdio.h>
#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "tests/filter/test.h"

static void put_time(struct buf *out, const char *name, int64_t time_ms)
{
    char text[CLOCK_TEXT];
    if (time_ms != CLOCK_NEVER) {
        buf_printf(out, "%s=%s\n", name, clock_format(time_ms, text));
    }
}

static void put(struct buf *out, const char *name, struct str text)
{
    if (text.len > 0) {
        buf_printf(out, "%s=%.*s\n", name, STR_FORMAT(text));
    }
}

static bool put_entry(void *context, const struct feeds_entry *entry)
{
    struct buf *out = context;
    const struct post *post = &entry->post;
    buf_put_string(out, "-\n");
    put(out, "id", post->id);
    put(out, "source", post->source);
    put(out, "url", post->url);
    put(out, "title", post->fields[POST_TITLE]);
    put(out, "author", post->fields[POST_AUTHOR_NAME]);
    put(out, "lang", post->lang);
    put_time(out, "published", post->published_ms);
    if (entry->updated_ms != post->published_ms) {
        put_time(out, "updated", entry->updated_ms);
    }
    for (size_t i = 0; i < post->link_count; i++) {
        put(out, "link", post->links[i]);
    }
    for (size_t i = 0; i < entry->category_count; i++) {
        put(out, "category", entry->categories[i]);
    }
    for (size_t i = 0; i < entry->enclosure_count; i++) {
        put(out, "enclosure", entry->enclosures[i].url);
    }
    put(out, "text", post->fields[POST_TEXT]);
    return true;
}

#define RSS(inside) "<rss version=\"2.0\"><channel>" inside "</channel></rss>"
#define ITEM(inside) RSS("<item><guid>1</guid>" inside "</item>")
#define ATOM(inside) "<feed xmlns=\"http://www.w3.org/2005/Atom\">" inside "</feed>"
#define ENTRY(inside) ATOM("<entry><id>1</id>" inside "</entry>")

static const struct parse_case {
    const char *name;
    struct str document;
    const char *content_type, *url;
    const char *version;
    bool is_broken;
    const char *entries; /* as put_entry writes them */
} cases[] = {
    {"RSS 2.0",
     STR(RSS("<title>Kabar</title><language>id</language><item><guid isPermaLink=\"false\">g</guid>"
             "<link>https://a.example/1</link><title>Judul &amp; isi</title>"
             "<dc:creator xmlns:dc=\"http://purl.org/dc/elements/1.1/\">Redaksi</dc:creator>"
             "<pubDate>Sat, 21 Nov 2026 08:43:00 +0700</pubDate><category>pilkada</category>"
             "<enclosure url=\"/a.mp3\" type=\"audio/mpeg\" length=\"1\"/>"
             "<description>&lt;p&gt;Halo &lt;b&gt;du&lt;/b&gt;nia&lt;/p&gt;</description></item>")),
     "", "https://a.example/feed", "rss20", false,
     "-\nid=g\nurl=https://a.example/1\ntitle=Judul & isi\nauthor=Redaksi\nlang=id\n"
     "published=2026-11-21T01:43:00Z\ncategory=pilkada\nenclosure=https://a.example/a.mp3\n"
     "text=Halo dunia\n"},
    {"content before description, in either order",
     STR(RSS("<item><guid>1</guid><description><a href=\"x\">s</a></description>"
             "<content:encoded><![CDATA[<a href=\"y\">isi</a>]]></content:encoded></item>"
             "<item><guid>2</guid><content:encoded>isi</content:encoded>"
             "<description>s</description></item>")),
     "", "https://a.example/", "rss20", false,
     "-\nid=1\nurl=https://a.example/1\nlink=https://a.example/y\ntext=isi\n"
     "-\nid=2\nurl=https://a.example/2\ntext=isi\n"},
    {"RSS 1.0",
     STR("<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" "
         "xmlns=\"http://purl.org/rss/1.0/\"><channel rdf:about=\"c\"><title>K</title></channel>"
         "<item rdf:about=\"https://a.example/1\"><title>T</title>"
         "<description>isi</description></item></rdf:RDF>"),
     "", "", "rss10", false, "-\nid=https://a.example/1\ntitle=T\ntext=isi\n"},
    {"RSS 0.91",
     STR("<rss version=\"0.91\"><channel><item><title>T</title></item></channel></rss>"), "", "",
     "rss091u", false, "-\nid=hash:\ntitle=T\n"},
    {"Atom 1.0: text, html, xhtml",
     STR(ATOM("<author><name>Umum</name></author>"
              "<entry xml:lang=\"su\"><id>1</id><title type=\"text\">a &lt;b&gt; c</title>"
              "<content type=\"html\">&lt;p&gt;x&lt;/p&gt;y</content>"
              "<published>2026-11-21T01:43:00Z</published><updated>2026-11-22T01:43:00Z</updated>"
              "</entry><entry><id>2</id><author><name>Khusus</name></author>"
              "<summary type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a &amp; b"
              "</p><script>c</script><p>d<br/>e</p></div></summary>"
              "<link rel=\"self\" href=\"s\"/><link href=\"https://a.example/2\"/></entry>")),
     "", "", "atom10", false,
     "-\nid=1\ntitle=a <b> c\nlang=su\npublished=2026-11-21T01:43:00Z\n"
     "updated=2026-11-22T01:43:00Z\ntext=x\ny\n"
     "-\nid=2\nurl=https://a.example/2\nauthor=Khusus\ntext=a & b\nd\ne\n"},
    {"Atom 0.3",
     STR("<feed version=\"0.3\" xmlns=\"http://purl.org/atom/ns#\"><entry><id>1</id>"
         "<title mode=\"escaped\" type=\"text/html\">&lt;b&gt;T&lt;/b&gt;</title>"
         "<issued>2026-11-21</issued><modified>2026-11-22</modified>"
         "<content type=\"text/html\" mode=\"base64\">PHA+aXNpPC9wPg==</content></entry></feed>"),
     "", "", "atom03", false,
     "-\nid=1\ntitle=T\npublished=2026-11-21T00:00:00Z\nupdated=2026-11-22T00:00:00Z\ntext=isi\n"},
    {"xml:base, nested",
     STR("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"https://b.example/x/\"><entry>"
         "<id>1</id><link href=\"p\"/><content type=\"html\" xml:base=\"../y/\">"
         "&lt;a href='q?a=1&amp;amp;b'&gt;t&lt;/a&gt;</content></entry></feed>"),
     "", "https://a.example/", "atom10", false,
     "-\nid=1\nurl=https://b.example/x/p\nlink=https://b.example/y/q?a=1&b\ntext=t\n"},
    {"an entry document",
     STR("<entry xmlns=\"http://www.w3.org/2005/Atom\"><id>https://a.example/1</id>"
         "<title>T</title></entry>"),
     "", "", "atom10", false, "-\nid=https://a.example/1\nurl=https://a.example/1\ntitle=T\n"},
    {"the last of two that say the same, but not from further inside",
     STR(ITEM("<link>https://a.example/1</link><link>https://a.example/2</link><title>T</title>"
              "<x><title>no</title></x><dc:creator>A</dc:creator><dc:creator>B</dc:creator>")),
     "", "", "rss20", false, "-\nid=1\nurl=https://a.example/2\ntitle=T\nauthor=B\n"},
    {"the first of two titles", STR(ITEM("<title>a</title><title>b</title>")), "", "", "rss20",
     false, "-\nid=1\nurl=1\ntitle=a\n"},
    {"a rel in capitals",
     STR(ENTRY("<link rel=\"SELF\" href=\"https://a.example/s\"/>"
               "<link rel=\"Alternate\" href=\"https://a.example/1\"/>")),
     "", "", "atom10", false, "-\nid=1\nurl=https://a.example/1\n"},
    {"a picture as content", STR(ENTRY("<content type=\"image/png\">iVBORw0KGgoAAAAN</content>")),
     "", "", "atom10", false, "-\nid=1\n"},
    {"the second of two descriptions, but what is called content before both",
     STR(ITEM(
         "<itunes:summary>a</itunes:summary><description>b</description>") "<rss><channel><item><"
                                                                           "guid>2</"
                                                                           "guid><description>a</"
                                                                           "description>"
                                                                           "<itunes:summary>b</"
                                                                           "itunes:summary><"
                                                                           "content:encoded>c</"
                                                                           "content:encoded></item>"
                                                                           "</channel></rss>"),
     "", "", "rss20", false, "-\nid=1\nurl=1\ntext=b\n-\nid=2\nurl=2\ntext=c\n"},
    {"the first of two contents",
     STR(ENTRY("<content>a</content><content type=\"html\">b</content>")), "", "", "atom10", false,
     "-\nid=1\ntext=a\n"},
    {"a title that is not closed",
     STR(ITEM("<title>T<link>https://a.example/1</link><pubDate>2026-11-21<description>isi"
              "</description>")),
     "", "", "rss20", true,
     "-\nid=1\nurl=https://a.example/1\ntitle=T\npublished=2026-11-21T00:00:00Z\ntext=isi\n"},
    {"a namespace without its slash",
     STR("<rss xmlns:x=\"http://purl.org/dc/elements/1.1\"><channel><item><guid>1</guid>"
         "<x:creator>A</x:creator></item></channel></rss>"),
     "", "", "rss", false, "-\nid=1\nurl=1\nauthor=A\n"},
    {"UTF-8 that is called latin1",
     STR("<?xml version='1.0' encoding='ISO_8859-1'?>" ITEM("<title>\xC3\xA9</title>")), "", "",
     "rss20", false, "-\nid=1\nurl=1\ntitle=\xC3\xA9\n"},
    {"UTF-8 that is called GB2312",
     STR("<?xml version='1.0' encoding='gb2312'?>" ITEM(
         "<title>\xC3\xB1 \xE2\x80\x9Cx\xE2\x80\x9D</title>")),
     "", "", "rss20", false, "-\nid=1\nurl=1\ntitle=\xC3\xB1 \xE2\x80\x9Cx\xE2\x80\x9D\n"},
    {"quotes of Windows in latin9",
     STR("<?xml version='1.0' encoding='iso-8859-15'?>" ITEM("<title>\x93x\x94 \xA4</title>")), "",
     "", "rss20", false, "-\nid=1\nurl=1\ntitle=\xE2\x80\x9Cx\xE2\x80\x9D \xE2\x82\xAC\n"},
    {"a code page of old",
     STR("<?xml version='1.0' encoding='IBM437'?>" ITEM("<title>Caf\x82</title>")), "", "", "rss20",
     false, "-\nid=1\nurl=1\ntitle=Caf\xC3\xA9\n"},
    {"ISO-2022-JP",
     STR("<?xml version='1.0' encoding='iso-2022-jp'?>" ITEM("<title>\x1B$B8l\x1B(B</title>")), "",
     "", "rss20", false, "-\nid=1\nurl=1\ntitle=\xE8\xAA\x9E\n"},
    {"what is about something else is left out",
     STR(RSS("<image><title>no</title><link>no</link></image><item><guid>1</guid>"
             "<source url=\"x\">no</source><title>T</title></item>")),
     "", "", "rss20", false, "-\nid=1\nurl=1\ntitle=T\n"},
    {"JSON Feed",
     STR("{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"K\",\"language\":\"id\","
         "\"authors\":[{\"name\":\"Umum\"}],\"items\":[{\"id\":12,\"url\":\"https://a.example/1\","
         "\"title\":\"T\",\"content_html\":\"<p>isi <a href='/x'>tautan</a></p>\","
         "\"content_text\":\"no\",\"summary\":\"no\",\"date_published\":\"2026-11-21T01:43:00Z\","
         "\"authors\":[{\"name\":\"A\",\"url\":\"u\"}],\"tags\":[\"x\",\"y\"],\"_own\":{\"id\":"
         "\"no\"},"
         "\"attachments\":[{\"url\":\"https://a.example/a.mp3\",\"mime_type\":\"audio/mpeg\"}]},"
         "{\"id\":\"b\",\"external_url\":\"https://b.example/\",\"url\":\"https://a.example/b\","
         "\"content_text\":\"a\\u00e9\\ud83d\\ude00\"}]}"),
     "", "https://a.example/feed.json", "json11", false,
     "-\nid=12\nurl=https://a.example/1\ntitle=T\nauthor=A\nlang=id\n"
     "published=2026-11-21T01:43:00Z\nlink=https://a.example/x\ncategory=x\ncategory=y\n"
     "enclosure=https://a.example/a.mp3\ntext=isi tautan\n"
     "-\nid=b\nurl=https://a.example/b\nauthor=Umum\nlang=id\nlink=https://b.example/\n"
     "text=a\xC3\xA9\xF0\x9F\x98\x80\n"},
    {"references of HTML, and none",
     STR(ITEM("<title>a&nbsp;b &eacute; &#8217; &#146; &no; A&B &amp;lt;</title>")), "", "",
     "rss20", true,
     "-\nid=1\nurl=1\ntitle=a\xC2\xA0"
     "b \xC3\xA9 \xE2\x80\x99 \xE2\x80\x99 &no; A&B <\n"},
    {"an entity of plain text",
     STR("<!DOCTYPE rss [<!ENTITY nama 'Kabar &#67;ontoh'>]>" ITEM("<title>&nama;!</title>")), "",
     "", "rss20", false, "-\nid=1\nurl=1\ntitle=Kabar Contoh!\n"},
    {"an entity bomb",
     STR("<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
         "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]>" ITEM("<title>&c;&b;&a;</title>")),
     "", "", "rss20", true, "-\nid=1\nurl=1\ntitle=&c;&b;aaaaaaaaaa\n"},
    {"an external entity",
     STR("<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\"><!ENTITY % y SYSTEM "
         "\"http://127.0.0.1/\"> %y;]>" ITEM("<title>&x;&y;</title>")),
     "", "", "rss20", true, "-\nid=1\nurl=1\ntitle=&x;&y;\n"},
    {"an entity that holds a tag",
     STR("<!DOCTYPE rss [<!ENTITY x \"<b>\"><!ENTITY y \"&#60;b>\">]>" ITEM(
         "<title>&x;&y;.</title>")),
     "", "", "rss20", true, "-\nid=1\nurl=1\ntitle=&x;&y;.\n"},
    {"never closed",
     STR("<rss version=\"2.0\"><channel><item><guid>1</guid><title>T</title>"
         "<description>isi <b>tebal"),
     "", "", "rss20", true, "-\nid=1\nurl=1\ntitle=T\ntext=isi tebal\n"},
    {"items and descriptions that are not closed",
     STR(RSS("<item><guid>1</guid><description>a<item><guid>2</guid><title>b</title>")), "", "",
     "rss20", true, "-\nid=1\nurl=1\ntext=a2b\n"},
    {"an item closed before its description",
     STR(RSS("<item><guid>1</guid><description>a</item><item><guid>2</guid></item>")), "", "",
     "rss20", true, "-\nid=1\nurl=1\ntext=a\n-\nid=2\nurl=2\n"},
    {"mark-up that is not escaped",
     STR(ITEM("<description>a <b>b</b> 3 < 4 & 5 <br> c</description>")), "", "", "rss20", true,
     "-\nid=1\nurl=1\ntext=a b 3 < 4 & 5\nc\n"},
    {"comments and instructions",
     STR("<?xml version=\"1.0\"?><?x <item> ?><!-- <item> -->" ITEM(
         "<title>a<!-- b -->c<?d e?>f</title>")),
     "", "", "rss20", false, "-\nid=1\nurl=1\ntitle=acf\n"},
    {"UTF-8 with bad bytes", STR(ITEM("<title>\xC3\xA9 \xC3\xA9 \xFF</title>")), "", "", "rss20",
     true, "-\nid=1\nurl=1\ntitle=\xC3\xA9 \xC3\xA9 \xEF\xBF\xBD\n"},
    {"windows-1252 without saying so", STR(ITEM("<title>Caf\xE9 \x93x\x94</title>")), "", "",
     "rss20", false, "-\nid=1\nurl=1\ntitle=Caf\xC3\xA9 \xE2\x80\x9Cx\xE2\x80\x9D\n"},
    {"few letters of windows-1252 without saying so", STR(ITEM("<title>caf\xE9 \xFCn\xEF</title>")),
     "", "", "rss20", false, "-\nid=1\nurl=1\ntitle=caf\xC3\xA9 \xC3\xBCn\xC3\xAF\n"},
    {"as much UTF-8 as not", STR(ITEM("<title>caf\xC3\xA9 \xE9 x</title>")), "", "", "rss20", true,
     "-\nid=1\nurl=1\ntitle=caf\xC3\xA9 \xEF\xBF\xBD x\n"},
    {"an XML declaration's encoding",
     STR("<?xml version='1.0' encoding='koi8-r'?>" ITEM("<title>\xC4\xC1</title>")), "", "",
     "rss20", false, "-\nid=1\nurl=1\ntitle=\xD0\xB4\xD0\xB0\n"},
    {"HTTP's charset goes before it",
     STR("<?xml version='1.0' encoding='koi8-r'?>" ITEM("<title>\xE4\xE0</title>")),
     "text/xml; charset=\"windows-1251\"", "", "rss20", false,
     "-\nid=1\nurl=1\ntitle=\xD0\xB4\xD0\xB0\n"},
    {"a charset that is none, of text that is UTF-8",
     STR("<?xml version='1.0' encoding='no//IGNORE'?>" ITEM("<title>\xC3\xA9</title>")),
     "text/xml; charset=../../x", "", "rss20", false, "-\nid=1\nurl=1\ntitle=\xC3\xA9\n"},
    {"UTF-16 with a mark, cut in a character",
     STR("\xFF\xFE<\0r\0s\0s\0>\0<\0i\0t\0e\0m\0>\0<\0t\0i\0t\0l\0e\0>\0\xE9\0\x3D\xD8\x00\xDE"
         "<\0/\0t\0i\0t\0l\0e\0>\0<"),
     "", "", "rss", true, "-\nid=hash:\ntitle=\xC3\xA9\xF0\x9F\x98\x80\n"},
    {"links that are not links",
     STR(ITEM("<description>&lt;a href='#x'&gt;a&lt;/a&gt;&lt;a&gt;b&lt;/a&gt;"
              "&lt;a href=' mailto:x '&gt;c&lt;/a&gt;</description>")),
     "", "https://a.example/", "rss20", false,
     "-\nid=1\nurl=https://a.example/1\nlink=mailto:x\ntext=abc\n"},
    {"a link that is no place",
     STR(RSS("<item><guid isPermaLink=\"false\">1</guid>"
             "<link> JavaScript:alert(1)</link></item>")),
     "", "", "rss20", false, "-\nid=1\n"},
    {"YouTube's description",
     STR(ENTRY("<link rel=\"alternate\" href=\"https://v.example/1\"/><title>T</title>"
               "<media:group><media:title>no</media:title>"
               "<media:description>isi</media:description></media:group>")),
     "", "", "atom10", false, "-\nid=1\nurl=https://v.example/1\ntitle=T\ntext=isi\n"},
    {"the last of two times",
     STR(ENTRY("<updated>2026-11-22T01:00:00Z</updated><updated>2026-11-21T01:00:00Z</updated>")),
     "", "", "atom10", false, "-\nid=1\nupdated=2026-11-21T01:00:00Z\n"},
    {"RSS 0.90",
     STR("<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" "
         "xmlns=\"http://my.netscape.com/rdf/simple/0.9/\"><channel><title>K</title></channel>"
         "<item><title>T</title><link>https://a.example/1</link></item></rdf:RDF>"),
     "", "", "rss090", false, "-\nid=https://a.example/1\nurl=https://a.example/1\ntitle=T\n"},
    {"CDF",
     STR("<CHANNEL BASE=\"https://b.example/x/\" HREF=\"/\" LASTMOD=\"2026-11-21T01:43:00Z\">"
         "<TITLE>K</TITLE><ITEM HREF=\"satu?a=1&amp;b=2\" LASTMOD=\"2026-11-22T01:43:00Z\">"
         "<TITLE>T</TITLE><ABSTRACT>isi</ABSTRACT></ITEM></CHANNEL>"),
     "", "https://a.example/", "", false,
     "-\nid=https://b.example/x/satu?a=1&b=2\nurl=https://b.example/x/satu?a=1&b=2\ntitle=T\n"
     "updated=2026-11-22T01:43:00Z\ntext=isi\n"},
    {"a sitemap of news",
     STR("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" "
         "xmlns:n=\"http://www.google.com/schemas/sitemap-news/0.9\" "
         "xmlns:image=\"http://www.google.com/schemas/sitemap-image/1.1\">"
         "<url><loc>https://a.example/1</loc><lastmod>2026-11-22</lastmod><n:news><n:publication>"
         "<n:name>Kabar</n:name><n:language>id</n:language></n:publication>"
         "<n:publication_date>2026-11-21T08:43:00+07:00</n:publication_date>"
         "<n:title>Judul &amp; isi</n:title><n:keywords>pilkada, tps</n:keywords></n:news>"
         "<image:image><image:loc>https://a.example/x.jpg</image:loc></image:image></url>"
         "<url><loc>https://a.example/2</loc></url></urlset>"),
     "", "", "sitemap", false,
     "-\nid=https://a.example/1\nurl=https://a.example/1\ntitle=Judul & isi\nlang=id\n"
     "published=2026-11-21T01:43:00Z\nupdated=2026-11-22T00:00:00Z\ncategory=pilkada\n"
     "category=tps\n-\nid=https://a.example/2\nurl=https://a.example/2\n"},
    {"a sitemap without namespaces",
     STR("<urlset><url><loc>https://a.example/1</loc><news:news><news:title>T</news:title>"
         "</news:news></url></urlset>"),
     "", "", "sitemap", false, "-\nid=https://a.example/1\nurl=https://a.example/1\ntitle=T\n"},
    {"C1 controls that were windows-1252",
     STR(ITEM("<title>\xC2\x93"
              "a\xC2\x94 \xC2\xA0\xC2\x85\xC2\x81</title>")),
     "", "", "rss20", false,
     "-\nid=1\nurl=1\ntitle=\xE2\x80\x9C"
     "a\xE2\x80\x9D \xC2\xA0\xE2\x80\xA6\xC2\x81\n"},
    {"a charset in <meta>",
     STR("<meta http-equiv='Content-Type' content='text/html; charset=koi8-r'>" ITEM(
         "<title>\xC4\xC1</title>")),
     "", "", "rss20", true, "-\nid=1\nurl=1\ntitle=\xD0\xB4\xD0\xB0\n"},
    {"windows-1251 without saying so",
     STR(ITEM("<title>\xCA\xE0\xEA \xEF\xE5\xF0\xE5\xE6\xE8\xF2\xFC "
              "\xED\xEE\xE2\xEE\xE3\xEE\xE4\xED\xFE\xFE \xED\xEE\xF7\xFC</title>")),
     "", "", "rss20", false, "-\nid=1\nurl=1\ntitle=Как пережить новогоднюю ночь\n"},
};

/* Ids made of a hash are cut behind "hash:". */
static void cut_hashes(struct buf *out)
{
    char *at = out->bytes;
    while (at != NULL && (at = strstr(at, "id=hash:")) != NULL) {
        char *end = strchr(at, '\n');
        at += strlen("id=hash:");
        memmove(at, end, strlen(end) + 1);
    }
}

static void reads_as(void **state)
{
    const struct parse_case *c = *state;
    struct feeds_parser *parser = feeds_parser_new();
    struct feeds_document document = {.bytes = c->document,
                                      .content_type = str_of(c->content_type),
                                      .url = str_of(c->url),
                                      .fetched_ms = CLOCK_NEVER};
    /* Twice: a parser goes from document to document. */
    for (int i = 0; i < 2; i++) {
        struct buf out = BUF_EMPTY;
        struct feeds_head head;
        struct err err = ERR_NONE;
        assert_true(feeds_parse(parser, &document, put_entry, &out, &head, &err));
        buf_put(&out, "", 0);
        cut_hashes(&out);
        assert_string_equal(out.bytes, c->entries);
        assert_string_equal(head.version, c->version);
        assert_int_equal(head.is_broken, c->is_broken);
        buf_fini(&out);
    }
    feeds_parser_free(parser);
}

static const struct bad_case {
    const char *name, *front, *part, *back;
    size_t count;
    bool is_ndjson;
    const char *message;
    unsigned line;
    size_t entries, bad;
} bad[] = {
    {"nothing", "", "", "", 0, false, "is empty", 0, 0, 0},
    {"a web page", "<!DOCTYPE html><html><body><p>a</p></body></html>", "", "", 0, false,
     "is no feed: neither <rss>, <rdf:RDF> nor <feed> is in it", 0, 0, 0},
    {"an index of sitemaps",
     "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"><sitemap>"
     "<loc>https://a.example/news.xml</loc></sitemap></sitemapindex>",
     "", "", 0, false,
     "is an index of sitemaps; the source must be one of the sitemaps that it lists, the one for "
     "news",
     0, 0, 0},
    {"plain text", "halo", "", "", 0, false,
     "is no feed: neither <rss>, <rdf:RDF> nor <feed> is in it", 0, 0, 0},
    {"100,000 nested elements", RSS("<item><guid>1</guid></item>"), "<a>", "", 100000, false,
     "elements are nested deeper than 256 levels", 0, 1, 0},
    {"100,000 nested brackets in JSON", "{\"items\":", "[", "", 100000, false,
     "nested deeper than 64 levels", 0, 0, 0},
    {"JSON that is cut", "{\"items\":[{\"id\":\"a\"},\n{\"id\":\"b", "", "", 0, false,
     "is not JSON: premature EOF", 2, 1, 0},
    {"JSON without items", "{\"title\":\"a\"}", "", "", 0, false,
     "is no JSON Feed: it has no list \"items\"", 0, 0, 0},
    {"17 MiB", "<rss>", "0123456789abcdef", "", 17 << 16, false,
     "has 17825797 bytes; at most 16777216 are read", 0, 0, 0},
    {"NDJSON of nothing but bad lines", "\nx\n", "{}\n", "", 3, true,
     "not JSON: invalid char in json text.", 2, 0, 4},
    {"an entry that is too long", "<rss><item><title>a</title></item><item><title>",
     "0123456789abcdef", "</title></item><item><title>b</title></item></rss>", (1 << 16) + 1, false,
     "", 0, 2, 1},
    {"more entries than are read", "<rss>", "<item><title>a</title></item>", "</rss>", 20100, false,
     "", 0, 20000, 0},
    {"more lines than are read", "", "{\"text\":\"a\"}\n", "", 20100, true, "", 0, 20000, 0},
    {"nested mark-up in an entry is no matter", "<rss><item><description>", "<b>",
     "x</description></item></rss>", 100000, false, "", 0, 1, 0},
    {"1,000,000 tags that are never closed", "<rss><item>", "<a b ", "</item></rss>", 1000000,
     false, "", 0, 1, 0},
    {"1,000,000 open quotes", "<rss><item><title>", "<a b='", "", 1000000, false, "", 0, 1, 0},
    {"1,000,000 open comments", "<rss><item><title>", "<!--", "", 1000000, false, "", 0, 1, 0},
    {"1,000,000 open instructions", "<rss><item><title>", "<?a ", "", 1000000, false, "", 0, 1, 0},
    {"1,000,000 doctypes", "<rss><item><title>", "<!DOCTYPE ", "", 1000000, false, "", 0, 1, 0},
    {"1,000,000 end tags", "<rss><item><title>", "</a ", "", 1000000, false, "", 0, 1, 0},
    {"1,000,000 ampersands", "<rss><item><title>a", "&", "", 1000000, false, "", 0, 1, 0},
    {"1,000,000 scripts", "<rss><item><description><![CDATA[", "<script>", "", 1000000, false, "",
     0, 1, 0},
    {"entities without end", "<!DOCTYPE rss [", "<!ENTITY ", "]><rss><item/></rss>", 100000, false,
     "", 0, 1, 0},
};

static bool count_entry(void *context, const struct feeds_entry *entry)
{
    (void)entry;
    ++*(size_t *)context;
    return true;
}

static void is_bounded(void **state)
{
    const struct bad_case *c = *state;
    struct feeds_parser *parser = feeds_parser_new();
    struct buf bytes = BUF_EMPTY;
    struct err err = ERR_NONE;
    struct feeds_head head;
    size_t entries = 0;
    buf_put_string(&bytes, c->front);
    for (size_t i = 0; i < c->count; i++) {
        buf_put_string(&bytes, c->part);
    }
    buf_put_string(&bytes, c->back);
    struct feeds_document document = {.bytes = buf_str(&bytes), .is_ndjson = c->is_ndjson};
    bool right = feeds_parse(parser, &document, count_entry, &entries, &head, &err);
    assert_int_equal(right, c->message[0] == '\0');
    assert_string_equal(err.message, c->message);
    assert_int_equal(err.line, c->line);
    assert_int_equal(entries, c->entries);
    assert_int_equal(head.entries, c->entries);
    assert_int_equal(head.bad, c->bad);
    buf_fini(&bytes);
    feeds_parser_free(parser);
}

static bool stop(void *context, const struct feeds_entry *entry)
{
    (void)entry;
    return ++*(size_t *)context < 2;
}

static void stops_when_told(void **state)
{
    (void)state;
    static const char *const documents[] = {
        RSS("<item/><item/><item/>"), "{\"items\":[{},{},{}]}",
        "{\"text\":\"a\"}\n{\"text\":\"a\"}\n{\"text\":\"a\"}\n"};
    struct feeds_parser *parser = feeds_parser_new();
    for (size_t i = 0; i < COUNT(documents); i++) {
        struct feeds_document document = {.bytes = str_of(documents[i]), .is_ndjson = i == 2};
        struct feeds_head head;
        struct err err = ERR_NONE;
        size_t entries = 0;
        assert_true(feeds_parse(parser, &document, stop, &entries, &head, &err));
        assert_int_equal(entries, 2);
    }
    feeds_parser_free(parser);
}

static bool pass_entry(void *context, const struct feeds_entry *entry)
{
    (void)context;
    return entry != NULL;
}

static const struct pace_case {
    const char *name, *document;
    int64_t every_ms;
} paces[] = {
    {"a ttl", RSS("<ttl> 60 </ttl><item><ttl>5</ttl></item>"), 3600000},
    {"a ttl that is none", RSS("<ttl>-1</ttl>"), 0},
    {"a ttl without end", RSS("<ttl>99999999999999999999</ttl>"), 0},
    {"twice a day",
     RSS("<sy:updatePeriod>\ndaily\n</sy:updatePeriod><sy:updateFrequency>2"
         "</sy:updateFrequency>"),
     12 * INT64_C(3600000)},
    {"never in a week",
     RSS("<sy:updateFrequency>0</sy:updateFrequency><sy:updatePeriod>weekly"
         "</sy:updatePeriod>"),
     168 * INT64_C(3600000)},
    {"a ttl goes before it", RSS("<sy:updatePeriod>hourly</sy:updatePeriod><ttl>5</ttl>"), 300000},
    {"nothing", RSS("<item><title>T</title></item>"), 0},
};

static void says_its_pace(void **state)
{
    const struct pace_case *c = *state;
    struct feeds_parser *parser = feeds_parser_new();
    struct feeds_document document = {.bytes = str_of(c->document)};
    struct feeds_head head;
    struct err err = ERR_NONE;
    assert_true(feeds_parse(parser, &document, pass_entry, NULL, &head, &err));
    assert_int_equal(head.every_ms, c->every_ms);
    feeds_parser_free(parser);
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(stops_when_told)};
    return RUN_CASES("feeds_parse, pace", paces, says_its_pace) +
           RUN_CASES("feeds_parse", cases, reads_as) +
           RUN_CASES("feeds_parse limits", bad, is_bounded) +
           cmocka_run_group_tests_name("feeds_parse others", others, NULL, NULL);
}
