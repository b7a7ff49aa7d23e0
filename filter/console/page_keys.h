/* The sheet of keys ("?"). */
#pragma once

#include "filter/console/page.h"

void page_keys(const struct page *page);

/* What it lists. */
struct page_key {
    struct str key;
    enum message what;
};
const struct page_key *page_key_all(size_t *count);
