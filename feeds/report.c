#include "feeds/report.h"

#include <stdlib.h>

#include "feeds/connector/tree.h"
#include "feeds/resolve.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/text/utf8.h"

enum {
    URL_MOST = 2048,
    CLAIM_MOST = 4000,
    TITLE_MOST = 1000,
    NAME_MOST = 200,
    PARTS_MOST = 256,
};

void feeds_report_put(const struct feeds_report *report, struct buf *out)
{
    buf_put_char(out, '{');
    buf_put_json_field(out, "source", report->source.len > 0 ? report->source : STR(""));
    buf_put_json_field(out, "at", report->at.len > 0 ? report->at : STR(""));
    buf_put_json_field(out, "page", report->page.len > 0 ? report->page : STR(""));
    buf_printf(out, ",\"status\":%ld,\"own\":%s,\"part\":%s}\n", report->status,
               report->is_own ? "true" : "false", report->is_part ? "true" : "false");
}

struct writing {
    const struct feeds_report *report;
    struct buf parts[PARTS_MOST]; /* of reviews alone */
    size_t count, reviews, left_out;
    struct buf url;
};

static struct str cut(struct str text, size_t most)
{
    size_t len = text.len < most ? text.len : most;
    while (!utf8_is_boundary(text, len)) {
        len--;
    }
    return str_part(text, 0, len);
}

static bool take(void *context, const struct feeds_review *review)
{
    struct writing *writing = context;
    struct feeds_review one = *review;
    if (writing->reviews == FEEDS_REPORT_REVIEWS_MOST) {
        writing->left_out++;
        return false;
    }
    buf_clear(&writing->url);
    buf_put(&writing->url, "", 0);
    if (one.url.len == 0 || memmem(one.url.at, one.url.len, "://", 3) == NULL) {
        feeds_resolve(writing->report->at, one.url, &writing->url);
        one.url = buf_str(&writing->url);
    }
    if (one.url.len == 0 || one.url.len > URL_MOST) {
        writing->left_out++;
        return true;
    }
    one.publisher = cut(one.publisher, NAME_MOST);
    one.claim = cut(one.claim, CLAIM_MOST);
    one.title = cut(one.title, TITLE_MOST);
    one.rating = cut(one.rating, NAME_MOST);
    if (writing->count == 0 || writing->parts[writing->count - 1].len > FEEDS_REPORT_BYTES) {
        if (writing->count == PARTS_MOST) {
            writing->left_out++;
            return false;
        }
        writing->parts[writing->count++] = BUF_EMPTY;
    }
    feeds_review_put(&one, &writing->parts[writing->count - 1]);
    writing->reviews++;
    return true;
}

static void count_bad(void *context, unsigned line, const char *why)
{
    struct writing *writing = context;
    (void)line;
    (void)why;
    writing->left_out++;
}

static void hand_out(struct writing *writing, bool (*each)(void *context, struct str bytes),
                     void *context)
{
    struct buf bytes = BUF_EMPTY;
    struct feeds_report head = *writing->report;
    bool goes_on = true;
    head.is_part = writing->count > 1 || writing->left_out > 0;
    for (size_t i = 0; goes_on && i < writing->count; i++) {
        buf_clear(&bytes);
        feeds_report_put(&head, &bytes);
        buf_put_str(&bytes, buf_str(&writing->parts[i]));
        goes_on = each(context, buf_str(&bytes));
    }
    buf_fini(&bytes);
}

/* How claims:search answers that it found nothing. */
static bool is_empty_object(struct str text)
{
    text = str_trim(text);
    return text.len >= 2 && text.at[0] == '{' && text.at[text.len - 1] == '}' &&
           str_trim(str_part(text, 1, text.len - 1)).len == 0;
}

bool feeds_report_write(const struct feeds_report *report, struct str utf8,
                        bool (*each)(void *context, struct str bytes), void *context,
                        size_t *left_out, struct err *err)
{
    *left_out = 0;
    if (is_empty_object(utf8)) {
        return true;
    }
    struct writing *writing = mem_zero(1, sizeof *writing);
    writing->report = report;
    bool done = feeds_review_read_page(utf8, take, count_bad, writing, err) &&
                (writing->count > 0 || err_set(err, "holds no review that has an address"));
    if (done) {
        hand_out(writing, each, context);
    }
    *left_out = writing->left_out;
    for (size_t i = 0; i < writing->count; i++) {
        buf_fini(&writing->parts[i]);
    }
    buf_fini(&writing->url);
    free(writing);
    return done;
}

/* Where it was put; the buffer may move until all are in it. */
static size_t keep(struct buf *text, const json_t *head, const char *name)
{
    size_t at = text->len;
    struct str value = feeds_tree_text(head, name);
    buf_put_str(text, value.len <= URL_MOST ? value : STR(""));
    return at;
}

bool feeds_report_read(struct str bytes, struct feeds_report *report, struct buf *text,
                       struct str *rest, struct err *err)
{
    const char *end = bytes.len > 0 ? memchr(bytes.at, '\n', bytes.len) : NULL;
    size_t len = end != NULL ? (size_t)(end - bytes.at) : bytes.len;
    json_t *head = feeds_tree_read(str_part(bytes, 0, len), err);
    const json_t *status = json_object_get(head, "status");
    if (!json_is_object(head) || !json_is_integer(status)) {
        json_decref(head);
        return err_is_set(err) ? false : err_set(err, "does not begin with what it is of");
    }
    *rest = str_part(bytes, len + (end != NULL), bytes.len);
    size_t source = keep(text, head, "source"), at = keep(text, head, "at"),
           page = keep(text, head, "page");
    buf_put(text, "", 0);
    *report = (struct feeds_report){
        .source = str_part(buf_str(text), source, at),
        .at = str_part(buf_str(text), at, page),
        .page = str_part(buf_str(text), page, text->len),
        .is_own = json_is_true(json_object_get(head, "own")),
        .is_part = json_is_true(json_object_get(head, "part")),
        .status = (long)json_integer_value(status),
    };
    json_decref(head);
    return true;
}
