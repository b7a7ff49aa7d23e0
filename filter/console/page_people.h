/* People and organisations: who acts for whom, what ties them, which conflicts they declared. */
#pragma once

#include "filter/casebook/organisation.h"
#include "filter/console/page.h"

void page_people_open(const struct page *page);
void page_people_organisation(const struct page *page, const struct casebook_organisation *one);
void page_people_between(const struct page *page); /* the organisations end, the people start */
void page_people_person(const struct page *page, const struct casebook_person *person);
/* `own`: what the visitor declared. */
void page_people_close(const struct page *page, struct str own);
