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
 * Asked after all else: other reasons for doubt (warning.h). It is a stranger here so that what
 * runs on a resolver need not carry it. `free` gives `lists` back.
 */
struct blocklist_doubt {
    bool (*check)(const void *lists, enum blocklist_scope scope, struct str host, struct str url,
                  bool is_narrow, struct err *err);
    void (*free)(void *lists);
    void *lists;
};

/*
 * Reads every .txt of protected/ below each of the `folders` (a NULL ends the list). One domain a
 * line stands for itself and all below it; '#' starts a comment. What a file named shared-… names
 * may be listed as single URLs, what the other files name not at all. NULL, with file and line, at
 * a line that is no domain name, or if there is no domain in all the folders: nothing may be listed
 * without a protected list. What rules/protected held when the program was built is protected
 * whatever the folders hold: no option lowers limit 6. `doubt` is the guard's from then on, also
 * when it fails; NULL: none.
 */
MUST_CHECK struct blocklist_guard *blocklist_guard_read(const char *const *folders,
                                                        const struct blocklist_doubt *doubt,
                                                        struct err *err);

/* The same with the warning lists in warnings/ below each of the folders. */
MUST_CHECK struct blocklist_guard *blocklist_guard_load(const char *const *folders,
                                                        struct err *err);

/*
 * The same for a machine without the team's folders: what was built in, and FOLDER/protected if
 * the operator keeps one.
 */
MUST_CHECK struct blocklist_guard *blocklist_guard_shipped(const char *folder, struct err *err);
void blocklist_guard_free(struct blocklist_guard *guard); /* NULL is fine */

/* What refuses. X(constant, bit, name) */
#define BLOCKLIST_GUARDS(X)                                                                        \
    X(BLOCKLIST_GUARD_NAME, 1, "name")            /* no name that can be listed, or an address */  \
    X(BLOCKLIST_GUARD_RESERVED, 2, "reserved")    /* where blocking breaks machines */             \
    X(BLOCKLIST_GUARD_SUFFIX, 4, "public_suffix") /* ICANN or private */                           \
    X(BLOCKLIST_GUARD_PROTECTED, 8, "protected")  /* a protected name, or one below or above it */ \
    X(BLOCKLIST_GUARD_SHARED, 16, "shared_host")  /* a platform as more than one URL */            \
    X(BLOCKLIST_GUARD_LIKENESS, 32, "likeness") /* a spelling that reads like a protected name */  \
    X(BLOCKLIST_GUARD_WARNING, 64, "warning")   /* a warning list names it */                      \
    X(BLOCKLIST_GUARD_ALIAS, 128, "alias")      /* a CNAME joins it and a protected name */

enum blocklist_guard_bit {
#define X(constant, bit, name) constant = (bit),
    BLOCKLIST_GUARDS(X)
#undef X
};

/*
 * Whether `entry` may be listed. False says which line of which file, or what else, forbids it: a
 * protected name, one above or below it, a shared platform as more than one URL, an address, a
 * public suffix (ICANN or private), a name that is reserved or has one label.
 */
MUST_CHECK bool blocklist_guard_check(const struct blocklist_guard *guard,
                                      const struct blocklist_entry *entry, struct err *err);

/*
 * Whether nothing raises doubt about an entry that may be listed: warning lists. A list of now is
 * without what is in doubt now, but the entry stands: once the doubt is gone it is there again.
 */
MUST_CHECK bool blocklist_guard_check_doubt(const struct blocklist_guard *guard,
                                            const struct blocklist_entry *entry, struct err *err);

/* Calls `each` for every name of the protected lists, shared platforms among them. */
void blocklist_guard_names(const struct blocklist_guard *guard,
                           void (*each)(void *context, struct str name), void *context);

/*
 * Both for a target as somebody typed it, before an entry is made of it. It also refuses a
 * spelling that reads like a protected name and is another one (Cyrillic letters): the look-alike
 * itself can be listed under its A-label, which nobody takes for the other.
 */
MUST_CHECK bool blocklist_guard_check_typed(const struct blocklist_guard *guard,
                                            enum blocklist_scope scope, struct str target,
                                            struct err *err);

/* The same, and in `*by` which guards refuse, bits of enum blocklist_guard_bit; `err` has the
 * reason of the first. */
MUST_CHECK bool blocklist_guard_explain(const struct blocklist_guard *guard,
                                        enum blocklist_scope scope, struct str target, unsigned *by,
                                        struct err *err);

/*
 * The protected name that a canonical host reads like, its A-labels decoded; "" if it is none or is
 * protected itself. It stands as long as the guard.
 */
struct str blocklist_guard_looks_like(const struct blocklist_guard *guard, struct str host);
