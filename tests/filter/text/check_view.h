/* What must hold of every view of every text; used by the unit tests and the fuzz target. */
#pragma once

#include <stddef.h>

#include "filter/base/str.h"
#include "filter/text/view.h"

/*
 * NULL if the views of `utf8` keep their promises, else which one is broken: runs cover the view in
 * order; spans lie on code points, lead back in order, and the original span, read again, gives
 * the text of the view. Looks at about `spans` spans of each view.
 */
const char *check_views(struct text_fold *fold, struct text_fold *again, struct str utf8,
                        size_t spans);
