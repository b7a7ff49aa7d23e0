/* Checks a page the way that an attacker would: as a tree. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/str.h"

/*
 * Fails the test unless `page` is well-formed XML that has nothing but the elements and attributes
 * that our pages use: no script, no style, nothing that loads or runs, no link but to a place of
 * ours ("/…", "#…") or to http(s) with rel="noopener noreferrer external".
 */
void assert_harmless(struct str page);

/* The text of all elements of that name, one after the other, a '|' behind each. Freed by the
 * caller. */
char *texts_of(struct str page, const char *element);

/* How many elements of that name there are. */
size_t count_of(struct str page, const char *element);
