/* Breaks, text only, and classes not to see for now. */
#pragma once

#include "filter/console/ease.h"
#include "filter/console/page.h"

void page_wellbeing(const struct page *page, const struct ease *ease);
