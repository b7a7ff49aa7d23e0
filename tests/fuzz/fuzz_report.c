/*
 * Whatever a fact-checker's site answers: what is reported of it is read back as it was written, as
 * many reviews in as many reports, within the limits; and reporting what was read says the same.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "feeds/report.h"
#include "filter/base/err.h"
#include "filter/text/utf8.h"
#include "tests/fuzz/fuzz.h"

struct told {
    struct buf reviews; /* as they were reported */
    size_t reports;
};

static bool write_again(void *context, const struct feeds_review *review)
{
    assert(review->url.len > 0 && review->url.len <= 2048);
    assert(review->claim.len <= 4000 && review->title.len <= 1000 && review->rating.len <= 200);
    feeds_review_put(review, context);
    return true;
}

static void no_bad(void *context, unsigned line, const char *why)
{
    (void)context;
    (void)line;
    (void)why;
    assert(!"a line that we wrote is none");
}

static bool take(void *context, struct str bytes)
{
    struct told *told = context;
    struct feeds_report report;
    struct buf text = BUF_EMPTY, again = BUF_EMPTY;
    struct str rest;
    struct err err = ERR_NONE;
    bool is_read = feeds_report_read(bytes, &report, &text, &rest, &err);
    assert(is_read && str_is(report.source, "cek") && report.status == 200 && rest.len > 0);
    is_read = feeds_review_read(rest, write_again, no_bad, &again, &err);
    assert(is_read && str_equal(buf_str(&again), rest));
    told->reports++;
    buf_put_str(&told->reviews, rest);
    buf_fini(&again);
    buf_fini(&text);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct feeds_report report = {
        .source = STR("cek"), .at = STR("https://periksa.example/a/b"), .status = 200};
    struct str bytes = {.at = size > 0 ? (const char *)data : "", .len = size};
    struct told told = {.reports = 0};
    struct buf mended = BUF_EMPTY;
    struct err err = ERR_NONE;
    size_t left_out = 0;
    buf_put(&mended, "", 0);
    (void)utf8_mend(bytes, &mended);
    bool done = feeds_report_write(&report, buf_str(&mended), take, &told, &left_out, &err);
    assert(done || told.reports == 0);
    assert(done || err_is_set(&err));
    /* As a report itself, a stranger's bytes are one or none. */
    struct feeds_report other;
    struct buf text = BUF_EMPTY;
    struct str rest;
    struct err ignored = ERR_NONE;
    (void)!feeds_report_read(bytes, &other, &text, &rest, &ignored);
    buf_fini(&text);
    buf_fini(&told.reviews);
    buf_fini(&mended);
    return 0;
}
