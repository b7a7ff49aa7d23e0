/* A casebook whose log lists many entries, signed by two people, without the weeks it takes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"

struct err;

/*
 * Appends rows to the casebook of the folder STATE, which it makes: two people if there are none
 * yet, and `count` entries of a demonstration, the first of case `from`, that are in force for a
 * week.
 */
MUST_CHECK bool log_make(const char *state, size_t from, size_t count, struct err *err);
