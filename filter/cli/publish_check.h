/* What consumers' own checkers say of lists before anybody reads them. */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"

struct err;

/*
 * Asks every checker that is installed about the lists in `folder`, all at once; its path holds no
 * quote, backslash or '$'. False, naming the first that refuses its file.
 */
MUST_CHECK bool publish_check(const char *folder, struct err *err);
