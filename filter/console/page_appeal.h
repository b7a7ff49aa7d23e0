/* An appeal: both sides and the clock, and the panel's form. */
#pragma once

#include "filter/casebook/appeal.h"
#include "filter/console/page.h"

/* `bytes`: the panel's decision as it is to be signed; "" before there is one. */
void page_appeal(const struct page *page, const struct casebook_appeal *appeal,
                 const struct casebook_page *one, struct str bytes);
