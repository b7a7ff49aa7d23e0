/* Sources: how each is, and the switch; sources.yml stays the truth. */
#pragma once

#include "feeds/source.h"
#include "feeds/state.h"
#include "feeds/status.h"
#include "filter/console/page.h"

void page_sources_open(const struct page *page, struct str file);
/* `health`: what it says of itself, with what to do; `may_switch`: a button is there. */
void page_sources_row(const struct page *page, const struct feeds_source *source,
                      const struct feeds_state *state, struct str health, bool may_switch);
void page_sources_problem(const struct page *page, struct str problem);
enum message page_sources_status(enum feeds_status status);
