/* Tables on pages: rows that become cards on a phone, each cell with the label of its column. */
#pragma once

#include <stddef.h>

#include "filter/console/page.h"

/* <table> with its head; to be closed by page_table_close. */
void page_table_open(const struct page *page, const enum message *heads, size_t count);
void page_table_close(const struct page *page);

/* <td>, to be closed by the caller with </td>; `kind` is its class: "", "number", "when", "what".
 */
void page_cell(const struct page *page, const char *kind, enum message label);
/* The whole cell. */
void page_cell_text(const struct page *page, const char *kind, enum message label, struct str text,
                    size_t max_cost);
void page_cell_int(const struct page *page, enum message label, int64_t number);
void page_cell_say(const struct page *page, enum message label, enum message value);

/* A link to a case within a cell: "Kasus 12". */
void page_case_link(const struct page *page, int64_t case_id);
