/* Checking and mending UTF-8 (RFC 3629: no surrogates, no overlong forms, nothing past U+10FFFF).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/buf.h"
#include "filter/base/str.h"

bool utf8_is_valid(struct str bytes);

/*
 * Appends `bytes` to `out`, each maximal bad sequence (Unicode 15, section 3.9) as U+FFFD.
 * Returns how many were replaced.
 */
size_t utf8_mend(struct str bytes, struct buf *out);

/* Whether position `at` of valid UTF-8 is the start of a code point or its end. */
bool utf8_is_boundary(struct str text, size_t at);
