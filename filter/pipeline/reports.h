/*
 * Review's side of fact-checks: takes in what ingest reports, and asks it to look again at the
 * pages that cases rest on.
 */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

struct casebook;
struct config;
struct err;
struct reports;

/* Both are borrowed. Never NULL. */
MUST_CHECK struct reports *reports_new(struct casebook *casebook, const struct config *config);
void reports_free(struct reports *reports); /* NULL is fine */

/*
 * Takes a report in, durably; one that comes again changes nothing. An intray_take_report: false if
 * the casebook, or the list of checkers, can't be had now.
 */
bool reports_take(void *reports, struct str report, struct err *err);

/* Appends the pages to be looked at now, as CHANNEL_PAGES has them; often nothing. */
void reports_pages(struct reports *reports, struct buf *pages);
