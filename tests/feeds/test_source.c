#include "feeds/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/filter/test.h"

/* Writes `text` to a file sources.yml in a new folder, whose name goes to `folder`. */
static void put_file(const char *text, char folder[64], char path[96])
{
    struct err err = ERR_NONE;
    strcpy(folder, "/tmp/saring-source.XXXXXX"); /* NOLINT */
    assert_non_null(mkdtemp(folder));
    snprintf(path, 96, "%s/sources.yml", folder);
    assert_true(file_write(path, str_of(text), 0600, &err));
}

static void remove_file(const char *folder, const char *path)
{
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

#define HEAD "sources:\n  - id: a\n"

#define KINDS                                                                                      \
    "rss, atom, json, sitemap, ndjson, csv, youtube, telegram, rsshub, rss-bridge, mastodon, "     \
    "bluesky, factcheck, claimreview, tip"
#define SINGLE                                                                                     \
    "a feed of a single author is read only if an organisation publishes it: name it as "          \
    "'organisation', or leave the source out (limit 5)"

static const struct bad_case {
    const char *name, *text, *message;
    unsigned line, column;
    bool is_example;
} bad[] = {
    {"not a map", "- a\n", "must be a map with 'sources', not a list", 1, 1, false},
    {"an unknown key at the top", "source: []\n", "unknown key 'source'; did you mean 'sources'?",
     1, 1, false},
    {"sources that are no list", "sources: {a: 1}\n", "'sources' must be a list, not a map", 1, 10,
     false},
    {"a source that is no map", "sources:\n  - a\n", "a source must be a map, not text", 2, 5,
     false},
    {"no id", "sources:\n  - kind: rss\n", "a source needs an 'id'", 2, 5, false},
    {"an id with a space", "sources:\n  - id: a b\n",
     "'id' must be at most 64 of a-z 0-9 . _ - and start with a letter or digit", 2, 9, false},
    {"an id twice", HEAD "    kind: rss\n    url: https://a.example/\n  - id: a\n",
     "source 'a' is already there, in line 2", 5, 9, false},
    {"no kind", HEAD, "a source needs a 'kind', one of: " KINDS, 2, 5, false},
    {"an unknown kind", HEAD "    kind: twitter\n",
     "unknown kind 'twitter'; it must be one of: " KINDS, 3, 11, false},
    {"an unknown key", HEAD "    kind: rss\n    urls: https://a.example/\n",
     "unknown key 'urls'; did you mean 'url'?", 4, 5, false},
    {"neither url nor path", HEAD "    kind: rss\n", "a source needs either a 'url' or a 'path'", 2,
     5, false},
    {"both", HEAD "    kind: rss\n    url: https://a.example/\n    path: a\n",
     "a source needs either a 'url' or a 'path'", 2, 5, false},
    {"another scheme", HEAD "    kind: rss\n    url: file:///etc/passwd\n",
     "'url' must be a whole http:// or https:// address", 4, 10, false},
    {"no host", HEAD "    kind: rss\n    url: https:///a\n",
     "'url' must be a whole http:// or https:// address", 4, 10, false},
    {"a password", HEAD "    kind: rss\n    url: https://u:p@a.example/\n",
     "'url' must hold no user name or password", 4, 10, false},
    {"a space in the url", HEAD "    kind: rss\n    url: https://a.example/a b\n",
     "'url' must hold no space", 4, 10, false},
    {"a line end in the url", HEAD "    kind: rss\n    url: \"https://a.example/\\nX: y\"\n",
     "'url' must be one line of text", 4, 10, false},
    {"enabled as text", HEAD "    kind: rss\n    enabled: ya\n",
     "'enabled' must be true or false, not text", 4, 14, false},
    {"allow_private as text", HEAD "    kind: rss\n    allow_private: 'true'\n",
     "'allow_private' must be true or false, not text", 4, 20, false},
    {"allow_private of a file", HEAD "    kind: rss\n    path: a\n    allow_private: true\n",
     "'allow_private' belongs to a source with a 'url'", 2, 5, false},
    {"YouTube without an organisation", HEAD "    kind: youtube\n    url: https://a.example/\n",
     "a feed of a single author is read only if an organisation publishes it: name it as "
     "'organisation', or leave the source out (limit 5)",
     2, 5, false},
    {"a profile's feed called rss", HEAD "    kind: rss\n    url: https://m.example/@nama.rss\n",
     "a feed of a single author is read only if an organisation publishes it: name it as "
     "'organisation', or leave the source out (limit 5)",
     2, 5, false},
    {"a channel's feed called atom",
     HEAD "    kind: atom\n    url: https://www.YouTube.com/feeds/videos.xml?channel_id=x\n",
     "a feed of a single author is read only if an organisation publishes it: name it as "
     "'organisation', or leave the source out (limit 5)",
     2, 5, false},
    {"a Telegram channel", HEAD "    kind: telegram\n    url: https://t.me/s/nama\n", SINGLE, 2, 5,
     false},
    {"a Mastodon account",
     HEAD "    kind: mastodon\n    url: https://m.example/api/v1/accounts/1/statuses\n", SINGLE, 2,
     5, false},
    {"a Bluesky account",
     HEAD
     "    kind: bluesky\n    url: https://b.example/xrpc/app.bsky.feed.getAuthorFeed?actor=x\n",
     SINGLE, 2, 5, false},
    {"a profile by RSSHub",
     HEAD "    kind: rsshub\n    url: https://hub.example/twitter/user/nama\n", SINGLE, 2, 5,
     false},
    {"a profile by RSS-Bridge",
     HEAD
     "    kind: rss-bridge\n    url: https://b.example/?action=display&bridge=Instagram&u=nama\n",
     SINGLE, 2, 5, false},
    {"a token for a feed", HEAD "    kind: rss\n    url: https://a.example/\n    token_file: t\n",
     "kind 'rss' takes no token", 5, 17, false},
    {"a token in the clear",
     HEAD "    kind: mastodon\n    url: http://m.example/api/v2/search\n    token_file: t\n",
     "a token is shown only to an https:// address", 5, 17, false},
    {"an url in the example", HEAD "    kind: rss\n    url: https://a.example/\n",
     "the example reads only files: write 'path', not 'url'", 4, 10, true},
    {"a path out of the example", HEAD "    kind: rss\n    path: x/../../a\n",
     "the example reads only files in its own folder", 4, 11, true},
    {"an absolute path in the example", HEAD "    kind: rss\n    path: /etc/passwd\n",
     "the example reads only files in its own folder", 4, 11, true},
    {"a tab", "sources:\n\t- id: a\n", NULL, 2, 1, false},
    {"an alias", "sources: &a []\n", NULL, 1, 10, false},
};

static void says_what_is_wrong(void **state)
{
    const struct bad_case *c = *state;
    char folder[64], path[96];
    struct err err = ERR_NONE;
    put_file(c->text, folder, path);
    assert_null(c->is_example ? feeds_sources_example(folder, &err)
                              : feeds_sources_load(path, &err));
    if (c->message != NULL) {
        assert_string_equal(err.message, c->message);
    }
    assert_string_equal(err.file, path);
    assert_int_equal(err.line, c->line);
    assert_int_equal(err.column, c->column);
    remove_file(folder, path);
}

static void reads_all_keys(void **state)
{
    (void)state;
    char folder[64], path[96], below[96];
    struct err err = ERR_NONE;
    size_t count = 0;
    put_file(
        "sources:\n"
        "  - {id: a, name: Nama, kind: youtube, url: 'https://a.example/x', organisation: Org,\n"
        "     lang: id, enabled: false, allow_private: true}\n"
        "  - {id: b, kind: ndjson, path: x/posts.ndjson}\n",
        folder, path);
    struct feeds_sources *sources = feeds_sources_load(path, &err);
    assert_string_equal(err.message, "");
    const struct feeds_source *all = feeds_sources_all(sources, &count);
    assert_int_equal(count, 2);
    assert_true(str_is(all[0].name, "Nama") && str_is(all[0].organisation, "Org"));
    assert_true(str_is(all[0].url, "https://a.example/x") && str_is(all[0].lang, "id"));
    assert_int_equal(all[0].kind, FEEDS_KIND_YOUTUBE);
    assert_true(!all[0].is_enabled && all[0].allow_private);
    assert_int_equal(all[0].line, 2);
    snprintf(below, sizeof below, "%s/x/posts.ndjson", folder);
    assert_true(str_is(all[1].path, below) && str_is(all[1].name, "b"));
    assert_true(all[1].is_enabled && !all[1].allow_private && all[1].url.len == 0);
    feeds_sources_free(sources);
    remove_file(folder, path);
}

static void an_empty_file_has_none(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "# nothing\n", "sources:\n", "sources: []\n"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        char folder[64], path[96];
        struct err err = ERR_NONE;
        size_t count = 1;
        put_file(texts[i], folder, path);
        struct feeds_sources *sources = feeds_sources_load(path, &err);
        assert_non_null(sources);
        (void)feeds_sources_all(sources, &count);
        assert_int_equal(count, 0);
        feeds_sources_free(sources);
        remove_file(folder, path);
    }
}

static void shipped_files_load(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    size_t count = 0;
    struct feeds_sources *sources = feeds_sources_load("feeds/sources.yml", &err);
    assert_string_equal(err.message, "");
    const struct feeds_source *all = feeds_sources_all(sources, &count);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        /* A public search is nobody's: without an organisation it may lead to no account either. */
        bool is_search = all[i].kind == FEEDS_KIND_MASTODON || all[i].kind == FEEDS_KIND_BLUESKY;
        assert_true(is_search != (all[i].organisation.len > 0));
        assert_true(!all[i].allow_private && !all[i].is_enabled);
    }
    feeds_sources_free(sources);
    sources = feeds_sources_example("feeds/example", &err);
    assert_string_equal(err.message, "");
    feeds_sources_free(sources);
    assert_null(feeds_sources_load("feeds/nothing.yml", &err));
    assert_string_equal(err.message, "cannot be opened: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(reads_all_keys),
        cmocka_unit_test(an_empty_file_has_none),
        cmocka_unit_test(shipped_files_load),
    };
    return RUN_CASES("feeds_sources_load errors", bad, says_what_is_wrong) +
           cmocka_run_group_tests_name("feeds_sources_load", others, NULL, NULL);
}
