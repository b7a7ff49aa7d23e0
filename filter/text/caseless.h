/* Text whose case does not count, one code point for each: Unicode's simple case folding. */
#pragma once

#include "filter/base/buf.h"
#include "filter/base/str.h"

/*
 * Appends `text`, valid UTF-8, so that two texts are the same but for case where the results are
 * equal, as PCRE2's caseless matching has it (K and the Kelvin sign are one, ß and ss are not).
 */
void text_caseless(struct str text, struct buf *out);
