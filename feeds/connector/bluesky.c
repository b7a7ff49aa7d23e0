#include "feeds/connector/connector.h"
#include "feeds/connector/tree.h"
#include "filter/base/err.h"

/* "at://did/app.bsky.feed.post/KEY" is read at https://bsky.app/profile/HANDLE/post/KEY. */
static void put_page(struct feeds_build *build, const json_t *post)
{
    struct str uri = feeds_tree_text(post, "uri"), handle = feeds_tree_text(post, "author.handle");
    size_t key = uri.len;
    while (key > 0 && uri.at[key - 1] != '/') {
        key--;
    }
    if (handle.len == 0 || key == 0 || key == uri.len) {
        return;
    }
    struct buf url = BUF_EMPTY;
    buf_printf(&url, "https://bsky.app/profile/%.*s/post/%.*s", STR_FORMAT(handle),
               STR_FORMAT(str_part(uri, key, uri.len)));
    feeds_build_copy(build, FEEDS_SLOT_URL, 1, buf_str(&url));
    buf_fini(&url);
}

/* Links are not in the text, which shows them cut, but beside it (app.bsky.richtext.facet). */
static void put_links(struct feeds_build *build, const json_t *record)
{
    const json_t *facet, *feature;
    size_t i, k;
    json_array_foreach((json_t *)(uintptr_t)feeds_tree_at(record, "facets"), i, facet)
    {
        json_array_foreach((json_t *)(uintptr_t)feeds_tree_at(facet, "features"), k, feature)
        {
            feeds_tree_link(build, feature, "uri");
            feeds_build_category(build, feeds_tree_text(feature, "tag"));
        }
    }
    feeds_tree_link(build, record, "embed.external.uri");
}

static void add_post(struct feeds_build *build, const json_t *post)
{
    const json_t *record = feeds_tree_at(post, "record");
    if (!json_is_object(record)) {
        return;
    }
    feeds_build_open(build);
    feeds_tree_copy(build, FEEDS_SLOT_ID, post, "uri");
    put_page(build, post);
    feeds_tree_copy(build, FEEDS_SLOT_CONTENT, record, "text");
    feeds_tree_copy(build, FEEDS_SLOT_TITLE, record, "embed.external.title");
    feeds_tree_copy(build, FEEDS_SLOT_AUTHOR, post, "author.displayName");
    feeds_build_copy(build, FEEDS_SLOT_LANG, 1,
                     feeds_tree_text(json_array_get(feeds_tree_at(record, "langs"), 0), ""));
    feeds_tree_moment(build, FEEDS_PUBLISHED_AT, record, "createdAt");
    put_links(build, record);
    feeds_build_close(build);
}

bool feeds_connector_bluesky(struct str text, struct feeds_build *build, struct err *err)
{
    json_t *root = feeds_tree_read(text, err);
    const json_t *posts = feeds_tree_at(root, "posts"), *post;
    bool done = root != NULL && (json_is_array(posts) ||
                                 err_set(err, "is no answer of searchPosts: it has no posts"));
    size_t i;
    json_array_foreach((json_t *)(uintptr_t)posts, i, post)
    {
        if (build->is_stopped) {
            break;
        }
        add_post(build, post);
    }
    json_decref(root);
    return done;
}
