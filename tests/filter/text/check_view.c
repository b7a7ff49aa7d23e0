#include "tests/filter/text/check_view.h"

#include <stdint.h>

#include "filter/base/err.h"
#include "filter/text/utf8.h"

/* A small generator (xorshift), so that a failure comes back with its input. */
static size_t pick(uint64_t *state, size_t below)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return below == 0 ? 0 : (size_t)(*state % below);
}

static const char *check_runs(const struct text_view *view, struct str utf8)
{
    size_t view_at = 0, origin_at = 0;
    for (size_t i = 0; i < view->run_count; i++) {
        const struct text_run *run = &view->runs[i];
        size_t end = i + 1 < view->run_count ? view->runs[i + 1].view_at : view->text.len;
        size_t origin_end = (size_t)run->origin_at + run->origin_len;
        if (run->view_at != view_at || end <= view_at) {
            return "runs do not cover the view in order";
        }
        if (run->origin_at < origin_at || origin_end > utf8.len) {
            return "runs do not lie in the original in order";
        }
        if (run->identical && end - view_at != run->origin_len) {
            return "an identical run has another length";
        }
        if (!utf8_is_boundary(utf8, run->origin_at) || !utf8_is_boundary(utf8, origin_end)) {
            return "a run cuts a code point of the original";
        }
        view_at = end;
        origin_at = run->origin_at;
    }
    return view_at == view->text.len ? NULL : "the view is longer than its runs";
}

/* Whether a span may start or end at `at` without being widened. */
static bool is_cut(const struct text_view *view, enum text_view_kind kind, size_t at)
{
    if (at == 0 || at == view->text.len) {
        return true;
    }
    if (kind == TEXT_RAW) {
        return utf8_is_boundary(view->text, at);
    }
    if (kind == TEXT_SKELETON && view->text.at[at] != ' ' && view->text.at[at - 1] != ' ') {
        return false; /* words are rewritten whole */
    }
    size_t low = 0, high = view->run_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (view->runs[middle].view_at <= at) {
            low = middle;
        } else {
            high = middle;
        }
    }
    const struct text_run *run = &view->runs[low];
    if (run->view_at < at) {
        return run->identical && utf8_is_boundary(view->text, at);
    }
    return run->origin_at >= run[-1].origin_at + run[-1].origin_len; /* no parts of one */
}

static const char *check_span(const struct text_view *view, enum text_view_kind kind,
                              struct text_fold *again, struct str utf8, size_t start, size_t end)
{
    struct err err = ERR_NONE;
    struct text_view read;
    struct text_span span = text_view_origin(view, start, end);
    if (span.start > span.end || span.end > utf8.len || !utf8_is_boundary(utf8, span.start) ||
        !utf8_is_boundary(utf8, span.end)) {
        return "a span does not lie on code points";
    }
    if (start < end && span.start == span.end) {
        return "a span leads back to nothing";
    }
    text_fold_start(again);
    if (!text_fold_view(again, kind, str_part(utf8, span.start, span.end), &read, &err)) {
        return "a span is too long to fold";
    }
    return str_equal(read.text, str_part(view->text, start, end))
               ? NULL
               : "the original span reads otherwise than the view";
}

static const char *check_spans(const struct text_view *view, enum text_view_kind kind,
                               struct text_fold *again, struct str utf8, size_t spans)
{
    uint64_t seed = 0x9e3779b97f4a7c15u ^ utf8.len;
    struct text_span last = {.start = 0};
    size_t step = view->text.len / (spans + 1) + 1;
    for (size_t at = 0; at <= view->text.len; at += step) {
        struct text_span here = text_view_origin(view, at, at < view->text.len ? at + 1 : at);
        if (here.start < last.start || here.end < last.end) {
            return "spans do not lead back in order";
        }
        last = here;
    }
    for (size_t i = 0; i < spans; i++) {
        size_t start = pick(&seed, view->text.len + 1), end = start;
        while (!is_cut(view, kind, start)) {
            start--;
        }
        end = start + pick(&seed, i % 4 == 0 ? view->text.len + 1 - start : 24);
        end = end < view->text.len ? end : view->text.len;
        while (!is_cut(view, kind, end)) {
            end++;
        }
        const char *broken = check_span(view, kind, again, utf8, start, end);
        if (broken != NULL) {
            return broken;
        }
    }
    return NULL;
}

const char *check_views(struct text_fold *fold, struct text_fold *again, struct str utf8,
                        size_t spans)
{
    const char *broken = NULL;
    struct err err = ERR_NONE;
    text_fold_start(fold);
    for (int kind = TEXT_RAW; kind < TEXT_VIEW_KINDS && broken == NULL; kind++) {
        struct text_view view;
        if (!text_fold_view(fold, (enum text_view_kind)kind, utf8, &view, &err)) {
            return "a text is too long to fold";
        }
        if (!utf8_is_valid(view.text)) {
            return "a view is no valid UTF-8";
        }
        if (kind != TEXT_RAW) {
            broken = check_runs(&view, utf8);
        }
        if (broken == NULL) {
            broken = kind == TEXT_RAW && view.text.len == 0
                         ? NULL
                         : check_spans(&view, (enum text_view_kind)kind, again, utf8, spans);
        }
    }
    return broken;
}
