/*
 * The fact-checkers whose ratings count (DESIGN: limit 1): independent of the state, by name and
 * site, as allow/fact-checkers.txt of the rules' folders lists them.
 */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

struct err;
struct rule_checkers;

/*
 * Reads the list of each folder (a NULL at the end); a folder without one has none. NULL with the
 * first bad line.
 */
MUST_CHECK struct rule_checkers *rule_checkers_load(const char *const *folders, struct err *err);
void rule_checkers_free(struct rule_checkers *checkers); /* NULL is fine */

/*
 * The checker on whose site the review `url` (https) stands, by its listed name; "" if on none's.
 * Of several sites the longest name decides. Stands as long as the checkers.
 */
struct str rule_checkers_of(const struct rule_checkers *checkers, struct str url);

/*
 * Whether a rating says "false" and nothing less: Salah, Hoaks, Hoax, Palsu, Tidak benar, False or
 * Fake, in any case, brackets around it or not. "Misleading" or "partly" leave room for opinion.
 */
bool rule_rating_is_false(struct str rating);
