/* Cases of one rule beside one another, and the near-copies within a case: what differs. */
#pragma once

#include "filter/console/page.h"

void page_alike_open(const struct page *page);
void page_alike_group(const struct page *page, const struct casebook_look_group *group);

enum { PAGE_ALIKE_ROWS = 12 };

/* The cases of a rule; the first one is what the others are compared with. */
void page_alike_rule(const struct page *page, const struct casebook_look_alike *cases, size_t count,
                     bool has_more);

void page_copies(const struct page *page, const struct casebook_page *one,
                 const struct casebook_chances *chances);
