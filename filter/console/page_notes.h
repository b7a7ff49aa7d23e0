/* What people noted about a case. */
#pragma once

#include "filter/casebook/notes.h"
#include "filter/console/page.h"

enum { PAGE_NOTES = 8, PAGE_NOTES_BESIDE = 2 };

/* The newest ones on the case's own page, with the form to add one; nothing if there is neither. */
void page_notes_beside(const struct page *page, const struct casebook_case *summary,
                       const struct casebook_note *notes, size_t count, bool has_more);

void page_notes(const struct page *page, const struct casebook_case *summary,
                const struct casebook_note *notes, size_t count, bool has_more);
