/* How often a literal turns up in Indonesian text, from a table of byte pairs measured on it. */
#pragma once

#include <stddef.h>

#include "filter/base/str.h"

/* Expected occurrences in a byte of folded text: at most 1, never 0. */
double rule_frequency(struct str literal);

/*
 * The same for the `size` bytes at each offset of `literal` (size <= literal.len), into `out` with
 * room for literal.len - size + 1.
 */
void rule_frequency_windows(struct str literal, size_t size, float *out);
