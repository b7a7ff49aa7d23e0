/* An appeal: both sides and the clock, and the panel's form. */
#pragma once

#include "filter/casebook/appeal.h"
#include "filter/console/page.h"

void page_appeal(const struct page *page, const struct casebook_appeal *appeal,
                 const struct casebook_page *one);
