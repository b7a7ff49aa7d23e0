/* The page on which an approver judges a proposal: blind first, then with the reviewer's answers.
 */
#pragma once

#include "filter/casebook/proposal.h"
#include "filter/console/page.h"

struct page_approve {
    const struct casebook_page *one;
    const struct casebook_chances *chances;
    bool is_restore;     /* a suspended entry is to be in force again; then no tests are answered */
    bool is_second;      /* a second reviewer of the 24-hour lane, who signs the lane's bytes */
    struct str proposal; /* the bytes to sign; "" until the blind form is in */
    struct str record;   /* what stands behind them, with the reviewer's answers */
    struct str own;      /* this person's answers, as a JSON object; "" if they have none */
    struct str refusal;  /* why the bytes are not given; "" if they are, or were not asked for */
};
void page_approve(const struct page *page, const struct page_approve *approve);
