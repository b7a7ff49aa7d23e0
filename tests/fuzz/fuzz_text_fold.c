/* Posts come from strangers: views of any text keep their promises, patterns fold as texts do. */
#include <stdio.h>
#include <stdlib.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/text/utf8.h"
#include "filter/text/view.h"
#include "tests/filter/text/check_view.h"
#include "tests/fuzz/fuzz.h"

enum { MAX_BYTES = 1 << 20, SPANS = 16 };

static void require(const char *broken)
{
    if (broken != NULL) {
        fprintf(stderr, "%s\n", broken);
        abort();
    }
}

/* A pattern that is the whole text folds to the text's view. */
static void check_literal(struct text_fold *fold, struct str text)
{
    struct arena *arena = arena_new(64 * (text.len + 64));
    for (int kind = TEXT_RAW; kind < TEXT_VIEW_KINDS; kind++) {
        struct err err = ERR_NONE;
        struct str literal = STR("");
        struct text_view view;
        bool ok = text_fold_literal((enum text_view_kind)kind, text, arena, &literal, &err);
        if (!text_fold_view(fold, (enum text_view_kind)kind, text, &view, &err) ||
            ok != (view.text.len > 0) || !str_equal(literal, view.text)) {
            require("a pattern folds otherwise than a text");
        }
    }
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf mended = BUF_EMPTY;
    struct str bytes = {.at = (const char *)data, .len = size};
    size_t replaced = utf8_mend(bytes, &mended);
    if (!utf8_is_valid(buf_str(&mended)) || (replaced == 0) != utf8_is_valid(bytes)) {
        require("mending leaves bad UTF-8");
    }
    if (mended.len <= MAX_BYTES / 16) {
        struct text_fold *fold = text_fold_new(MAX_BYTES), *again = text_fold_new(MAX_BYTES);
        require(check_views(fold, again, buf_str(&mended), SPANS));
        check_literal(fold, buf_str(&mended));
        text_fold_free(fold);
        text_fold_free(again);
    }
    buf_fini(&mended);
    return 0;
}
