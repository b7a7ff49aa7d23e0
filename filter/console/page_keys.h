/* The sheet of keys ("?"). */
#pragma once

#include "filter/console/page.h"

void page_keys(const struct page *page);
