/*
 * Warning lists: what others know to be hit by mistake, in MISP's format (the JSON files of
 * github.com/MISP/misp-warninglists). They raise doubt, and what is in doubt is proposed by
 * nobody and in no list that is made; an entry that was signed stands, other than against the
 * protected list (guard.h).
 */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/blocklist/entry.h"

struct err;
struct blocklist_warnings; /* immutable; any thread */

/*
 * Reads every .json of warnings/ below each of the `folders` (a NULL ends the list); there may be
 * none. NULL, with the file and the number of the value, at one that is no warning list: types
 * string, hostname, substring, regex (with or without /…/i) and cidr. Lists whose
 * matching_attributes name neither hosts nor URLs nor addresses are left out.
 */
MUST_CHECK struct blocklist_warnings *blocklist_warnings_load(const char *const *folders,
                                                              struct err *err);
void blocklist_warnings_free(struct blocklist_warnings *warnings); /* NULL is fine */

/*
 * Whether no list names the target: `host` is canonical (an address, too), `url` the canonical URL
 * or "". False says which list, by what. A name in a list stands for itself and all below it, and a
 * DOMAIN entry above it hits it as well; a public suffix stands for itself alone. Of a URL for
 * which `is_narrow` (one page on a host that is shared anyway) only the whole URL is looked at. A
 * regex that gives up is a hit.
 */
MUST_CHECK bool blocklist_warnings_check(const struct blocklist_warnings *warnings,
                                         enum blocklist_scope scope, struct str host,
                                         struct str url, bool is_narrow, struct err *err);
