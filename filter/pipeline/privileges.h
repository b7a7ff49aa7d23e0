/* Becoming nobody in particular before anything from outside is read. */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"

struct err;

/*
 * Makes the folder `state` (mode 0700). Run by root, gives it and the files in it to `user` and
 * becomes that user for good. In any case no program started later can gain privileges. Relative
 * paths stay usable afterwards even below a folder that `user` may not enter.
 */
MUST_CHECK bool privileges_drop(const char *state, const char *user, struct err *err);
