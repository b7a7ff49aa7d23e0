/* The log, newest first, and whether its chain holds. */
#pragma once

#include "filter/casebook/audit.h"
#include "filter/console/page.h"
#include "filter/console/verify.h"

void page_log_open(const struct page *page, const struct verify_report *report, int64_t head,
                   struct str head_hash);
void page_log_row(const struct page *page, const struct casebook_row *row);
