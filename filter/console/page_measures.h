/* Figures and plots about the work; none about a person. */
#pragma once

#include "filter/casebook/measures.h"
#include "filter/console/page.h"

/* Sources by how they are (feeds/status.h). */
struct page_source_health {
    uint32_t fine, silent, failing, off; /* of all in the file */
    bool is_known;
};
void page_measures(const struct page *page, const struct casebook_measures *measures,
                   const struct page_source_health *health);
