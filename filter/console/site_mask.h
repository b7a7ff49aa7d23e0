/* What the public sees of rows of the register whose case is masked (casebook/mask.h). */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/casebook/register.h"

struct err;

/* The row as a tree of the caller's; of a masked one what names nobody. NULL if it is damaged. */
MUST_CHECK json_t *site_mask_read(const struct casebook_registered *row);

/*
 * Appends the row's line of the data. Of a masked one that is {"hash","masked","prev","seq"}: with
 * it the chain can be verified as before, and guesses at what it said cannot.
 */
MUST_CHECK bool site_mask_line(const struct casebook_registered *row, struct buf *out,
                               struct err *err);
