#include "feeds/single.h"

#include <string.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/text/url.h"

/* A host and all below it, and what the path must start with; "" for any. */
static const struct {
    const char *host, *start;
} places[] = {
    {"youtube.com", "/feeds/videos.xml"},
    {"youtube.com", "/channel/"},
    {"youtube.com", "/c/"},
    {"t.me", ""},
    {"telegram.me", ""},
    {"telegram.dog", ""},
    {"bsky.app", "/profile/"},
    {"twitter.com", ""},
    {"x.com", ""},
    {"instagram.com", ""},
    {"threads.net", ""},
    {"threads.com", ""},
    {"tiktok.com", ""},
    {"facebook.com", ""},
    {"whatsapp.com", ""},
    {"soundcloud.com", ""},
    {"vimeo.com", ""},
    {"letterboxd.com", ""},
    {"flickr.com", ""},
    {"github.com", ""},
    {"quora.com", ""},
    {"kompasiana.com", ""},
    {"dev.to", "/feed/"},
    /* Blogs: mostly of one person; those of an organisation say so. */
    {"medium.com", ""},
    {"substack.com", ""},
    {"blogspot.com", ""},
    {"blogger.com", ""},
    {"wordpress.com", ""},
    {"tumblr.com", ""},
    {"livejournal.com", ""},
    {"hashnode.dev", ""},
    {"write.as", ""},
    /* Converters whose addresses do not tell what they read. */
    {"rss.app", ""},
    {"fetchrss.com", ""},
    {"politepol.com", ""},
    {"openrss.org", ""},
    {"rss.bridge", ""},
    {"feed43.com", ""},
    {"morss.it", ""},
};

/* What stands anywhere in the path or the query: of any host, for RSSHub, RSS-Bridge, Mastodon and
 * others run at many. */
static const char *const parts[] = {
    "/@",          "/users/",    "/user/",      "/u/",        "/profile/",  "/profiles/",
    "/author/",    "/authors/",  "/penulis/",   "/channel/",  "/channels/", "/acct/",
    "/twitter/",   "/x/user/",   "/instagram/", "/tiktok/",   "/threads/",  "/facebook/",
    "/account_id", "/accounts/", "bridge=",     "author=",    "authorid=",  "author_name=",
    "account=",    "accountid=", "account_id=", "acct=",      "actor=",     "channel_id=",
    "channelid=",  "channels=",  "user=",       "userid=",    "user_id=",   "username=",
    "mentions=",   "from:",      "from_user",   "authorfeed", "/person/",   "/people/",
};

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Percent-encoding read, in lower case, one slash for several. */
static void put_plain(struct str path, struct buf *out)
{
    for (size_t i = 0; i < path.len; i++) {
        char c = path.at[i];
        if (c == '%' && i + 2 < path.len && hex_value(path.at[i + 1]) >= 0 &&
            hex_value(path.at[i + 2]) >= 0) {
            c = (char)(hex_value(path.at[i + 1]) << 4 | hex_value(path.at[i + 2]));
            i += 2;
        }
        c = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
        if (c != '/' || out->len == 0 || out->bytes[out->len - 1] != '/') {
            buf_put_char(out, c);
        }
    }
}

static bool is_below(struct str host, const char *above)
{
    struct str name = str_of(above);
    return str_ends(host, name) &&
           (host.len == name.len || host.at[host.len - name.len - 1] == '.');
}

/* "nitter.example", "blogspot.co.id": hosts that are known by a label. */
static bool has_label(struct str host, const char *label)
{
    struct str name = str_of(label);
    for (size_t at = 0; at + name.len < host.len; at++) {
        bool starts = at == 0 || host.at[at - 1] == '.';
        if (starts && host.at[at + name.len] == '.' &&
            memcmp(host.at + at, name.at, name.len) == 0) {
            return true;
        }
    }
    return false;
}

static bool looks_single(struct str host, struct str path)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (is_below(host, places[i].host) && str_starts(path, str_of(places[i].start))) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (path.len > 0 && memmem(path.at, path.len, parts[i], strlen(parts[i])) != NULL) {
            return true;
        }
    }
    return has_label(host, "nitter") || has_label(host, "blogspot");
}

bool feeds_single_author(struct str url)
{
    struct buf canonical = BUF_EMPTY, path = BUF_EMPTY;
    struct url read;
    struct err ignored = ERR_NONE;
    bool is_single = true;
    if (url_canonical(url, &canonical, &read, &ignored)) {
        put_plain(read.path, &path);
        is_single = looks_single(read.host, buf_str(&path));
    }
    buf_fini(&canonical);
    buf_fini(&path);
    return is_single;
}
