#include "feeds/connector/connector.h"
#include "feeds/connector/tree.h"
#include "feeds/review.h"
#include "filter/base/err.h"

static bool add_review(void *context, const json_t *review)
{
    struct feeds_build *build = context;
    struct buf text = BUF_EMPTY;
    struct str rating = feeds_tree_text(review, "reviewRating.alternateName");
    feeds_build_open(build);
    feeds_tree_copy(build, FEEDS_SLOT_URL, review, "url");
    feeds_tree_copy(build, FEEDS_SLOT_ID, review, "@id");
    feeds_tree_copy(build, FEEDS_SLOT_TITLE, review, "headline");
    feeds_tree_copy(build, FEEDS_SLOT_TITLE, review, "name");
    feeds_tree_copy(build, FEEDS_SLOT_LANG, review, "inLanguage");
    feeds_tree_moment(build, FEEDS_PUBLISHED_AT, review, "datePublished");
    feeds_tree_moment(build, FEEDS_UPDATED_AT, review, "dateModified");
    buf_put_str(&text, feeds_tree_text(review, "claimReviewed"));
    buf_printf(&text, "%s%.*s", rating.len > 0 ? "\n" : "", STR_FORMAT(rating));
    feeds_build_html(build, FEEDS_SLOT_CONTENT, 1, buf_str(&text));
    feeds_build_close(build);
    buf_fini(&text);
    return !build->is_stopped;
}

/* One block; a page may have others that are broken. */
static size_t read_block(struct feeds_build *build, struct str text)
{
    struct err err = ERR_NONE;
    json_t *root = feeds_tree_read(text, &err);
    size_t found = feeds_review_find(root, add_review, build);
    build->head->is_broken |= root == NULL;
    json_decref(root);
    return found;
}

struct reading {
    struct feeds_build *build;
    size_t found;
};

static bool take_block(void *context, struct str block)
{
    struct reading *reading = context;
    reading->found += read_block(reading->build, block);
    return !reading->build->is_stopped;
}

bool feeds_connector_claimreview(struct str text, struct feeds_build *build, struct err *err)
{
    struct reading reading = {.build = build};
    struct str start = str_trim(text);
    if (start.len > 0 && (start.at[0] == '{' || start.at[0] == '[')) {
        reading.found = read_block(build, text);
    } else {
        feeds_review_blocks(text, take_block, &reading);
    }
    return reading.found > 0 || err_set(err, "holds no ClaimReview in JSON-LD");
}
