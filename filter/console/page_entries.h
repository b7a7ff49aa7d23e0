/* Entries, those of the 24-hour lane, and appeals: what is in force, until when, and what is said
 * against it. */
#pragma once

#include "filter/casebook/appeal.h"
#include "filter/console/page.h"
#include "filter/console/shapes.h"

void page_entries_open(const struct page *page);
void page_entries_row(const struct page *page, const struct casebook_look_entry *entry);

/* The serial of the last list that was made here; consumers show theirs. "": none yet. */
void page_entries_serial(const struct page *page, struct str serial);

void page_urgent_open(const struct page *page, int64_t live);
void page_urgent_row(const struct page *page, const struct casebook_look_entry *entry);
/* An approver who may be called. */
void page_urgent_call(const struct page *page, const struct shapes_call *call);

enum message page_entry_state(enum casebook_entry_state state);
/* The target and scope in an entry's JSON, defanged. */
void page_entry_target(const struct page *page, struct str json);

void page_appeals_open(const struct page *page);
void page_appeals_row(const struct page *page, const struct casebook_appeal *appeal);
