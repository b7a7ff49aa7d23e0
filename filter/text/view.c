#include "filter/text/view.h"

#include <assert.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/text/internal.h"

struct text_fold {
    size_t max_bytes;
    struct text_cache cache;
    struct text_letters letters;
    struct text_out views[TEXT_VIEW_KINDS]; /* of TEXT_RAW unused */
    bool is_made[TEXT_VIEW_KINDS];
    struct str source; /* what they were made from */
};

static bool is_continuation(struct str text, size_t at)
{
    return at < text.len && ((unsigned char)text.at[at] & 0xc0) == 0x80;
}

/* The last run that starts at or before `at`. */
static const struct text_run *run_of(const struct text_view *view, size_t at)
{
    size_t low = 0, high = view->run_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (view->runs[middle].view_at <= at) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return &view->runs[low];
}

/* Where in the original the view's byte `at` starts or, with `is_end`, the one before it ends. */
static size_t origin_of(const struct text_view *view, size_t at, bool is_end)
{
    const struct text_run *run = run_of(view, is_end ? at - 1 : at);
    if (run->identical) {
        return run->origin_at + (at - run->view_at);
    }
    return is_end ? run->origin_at + run->origin_len : run->origin_at;
}

struct text_span text_view_origin(const struct text_view *view, size_t start, size_t end)
{
    assert(start <= end && end <= view->text.len);
    bool is_empty = start == end;
    while (start > 0 && is_continuation(view->text, start)) {
        start--;
    }
    while (!is_empty && is_continuation(view->text, end)) {
        end++;
    }
    if (view->runs == NULL) {
        return (struct text_span){.start = start, .end = is_empty ? start : end};
    }
    if (is_empty) {
        size_t at = view->run_count == 0      ? 0
                    : start == view->text.len ? origin_of(view, start, true)
                                              : origin_of(view, start, false);
        return (struct text_span){.start = at, .end = at};
    }
    return (struct text_span){.start = origin_of(view, start, false),
                              .end = origin_of(view, end, true)};
}

struct text_fold *text_fold_new(size_t max_bytes)
{
    struct text_fold *fold = mem_zero(1, sizeof *fold);
    /* Positions in runs have 32 bits, and a code point can fold to eleven times its bytes. */
    fold->max_bytes = max_bytes < UINT32_MAX / 16 ? max_bytes : UINT32_MAX / 16;
    return fold;
}

void text_fold_free(struct text_fold *fold)
{
    if (fold == NULL) {
        return;
    }
    for (size_t kind = 0; kind < TEXT_VIEW_KINDS; kind++) {
        text_out_fini(&fold->views[kind]);
    }
    free(fold->letters.at);
    free(fold);
}

void text_fold_start(struct text_fold *fold)
{
    memset(fold->is_made, 0, sizeof fold->is_made);
}

static void make(struct text_fold *fold, enum text_view_kind kind)
{
    if (fold->is_made[kind]) {
        return;
    }
    if (kind == TEXT_SKELETON) {
        make(fold, TEXT_FOLDED);
        text_skeleton_write(&fold->views[TEXT_FOLDED], &fold->letters, &fold->views[kind]);
    } else {
        text_fold_write(&fold->cache, fold->source, &fold->views[kind]);
    }
    fold->is_made[kind] = true;
}

bool text_fold_view(struct text_fold *fold, enum text_view_kind kind, struct str utf8,
                    struct text_view *view, struct err *err)
{
    if (utf8.len > fold->max_bytes) {
        *view = (struct text_view){.run_count = 0};
        return err_set(err, "text of %zu bytes; at most %zu are folded", utf8.len, fold->max_bytes);
    }
    if (kind == TEXT_RAW) {
        *view = (struct text_view){.text = utf8};
        return true;
    }
    if (utf8.at != fold->source.at || utf8.len != fold->source.len) {
        text_fold_start(fold);
        fold->source = utf8;
    }
    make(fold, kind);
    const struct text_out *out = &fold->views[kind];
    *view = (struct text_view){.text = {.at = out->bytes, .len = out->len},
                               .runs = out->runs,
                               .run_count = out->run_count};
    return true;
}

bool text_fold_literal(enum text_view_kind kind, struct str utf8, struct arena *arena,
                       struct str *folded, struct err *err)
{
    struct text_out views[TEXT_VIEW_KINDS] = {{.bytes = NULL}};
    struct text_letters letters = {.at = NULL};
    struct str text = utf8;
    if (kind != TEXT_RAW) {
        text_fold_write(NULL, utf8, &views[TEXT_FOLDED]);
        if (kind == TEXT_SKELETON) {
            text_skeleton_write(&views[TEXT_FOLDED], &letters, &views[kind]);
        }
        text = (struct str){.at = views[kind].bytes, .len = views[kind].len};
    }
    bool ok = true;
    if (text.len == 0) {
        ok = err_set(err, "the pattern folds to nothing: it has only invisible characters");
    } else {
        *folded = (struct str){.at = arena_copy(arena, text.at, text.len), .len = text.len};
        ok = folded->at != NULL || err_set(err, "the rules take too much memory");
    }
    for (size_t i = 0; i < TEXT_VIEW_KINDS; i++) {
        text_out_fini(&views[i]);
    }
    free(letters.at);
    return ok;
}
