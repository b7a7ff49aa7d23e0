/*
 * A copy of the casebook without the content of cases: the log, people, keys, decisions and what
 * the register needs; no post, no link, no captured page, no words of a search, no record of what
 * people wrote about posts, no browser's sign-in. It is written without them: they are never in
 * the file, not even for a moment.
 */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/casebook/casebook.h"

struct err;

/*
 * Makes the folder `into` (it must not be there) with casebook.db, its secret, and the head of its
 * log, all of one moment; whoever writes meanwhile goes on. The log's chain is verified in the
 * copy.
 */
MUST_CHECK bool casebook_backup(const char *state, const char *into, const struct clock *clock,
                                struct err *err);

/*
 * Puts such a copy into a state folder that has no casebook yet, after its chain was verified, and
 * writes a row ("restored") to its log. What the log knew after the copy was made is gone: a
 * witness and every saring-pull that saw a later head will say so.
 */
MUST_CHECK bool casebook_restore_backup(const char *from, const char *state,
                                        const struct clock *clock, struct err *err);
