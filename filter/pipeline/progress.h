/* How far standard input is through: lines end in any order, progress is the unbroken front. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"

struct progress;

MUST_CHECK struct progress *progress_new(void);
void progress_free(struct progress *progress); /* NULL is fine */

/* Any thread: line `number` (from 1) is through. Returns how many lines are, from the first on. */
uint64_t progress_through(struct progress *progress, uint64_t number);
