/* "Did you mean". */
#pragma once

#include "filter/base/str.h"

/* How many letters must be put, taken or changed to make one of the other; 99 for long words. */
unsigned rule_distance(struct str a, struct str b);

/* The name most like `word`, of a list that NULL ends; NULL if none is like it at all. */
const char *rule_nearest(struct str word, const char *const *names);
