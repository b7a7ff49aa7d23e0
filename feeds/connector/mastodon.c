#include "feeds/connector/connector.h"
#include "feeds/connector/tree.h"
#include "filter/base/err.h"

/* What is not for everybody is not for us, whatever a token may see (limit 5). */
static bool is_public(const json_t *status)
{
    struct str visibility = feeds_tree_text(status, "visibility");
    return visibility.len == 0 || str_is(visibility, "public") || str_is(visibility, "unlisted");
}

static void add_status(struct feeds_build *build, const json_t *status)
{
    const json_t *shared = feeds_tree_at(status, "reblog"), *part;
    size_t i;
    status = json_is_object(shared) ? shared : status;
    if (!json_is_object(status) || !is_public(status)) {
        return;
    }
    feeds_build_open(build);
    feeds_tree_copy(build, FEEDS_SLOT_ID, status, "uri");
    feeds_tree_copy(build, FEEDS_SLOT_URL, status, "url");
    feeds_tree_copy(build, FEEDS_SLOT_TITLE, status, "spoiler_text");
    feeds_tree_html(build, FEEDS_SLOT_CONTENT, status, "content");
    feeds_tree_copy(build, FEEDS_SLOT_AUTHOR, status, "account.display_name");
    feeds_tree_copy(build, FEEDS_SLOT_LANG, status, "language");
    feeds_tree_moment(build, FEEDS_PUBLISHED_AT, status, "created_at");
    feeds_tree_moment(build, FEEDS_UPDATED_AT, status, "edited_at");
    feeds_tree_link(build, status, "card.url");
    json_array_foreach((json_t *)(uintptr_t)feeds_tree_at(status, "tags"), i, part)
    {
        feeds_build_category(build, feeds_tree_text(part, "name"));
    }
    feeds_build_close(build);
}

bool feeds_connector_mastodon(struct str text, struct feeds_build *build, struct err *err)
{
    json_t *root = feeds_tree_read(text, err);
    const json_t *list = json_is_array(root) ? root : feeds_tree_at(root, "statuses"), *status;
    bool done = root != NULL && (json_is_array(list) ||
                                 err_set(err, "is no answer of Mastodon: it has no statuses"));
    size_t i;
    json_array_foreach((json_t *)(uintptr_t)list, i, status)
    {
        if (build->is_stopped) {
            break;
        }
        add_status(build, status);
    }
    json_decref(root);
    return done;
}
