/*
 * What people see instead of a blocked page: a static page a case, in Indonesian and English, with
 * the reason, the case's number, its end and where to appeal; and one for a proxy that can't say
 * which.
 */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/cli/export_list.h"

struct err;

/* The folder of the pages within that of the lists. */
#define BLOCK_PAGES "blokir"

enum {
    BLOCK_PAGES_MOST = 2000
}; /* cases with a page of their own; the others have the common one */

/*
 * Writes index.html and CASE.html into BLOCK_PAGES below folder `out`. They load nothing, run
 * nothing and are no lists: the manifest does not name them.
 */
MUST_CHECK bool block_pages_write(const struct export_list *list, const char *out, struct err *err);
