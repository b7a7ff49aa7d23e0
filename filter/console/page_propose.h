/* The page on which a reviewer proposes, and what it keeps of a form that comes back. */
#pragma once

#include "filter/casebook/addressees.h"
#include "filter/casebook/proposal.h"
#include "filter/console/form.h"
#include "filter/console/page.h"

struct page_propose {
    const struct casebook_page *one;
    const struct casebook_chances *chances;
    enum casebook_kind kind;
    bool is_urgent;                               /* the 24-hour lane */
    const struct casebook_addressees *addressees; /* to whom it may be referred */
    const struct form *form;                      /* what was typed; NULL: nothing yet */
    struct str captured; /* SHA-256 of what was captured of the case in 24 hours, a line each */
    struct str problem;  /* why it was refused; "" if it was not */
    struct str preview;  /* the canonical JSON that would be signed; "" for none */
    const struct str *breaks; /* other hosts in flagged posts that it would cover */
    size_t break_count;
};
void page_propose(const struct page *page, const struct page_propose *propose);
