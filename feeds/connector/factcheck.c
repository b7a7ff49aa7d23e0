#include "feeds/connector/connector.h"
#include "feeds/connector/tree.h"
#include "filter/base/err.h"

enum { MAX_REVIEWS = 16 }; /* of one claim, which each of them repeats */

/* The claim, and below it what the review says of it. Who claimed it is left out (limit 5). */
static void put_claim(struct feeds_build *build, struct str claim, struct str rating)
{
    struct buf text = BUF_EMPTY;
    buf_put_str(&text, str_trim(claim));
    if (rating.len > 0) {
        buf_put_char(&text, '\n');
        buf_put_str(&text, str_trim(rating));
    }
    feeds_build_copy(build, FEEDS_SLOT_CONTENT, 1, buf_str(&text));
    buf_fini(&text);
}

static void add_reviews(struct feeds_build *build, const json_t *claim)
{
    const json_t *review;
    size_t i;
    json_array_foreach((json_t *)(uintptr_t)feeds_tree_at(claim, "claimReview"), i, review)
    {
        if (build->is_stopped || i == MAX_REVIEWS) {
            return;
        }
        feeds_build_open(build);
        feeds_tree_copy(build, FEEDS_SLOT_URL, review, "url");
        feeds_tree_copy(build, FEEDS_SLOT_TITLE, review, "title");
        feeds_tree_copy(build, FEEDS_SLOT_LANG, review, "languageCode");
        feeds_tree_moment(build, FEEDS_PUBLISHED_AT, review, "reviewDate");
        feeds_build_category(build, feeds_tree_text(review, "publisher.site"));
        put_claim(build, feeds_tree_text(claim, "text"), feeds_tree_text(review, "textualRating"));
        feeds_build_close(build);
    }
}

/* An answer without claims is an empty object: nothing was found. */
bool feeds_connector_factcheck(struct str text, struct feeds_build *build, struct err *err)
{
    json_t *root = feeds_tree_read(text, err);
    const json_t *claims = feeds_tree_at(root, "claims"), *claim;
    bool done = root != NULL && (json_is_array(claims) || json_object_size(root) == 0 ||
                                 err_set(err, "is no answer of claims:search: it has no claims"));
    size_t i;
    json_array_foreach((json_t *)(uintptr_t)claims, i, claim)
    {
        add_reviews(build, claim);
    }
    json_decref(root);
    return done;
}
