#include "feeds/discover.h"

#include <strings.h>

#include "feeds/markup.h"
#include "feeds/reference.h"
#include "feeds/resolve.h"

enum { MAX_URL = 8192 };

void feeds_discovered_fini(struct feeds_discovered *found)
{
    buf_fini(&found->text);
    found->count = 0;
}

struct str feeds_discovered_url(const struct feeds_discovered *found, size_t i)
{
    return (struct str){found->text.bytes + found->list[i].at, found->list[i].len};
}

struct str feeds_discovered_title(const struct feeds_discovered *found, size_t i)
{
    return (struct str){found->text.bytes + found->list[i].title_at, found->list[i].title_len};
}

static bool contains(struct str text, const char *part)
{
    size_t len = strlen(part);
    for (size_t i = 0; i + len <= text.len; i++) {
        if (strncasecmp(text.at + i, part, len) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_feed_type(struct str type)
{
    return contains(type, "application/rss+xml") || contains(type, "application/atom+xml") ||
           contains(type, "application/feed+json") || contains(type, "application/rdf+xml");
}

/* "/feed", "/rss.xml", "index.rdf", "?format=rss": how the addresses of feeds end. */
static bool looks_like_feed(struct str href)
{
    static const struct str ends[] = {STR("/feed"),    STR("/feed/"),    STR("/rss"),
                                      STR("/rss/"),    STR(".rss"),      STR(".atom"),
                                      STR(".rdf"),     STR("rss.xml"),   STR("feed.xml"),
                                      STR("atom.xml"), STR("feed.json"), STR("format=rss")};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t len = ends[i].len;
        if (href.len >= len && strncasecmp(href.at + href.len - len, ends[i].at, len) == 0) {
            return true;
        }
    }
    return false;
}

static void add(struct feeds_discovered *found, struct str base, struct str href, struct str title)
{
    if (found->count == FEEDS_DISCOVER_MOST || href.len == 0 || href.len > MAX_URL) {
        return;
    }
    struct buf plain = BUF_EMPTY;
    size_t at = found->text.len;
    feeds_reference_decode(href, NULL, &plain);
    feeds_resolve(base, buf_str(&plain), &found->text);
    buf_fini(&plain);
    struct str url = {found->text.bytes + at, found->text.len - at};
    if (!str_starts(url, STR("http://")) && !str_starts(url, STR("https://"))) {
        found->text.len = at;
        return;
    }
    for (size_t i = 0; i < found->count; i++) {
        if (str_equal(feeds_discovered_url(found, i), url)) {
            found->text.len = at;
            return;
        }
    }
    size_t title_at = found->text.len;
    feeds_reference_decode(title, NULL, &found->text);
    found->list[found->count].at = at;
    found->list[found->count].len = title_at - at;
    found->list[found->count].title_at = title_at;
    found->list[found->count].title_len = found->text.len - title_at;
    found->count++;
}

/* One pass for <link>; another, if that finds nothing, for <a>. */
static void look(struct str page, struct str url, bool in_links, struct feeds_discovered *found)
{
    struct feeds_markup markup = {.text = page, .is_html = true};
    struct feeds_markup_piece piece;
    struct buf base = BUF_EMPTY;
    buf_put_str(&base, url);
    while (feeds_markup_next(&markup, &piece)) {
        if (piece.kind != FEEDS_MARKUP_START) {
            continue;
        }
        struct str href = feeds_markup_value(piece.attributes, "href");
        if (feeds_markup_is(piece.name, "script") || feeds_markup_is(piece.name, "style")) {
            feeds_markup_skip_to_end(&markup, piece.name);
        } else if (feeds_markup_is(piece.name, "base") && href.len > 0 && href.len <= MAX_URL) {
            buf_clear(&base);
            feeds_resolve(url, href, &base);
        } else if (in_links && feeds_markup_is(piece.name, "link") &&
                   contains(feeds_markup_value(piece.attributes, "rel"), "alternate") &&
                   is_feed_type(feeds_markup_value(piece.attributes, "type"))) {
            add(found, buf_str(&base), href, feeds_markup_value(piece.attributes, "title"));
        } else if (!in_links && feeds_markup_is(piece.name, "a") && looks_like_feed(href)) {
            add(found, buf_str(&base), href, STR(""));
        }
    }
    buf_fini(&base);
}

void feeds_discover(struct str page, struct str url, struct feeds_discovered *found)
{
    buf_put(&found->text, "", 0);
    look(page, url, true, found);
    if (found->count == 0) {
        look(page, url, false, found);
    }
}
