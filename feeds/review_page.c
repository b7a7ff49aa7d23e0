/* Fact-checks as sites embed them in their pages, and as they pass between our processes. */
#include <strings.h>

#include "feeds/markup.h"
#include "feeds/review.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"

static bool is_linked_data(struct str attributes)
{
    static const struct str type = STR("application/ld+json");
    struct str value = str_trim(feeds_markup_value(attributes, "type"));
    return value.len >= type.len && strncasecmp(value.at, type.at, type.len) == 0;
}

void feeds_review_blocks(struct str html, bool (*each)(void *context, struct str block),
                         void *context)
{
    struct feeds_markup markup = {.text = html, .is_html = true};
    struct feeds_markup_piece piece;
    bool goes_on = true;
    while (goes_on && feeds_markup_next(&markup, &piece)) {
        if (piece.kind != FEEDS_MARKUP_START || !feeds_markup_is(piece.name, "script")) {
            continue;
        }
        size_t from = markup.at;
        feeds_markup_skip_to_end(&markup, piece.name);
        if (is_linked_data(piece.attributes)) {
            goes_on = each(context, str_part(html, from, markup.at));
        }
    }
}

struct page {
    feeds_review_take *take;
    void *context;
    size_t found;
    bool is_stopped;
};

static bool take_review(void *context, const struct feeds_review *review)
{
    struct page *page = context;
    page->found++;
    page->is_stopped = !page->take(page->context, review);
    return !page->is_stopped;
}

static void ignore_bad(void *context, unsigned line, const char *why)
{
    (void)context;
    (void)line;
    (void)why;
}

/* A page has blocks about other things too, and broken ones: neither says anything of a review. */
static bool take_block(void *context, struct str block)
{
    struct page *page = context;
    struct err why = ERR_NONE;
    (void)!feeds_review_read(block, take_review, ignore_bad, page, &why);
    return !page->is_stopped;
}

bool feeds_review_read_page(struct str utf8, feeds_review_take *take,
                            void (*bad)(void *context, unsigned line, const char *why),
                            void *context, struct err *err)
{
    struct page page = {.take = take, .context = context};
    struct str start = str_trim(utf8);
    if (start.len > 0 && (start.at[0] == '{' || start.at[0] == '[')) {
        return feeds_review_read(utf8, take, bad, context, err);
    }
    feeds_review_blocks(utf8, take_block, &page);
    return page.found > 0 || err_set(err, "holds no ClaimReview in JSON-LD");
}

void feeds_review_put(const struct feeds_review *review, struct buf *out)
{
    char rated[CLOCK_TEXT];
    buf_put_char(out, '{');
    buf_put_json_field(out, "url", review->url);
    buf_put_json_field(out, "publisher", review->publisher);
    buf_put_json_field(out, "claim", review->claim);
    buf_put_json_field(out, "title", review->title);
    buf_put_json_field(out, "rating", review->rating);
    if (review->rated_ms != CLOCK_NEVER) {
        buf_put_json_field(out, "rated", str_of(clock_format(review->rated_ms, rated)));
    }
    buf_put_string(out, review->is_lowest ? ",\"lowest\":true" : "");
    buf_put_string(out, review->is_withdrawn ? ",\"withdrawn\":true" : "");
    buf_put_string(out, review->is_partial ? ",\"partial\":true" : "");
    buf_put_string(out, "}\n");
}
