#include "feeds/single.h"

#include "tests/filter/test.h"

/* "orang" stands for anybody's handle. */
static const struct single_case {
    const char *name; /* the address */
    bool is_single;
} cases[] = {
    {"https://www.youtube.com/feeds/videos.xml?channel_id=UCx", true},
    {"https://www.youtube.com/feeds/videos.xml?user=x", true},
    {"https://youtube.com:443/feeds/videos.xml?channel_id=UCx", true},
    {"https://WWW.YouTube.COM/feeds/videos.xml?channel_id=UCx", true},
    {"https://www.youtube.com./feeds/videos.xml?channel_id=UCx", true},
    {"https://www.youtube.com//feeds/videos.xml?channel_id=UCx", true},
    {"https://www.youtube.com/%66eeds/videos.xml?channel_id=UCx", true},
    {"https://t.me/s/orang", true},
    {"https://T.ME/s/orang", true},
    {"https://t.me./s/orang", true},
    {"https://t.me/%73/orang", true},
    {"https://telegram.me/s/orang", true},
    {"https://rsshub.app/twitter/user/orang", true},
    {"https://rsshub.app/telegram/channel/orang", true},
    {"https://rsshub.example/x/user/orang", true},
    {"https://rsshub.example/instagram/user/orang", true},
    {"https://rsshub.example/threads/orang", true},
    {"https://rsshub.example/tiktok/user/@orang", true},
    {"https://mastodon.example/@orang.rss", true},
    {"https://mastodon.example/users/orang.rss", true},
    {"https://mastodon.example/users/orang/statuses", true},
    {"https://mastodon.example/@orang/with_replies.rss", true},
    {"https://mastodon.example/%40orang.rss", true},
    {"https://nitter.example/orang/rss", true},
    {"https://nitter.net/orang/with_replies/rss", true},
    {"https://www.reddit.com/user/orang/.rss", true},
    {"https://old.reddit.com/u/orang.rss", true},
    {"https://www.reddit.com/user/orang/comments.json", true},
    {"https://bsky.app/profile/orang.bsky.social/rss", true},
    {"https://bsky.app/profile/did:plc:xyz/rss", true},
    {"https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor=orang", true},
    {"https://medium.com/feed/@orang", true},
    {"https://orang.medium.com/feed", true},
    {"https://orang.substack.com/feed", true},
    {"https://orang.blogspot.com/feeds/posts/default", true},
    {"https://orang.wordpress.com/feed", true},
    {"https://orang.tumblr.com/rss", true},
    {"https://www.kompasiana.com/orang/rss", true},
    {"https://www.facebook.com/feeds/page.php?id=1", true},
    {"https://rss.app/feeds/abc.xml", true},
    {"https://fetchrss.com/rss/abc.xml", true},
    {"https://politepol.com/fd/x", true},
    {"https://rss-bridge.example/?action=display&bridge=Twitter&u=orang&format=Atom", true},
    {"https://rss-bridge.example/"
     "?action=display&bridge=TwitterBridge&context=By+username&u=orang&format=Atom",
     true},
    {"https://rss-bridge.example/?action=display&bridge=Instagram&u=orang&format=Atom", true},
    {"https://rss-bridge.example/?action=display&bridge=FacebookBridge&u=orang", true},
    {"https://openrss.org/twitter.com/orang", true},
    {"https://openrss.org/https://www.tiktok.com/@orang", true},
    {"https://www.tiktok.com/@orang", true},
    {"https://pixelfed.example/users/orang.atom", true},
    {"https://lemmy.example/feeds/u/orang.xml", true},
    {"https://peertube.example/feeds/videos.xml?accountId=5", true},
    {"https://vimeo.com/orang/videos/rss", true},
    {"https://invidious.example/feed/channel/UCx", true},
    {"https://piped.example/feed/unauthenticated/rss?channels=UCx", true},
    {"https://www.quora.com/profile/Orang/rss", true},
    {"https://stackoverflow.com/feeds/user/5", true},
    {"https://misskey.example/@orang.atom", true},
    {"https://example.id/author/orang/feed/", true},
    {"https://media.example/penulis/orang/feed", true},
    {"https://news.example/feed?author=5", true},
    {"https://whatsapp.com/channel/x", true},
    {"https://m.example/api/v2/search?q=from%3Aorang", true},
    {"https://m.example/api/v2/search?q=hoaks&account_id=7", true},
    {"https://public.api.bsky.app/xrpc/app.bsky.feed.searchPosts?q=hoaks&author=orang.example",
     true},
    {"https://public.api.bsky.app/xrpc/app.bsky.feed.searchPosts?q=hoaks&mentions=orang.example",
     true},
    {"https://rsshub.example/twitter/keyword/from:orang", true},
    {"https://orang.blogspot.co.id/feeds/posts/default", true},
    {"not an address", true},
    {"https://a.example@t.me/s/orang", true},
    {"https://t.me%2Fs%2Forang", true},
    {"https:\\\\t.me\\s\\orang", true},
    {"HTTPS://T.Me:443/./s/orang", true},
    {"https://www.antaranews.com/rss/terkini.xml", false},
    {"https://kaltara.antaranews.com/rss/terkini.xml", false},
    {"https://rss.tempo.co/nasional", false},
    {"https://www.mongabay.co.id/feed/", false},
    {"https://theconversation.com/id/articles.atom", false},
    {"https://turnbackhoax.id/feed/", false},
    {"https://m.example/api/v1/timelines/tag/pilkada", false},
    {"https://m.example/api/v2/search?q=pilkada&type=statuses", false},
    {"https://public.api.bsky.app/xrpc/app.bsky.feed.searchPosts?q=hoaks", false},
    {"https://www.reddit.com/r/indonesia/.rss", false},
    {"https://atme.example/feed", false},
    {"https://contoh-t.me.example/feed", false},
    {"https://notyoutube.com/feeds/videos.xml", false},
    {"https://kpu.example/berita?page=2", false},
};

static void tells(void **state)
{
    const struct single_case *one = *state;
    assert_int_equal(feeds_single_author(str_of(one->name)), one->is_single);
}

int main(void)
{
    return RUN_CASES("single", cases, tells);
}
