/* Domain names in the form DNS knows (UTS #46, non-transitional, as the WHATWG URL Standard asks).
 */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

struct err;

enum { IDNA_MAX_BYTES = 1024 }; /* of a name as written; DNS knows 253 */

/*
 * Appends `name` (valid UTF-8) in lower case and with A-labels for labels beyond ASCII. Hyphens,
 * lengths and other ASCII signs are not checked; a name all in ASCII is only put in lower case.
 * False, and `out` as before, if a label is not valid.
 */
MUST_CHECK bool idna_to_ascii(struct str name, struct buf *out, struct err *err);
