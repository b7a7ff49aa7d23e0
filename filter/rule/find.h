/* Where a text stands in a short one: what memmem says, without what it prepares first. */
#pragma once

#include "filter/base/attr.h"
#include "filter/base/str.h"

/* The first place; NULL if there is none. `what` is not empty. */
MUST_CHECK const char *rule_find(struct str text, struct str what);

/* The same without what only this processor has, for tests. */
MUST_CHECK const char *rule_find_portably(struct str text, struct str what);
