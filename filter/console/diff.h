/* How one text differs from another, word by word, on a page: for near-copies. */
#pragma once

#include "filter/base/str.h"
#include "filter/console/html.h"

/*
 * `text` with what `from` does not have in <ins>, and what it has besides in <del>. Only the first
 * 250 words of each are compared. At most about `max_cost` bytes of page.
 */
void diff_put(struct html *page, struct str from, struct str text, size_t max_cost);
