/* The page of the signed bulk data (REVIEW, page 20). */
#pragma once

#include "filter/casebook/audit.h"
#include "filter/console/site_data.h"

struct html;

/* Of the files that `data` has so far; `head` is the register's. */
void site_download_page(struct html *html, const struct site_data *data,
                        const struct casebook_head *head);
