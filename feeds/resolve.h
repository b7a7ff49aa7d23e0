/* Relative references against a base (RFC 3986, section 5.2), as feeds and their HTML write them.
 */
#pragma once

#include "filter/base/buf.h"
#include "filter/base/str.h"

/* The length of "scheme:" at the start of a URL (section 3.1); 0 if there is none. */
size_t feeds_resolve_scheme(struct str url);

/*
 * Appends `reference`, trimmed, to `out`: made absolute if it is relative and `base` is a URL with
 * an authority, else as it is.
 */
void feeds_resolve(struct str base, struct str reference, struct buf *out);
