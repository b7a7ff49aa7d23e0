/* How often a literal turns up in Indonesian text, from tables measured on it. */
#pragma once

#include <stddef.h>

#include "filter/base/str.h"

/* Expected occurrences in a byte of folded text: at most 1, never 0. Knows frequent words. */
double rule_frequency(struct str literal);

/* The same of a piece cut out of a word: by its bytes alone. */
double rule_frequency_window(struct str window);

struct rule_byte_set;

/* The same of bytes side by side, one out of each set. */
double rule_frequency_run(const struct rule_byte_set *sets, size_t count);
