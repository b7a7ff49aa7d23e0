/* The sections of a case's page, one file each. */
#pragma once

#include "filter/casebook/casebook.h"
#include "filter/console/page.h"

void page_case_post(const struct page *page, const struct casebook_page *one);
void page_case_why(const struct page *page, const struct casebook_page *one);
void page_case_copies(const struct page *page, const struct casebook_page *one);
void page_case_history(const struct page *page, const struct casebook_page *one);
void page_case_act(const struct page *page, const struct casebook_page *one,
                   const struct casebook_chances *chances);
void page_case_before(const struct page *page, const struct casebook_page *one);
void page_case_claims(const struct page *page, const struct page_case_more *more);
void page_case_captures(const struct page *page, const struct casebook_page *one,
                        const struct page_case_more *more);
/* The correction or the referral that was proposed, and how it stands. */
void page_case_outcome(const struct page *page, const struct casebook_page *one);
void page_case_objections(const struct page *page, const struct casebook_page *one);

/* A row of the log in words: what, by whom, and its reasons. */
void page_case_action(const struct page *page, struct str name);
void page_case_actor(const struct page *page, struct str name);
void page_case_detail(const struct page *page, struct str detail);
