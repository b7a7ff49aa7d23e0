/*
 * What may never be listed (DESIGN: limit 6; REVIEW: abuse checks 15 to 19). Asked when an entry
 * is proposed, when it is approved and again whenever lists are made, each time of the files as
 * they are then.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/blocklist/entry.h"

struct err;
struct blocklist_guard; /* immutable; any thread */

/*
 * Reads every .txt of protected/ below each of the `folders` (a NULL ends the list). One domain a
 * line stands for itself and all below it; '#' starts a comment. What a file named shared-… names may
 * be listed as single URLs, what the other files name not at all. NULL, with file and line, at
 * a line that is no domain name, or if there is no domain in all the folders: nothing may be listed
 * without a protected list. What rules/protected held when the program was built is protected
 * whatever the folders hold: no option lowers limit 6.
 */
MUST_CHECK struct blocklist_guard *blocklist_guard_load(const char *const *folders,
                                                        struct err *err);
/*
 * The same for a machine without the team's folders: what was built in, and FOLDER/protected if
 * the operator keeps one.
 */
MUST_CHECK struct blocklist_guard *blocklist_guard_shipped(const char *folder, struct err *err);
void blocklist_guard_free(struct blocklist_guard *guard); /* NULL is fine */

/*
 * Whether `entry` may be listed. False says which line of which file, or what else, forbids it: a
 * protected name, one above or below it, a shared platform as more than one URL, an address, a
 * public suffix (ICANN or private), a name that is reserved or has one label.
 */
MUST_CHECK bool blocklist_guard_check(const struct blocklist_guard *guard,
                                      const struct blocklist_entry *entry, struct err *err);

/*
 * The same for a target as somebody typed it, before an entry is made of it. It also refuses a
 * spelling that reads like a protected name and is another one (Cyrillic letters): the look-alike
 * itself can be listed under its A-label, which nobody takes for the other.
 */
MUST_CHECK bool blocklist_guard_check_typed(const struct blocklist_guard *guard,
                                            enum blocklist_scope scope, struct str target,
                                            struct err *err);

/*
 * The same, and which guard refuses: "name" (no name that can be listed, or an address),
 * "reserved", "public_suffix", "protected", "shared_host", "likeness". `*by` says nothing when it
 * returns true.
 */
MUST_CHECK bool blocklist_guard_explain(const struct blocklist_guard *guard,
                                        enum blocklist_scope scope, struct str target,
                                        const char **by, struct err *err);
