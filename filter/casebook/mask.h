/*
 * Masking in the public register (REVIEW, section 3): who was listed wrongly may ask that the
 * register stop saying whose name it was. That there was a case, who decided, that it was undone
 * and since when stays public, and so do the hashes of its rows; the log keeps all of it.
 */
#pragma once

#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/casebook/casebook.h"
#include "filter/casebook/move.h"
#include "filter/casebook/people.h"

struct err;

/*
 * Masks the rows of a case whose entry was removed or lapsed, with a row in the log and one in the
 * register. An approver or the appeal panel may, and not the team, whose mistakes it could hide;
 * nothing unmasks.
 */
MUST_CHECK enum casebook_outcome casebook_mask(struct casebook *casebook,
                                               const struct casebook_session *session,
                                               int64_t case_id, struct str reason, struct err *err);
