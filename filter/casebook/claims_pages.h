/* The pages of reviews that are looked at again: claims.c's, and nobody else's. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "feeds/report.h"
#include "filter/base/attr.h"

struct casebook;
struct err;

/*
 * Within a transaction: notes that a page was looked at, when it is next, and whether it is gone.
 * Only of a page that a case rests on; of a report that is of no page nothing is done.
 */
MUST_CHECK bool casebook_claims_looked(struct casebook *casebook, const struct feeds_report *from,
                                       int64_t now_ms, bool *is_gone, struct err *err);
