/* Rules that count as released, for tests of what comes after. */
#pragma once

#include "filter/casebook/casebook.h"
#include "filter/verdict/verdict.h"

/* Lets the verdict's rules open cases in the season of now, as two people would have. */
void release_rules(struct casebook *casebook, const struct verdict *verdict);
