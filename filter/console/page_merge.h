/* Merging a case into another, and splitting some of its posts off: looked at first, then done. */
#pragma once

#include "filter/console/page.h"

enum { PAGE_TARGETS = 8 };

struct page_merge {
    const struct casebook_page *one;
    const struct casebook_chances *chances;
    const struct casebook_look_target *targets; /* to choose from */
    size_t target_count;
    const struct casebook_page *into; /* what was chosen; NULL: nothing yet */
    struct str problem, reason;       /* shown on top; what was typed */
};
void page_merge(const struct page *page, const struct page_merge *merge);

/* Whether splitting leads where it should: `chosen` are numbers of its posts. */
struct page_split {
    const struct casebook_page *one;
    const struct casebook_chances *chances;
    const int64_t *chosen;
    size_t count;
    struct str reason;
};
void page_split_preview(const struct page *page, const struct page_split *split);
