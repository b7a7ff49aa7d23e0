#include "feeds/vocabulary.h"

#include <strings.h>

static bool equal_in_any_case(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.at, b.at, a.len) == 0);
}

/* Without the '/' or '#' that many forget. */
static struct str without_end(struct str uri)
{
    bool has_end = uri.len > 0 && (uri.at[uri.len - 1] == '/' || uri.at[uri.len - 1] == '#');
    return str_part(uri, 0, uri.len - has_end);
}

enum feeds_namespace feeds_namespace_of(struct str uri, const char **version)
{
    static const struct {
        struct str uri;
        enum feeds_namespace space;
        const char *version;
    } spaces[] = {
        {STR("http://www.w3.org/2005/Atom"), FEEDS_NS_CORE, "atom10"},
        {STR("http://purl.org/atom/ns#"), FEEDS_NS_CORE, "atom03"},
        {STR("http://example.com/newformat#"), FEEDS_NS_CORE, "atom03"},
        {STR("http://example.com/necho"), FEEDS_NS_CORE, "atom03"},
        {STR("http://purl.org/echo/"), FEEDS_NS_CORE, "atom03"},
        {STR("uri/of/echo/namespace#"), FEEDS_NS_CORE, "atom03"},
        {STR("http://purl.org/pie/"), FEEDS_NS_CORE, "atom03"},
        {STR("http://purl.org/rss/1.0/"), FEEDS_NS_CORE, "rss10"},
        {STR("http://my.netscape.com/rdf/simple/0.9/"), FEEDS_NS_CORE, "rss090"},
        {STR("http://channel.netscape.com/rdf/simple/0.9/"), FEEDS_NS_CORE, "rss090"},
        {STR("http://purl.org/net/rss1.1#"), FEEDS_NS_CORE, "rss11"},
        {STR("http://backend.userland.com/rss2"), FEEDS_NS_CORE, NULL},
        {STR("http://backend.userland.com/rss"), FEEDS_NS_CORE, NULL},
        {STR("http://backend.userland.com/rss191"), FEEDS_NS_CORE, NULL},
        {STR("http://blogs.law.harvard.edu/tech/rss"), FEEDS_NS_CORE, NULL},
        {STR("http://purl.org/rss/1.0/modules/content/"), FEEDS_NS_CONTENT, NULL},
        {STR("http://purl.org/dc/elements/1.1/"), FEEDS_NS_DC, NULL},
        {STR("http://purl.org/dc/elements/1.0/"), FEEDS_NS_DC, NULL},
        {STR("http://purl.org/dc/terms/"), FEEDS_NS_DC, NULL},
        {STR("http://www.itunes.com/DTDs/PodCast-1.0.dtd"), FEEDS_NS_ITUNES, NULL},
        {STR("http://example.com/DTDs/PodCast-1.0.dtd"), FEEDS_NS_ITUNES, NULL},
        {STR("http://search.yahoo.com/mrss/"), FEEDS_NS_MEDIA, NULL},
        {STR("http://search.yahoo.com/mrss"), FEEDS_NS_MEDIA, NULL},
        {STR("http://www.w3.org/1999/02/22-rdf-syntax-ns#"), FEEDS_NS_RDF, NULL},
        {STR("http://www.w3.org/1999/xhtml"), FEEDS_NS_XHTML, NULL},
        {STR("http://purl.org/rss/1.0/modules/syndication/"), FEEDS_NS_SYNDICATION, NULL},
        {STR("http://www.sitemaps.org/schemas/sitemap/0.9"), FEEDS_NS_SITEMAP, NULL},
        {STR("https://www.sitemaps.org/schemas/sitemap/0.9"), FEEDS_NS_SITEMAP, NULL},
        {STR("http://www.google.com/schemas/sitemap/0.84"), FEEDS_NS_SITEMAP, NULL},
        {STR("http://www.google.com/schemas/sitemap-news/0.9"), FEEDS_NS_NEWS, NULL},
        {STR("https://www.google.com/schemas/sitemap-news/0.9"), FEEDS_NS_NEWS, NULL},
    };
    uri = without_end(str_trim(uri));
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
        if (equal_in_any_case(uri, without_end(spaces[i].uri))) {
            if (spaces[i].version != NULL) {
                *version = spaces[i].version;
            }
            return spaces[i].space;
        }
    }
    return FEEDS_NS_OTHER;
}

enum feeds_namespace feeds_namespace_usual(struct str prefix)
{
    static const struct {
        struct str prefix;
        enum feeds_namespace space;
    } usual[] = {
        {STR("dc"), FEEDS_NS_DC},          {STR("content"), FEEDS_NS_CONTENT},
        {STR("atom"), FEEDS_NS_CORE},      {STR("media"), FEEDS_NS_MEDIA},
        {STR("itunes"), FEEDS_NS_ITUNES},  {STR("rdf"), FEEDS_NS_RDF},
        {STR("dcterms"), FEEDS_NS_DC},     {STR("xhtml"), FEEDS_NS_XHTML},
        {STR("rss"), FEEDS_NS_CORE},       {STR("news"), FEEDS_NS_NEWS},
        {STR("sy"), FEEDS_NS_SYNDICATION},
    };
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        if (equal_in_any_case(prefix, usual[i].prefix)) {
            return usual[i].space;
        }
    }
    return FEEDS_NS_OTHER;
}

struct use {
    enum feeds_namespace space;
    struct str local;
    enum feeds_element element;
    int rank;
};

/* The most frequent first: the list is searched from the start. */
static const struct use uses[] = {
    {FEEDS_NS_CORE, STR("title"), FEEDS_EL_TITLE, 3},
    {FEEDS_NS_CORE, STR("link"), FEEDS_EL_LINK, 3},
    {FEEDS_NS_CORE, STR("guid"), FEEDS_EL_GUID, 3},
    {FEEDS_NS_CORE, STR("pubDate"), FEEDS_EL_PUBLISHED, 3},
    {FEEDS_NS_CORE, STR("description"), FEEDS_EL_SUMMARY, 2},
    {FEEDS_NS_CORE, STR("category"), FEEDS_EL_CATEGORY, 1},
    {FEEDS_NS_CORE, STR("item"), FEEDS_EL_ENTRY, 0},
    {FEEDS_NS_CORE, STR("entry"), FEEDS_EL_ENTRY, 0},
    {FEEDS_NS_CORE, STR("id"), FEEDS_EL_ID, 3},
    {FEEDS_NS_CORE, STR("updated"), FEEDS_EL_UPDATED, 3},
    {FEEDS_NS_CORE, STR("published"), FEEDS_EL_PUBLISHED, 3},
    {FEEDS_NS_CORE, STR("content"), FEEDS_EL_CONTENT, 3},
    {FEEDS_NS_CORE, STR("summary"), FEEDS_EL_SUMMARY, 2},
    {FEEDS_NS_CORE, STR("author"), FEEDS_EL_AUTHOR, 3},
    {FEEDS_NS_CONTENT, STR("encoded"), FEEDS_EL_CONTENT, 3},
    {FEEDS_NS_DC, STR("creator"), FEEDS_EL_AUTHOR, 3},
    {FEEDS_NS_CORE, STR("enclosure"), FEEDS_EL_ENCLOSURE, 1},
    {FEEDS_NS_CORE, STR("channel"), FEEDS_EL_FEED, 0},
    {FEEDS_NS_CORE, STR("feed"), FEEDS_EL_FEED, 0},
    {FEEDS_NS_CORE, STR("rss"), FEEDS_EL_FEED, 0},
    {FEEDS_NS_RDF, STR("RDF"), FEEDS_EL_FEED, 0},
    {FEEDS_NS_CORE, STR("image"), FEEDS_EL_IGNORED, 0},
    {FEEDS_NS_CORE, STR("textinput"), FEEDS_EL_IGNORED, 0},
    {FEEDS_NS_CORE, STR("source"), FEEDS_EL_IGNORED, 0},
    {FEEDS_NS_CORE, STR("contributor"), FEEDS_EL_IGNORED, 0},
    {FEEDS_NS_ITUNES, STR("owner"), FEEDS_EL_IGNORED, 0},
    {FEEDS_NS_CORE, STR("language"), FEEDS_EL_LANGUAGE, 3},
    {FEEDS_NS_CORE, STR("lastBuildDate"), FEEDS_EL_UPDATED, 3},
    {FEEDS_NS_CORE, STR("modified"), FEEDS_EL_UPDATED, 3},
    {FEEDS_NS_CORE, STR("issued"), FEEDS_EL_PUBLISHED, 3},
    {FEEDS_NS_CORE, STR("managingEditor"), FEEDS_EL_AUTHOR, 2},
    {FEEDS_NS_CORE, STR("abstract"), FEEDS_EL_SUMMARY, 1},
    {FEEDS_NS_CORE, STR("body"), FEEDS_EL_CONTENT, 2},
    {FEEDS_NS_CORE, STR("fullitem"), FEEDS_EL_CONTENT, 2},
    {FEEDS_NS_CORE, STR("keywords"), FEEDS_EL_KEYWORDS, 1},
    {FEEDS_NS_DC, STR("title"), FEEDS_EL_TITLE, 2},
    {FEEDS_NS_DC, STR("description"), FEEDS_EL_SUMMARY, 1},
    {FEEDS_NS_DC, STR("date"), FEEDS_EL_UPDATED, 3},
    {FEEDS_NS_DC, STR("modified"), FEEDS_EL_UPDATED, 3},
    {FEEDS_NS_DC, STR("issued"), FEEDS_EL_PUBLISHED, 3},
    {FEEDS_NS_DC, STR("subject"), FEEDS_EL_CATEGORY, 1},
    {FEEDS_NS_DC, STR("language"), FEEDS_EL_LANGUAGE, 2},
    {FEEDS_NS_DC, STR("author"), FEEDS_EL_AUTHOR, 3},
    {FEEDS_NS_ITUNES, STR("author"), FEEDS_EL_AUTHOR, 3},
    {FEEDS_NS_ITUNES, STR("summary"), FEEDS_EL_SUMMARY, 2},
    {FEEDS_NS_ITUNES, STR("subtitle"), FEEDS_EL_SUMMARY, 1},
    {FEEDS_NS_ITUNES, STR("keywords"), FEEDS_EL_KEYWORDS, 1},
    {FEEDS_NS_ITUNES, STR("category"), FEEDS_EL_CATEGORY, 1},
    {FEEDS_NS_MEDIA, STR("title"), FEEDS_EL_TITLE, 1},
    {FEEDS_NS_MEDIA, STR("category"), FEEDS_EL_CATEGORY, 1},
    {FEEDS_NS_MEDIA, STR("description"), FEEDS_EL_SUMMARY, 1},
    {FEEDS_NS_XHTML, STR("body"), FEEDS_EL_CONTENT, 2},
    {FEEDS_NS_CORE, STR("ttl"), FEEDS_EL_TTL, 1},
    {FEEDS_NS_SYNDICATION, STR("updatePeriod"), FEEDS_EL_PERIOD, 1},
    {FEEDS_NS_SYNDICATION, STR("updateFrequency"), FEEDS_EL_FREQUENCY, 1},
    {FEEDS_NS_CORE, STR("urlset"), FEEDS_EL_FEED, 0},
    {FEEDS_NS_CORE, STR("sitemapindex"), FEEDS_EL_INDEX, 0},
    {FEEDS_NS_SITEMAP, STR("urlset"), FEEDS_EL_FEED, 0},
    {FEEDS_NS_SITEMAP, STR("sitemapindex"), FEEDS_EL_INDEX, 0},
    {FEEDS_NS_SITEMAP, STR("url"), FEEDS_EL_ENTRY, 0},
    {FEEDS_NS_SITEMAP, STR("loc"), FEEDS_EL_LINK, 3},
    {FEEDS_NS_SITEMAP, STR("lastmod"), FEEDS_EL_UPDATED, 1},
    {FEEDS_NS_NEWS, STR("title"), FEEDS_EL_TITLE, 3},
    {FEEDS_NS_NEWS, STR("publication_date"), FEEDS_EL_PUBLISHED, 3},
    {FEEDS_NS_NEWS, STR("keywords"), FEEDS_EL_KEYWORDS, 1},
    {FEEDS_NS_NEWS, STR("language"), FEEDS_EL_LANGUAGE, 1},
};

struct feeds_element_use feeds_element_find(enum feeds_namespace space, struct str local)
{
    for (size_t i = 0; space != FEEDS_NS_OTHER && i < sizeof uses / sizeof *uses; i++) {
        if (uses[i].space == space && equal_in_any_case(local, uses[i].local)) {
            return (struct feeds_element_use){uses[i].element, uses[i].rank};
        }
    }
    return (struct feeds_element_use){FEEDS_EL_OTHER, 0};
}
