/*
 * What people note about a case for those who come after them: question, hint, what was tried. Text
 * of people about posts, so it goes with the case's content; the log has its keyed hash alone.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/casebook/casebook.h"
#include "filter/casebook/move.h"
#include "filter/casebook/people.h"

struct err;

enum { CASEBOOK_NOTES_MOST = 50 /* of a case */ };

struct casebook_note {
    int64_t id, time_ms;
    struct str person, words;
};

/*
 * Adds one, with a row in the log: the team, approvers and the appeal panel may, while the case has
 * its content. It is no move: the case stays as it is, and so does its version.
 */
MUST_CHECK enum casebook_outcome casebook_note(struct casebook *casebook,
                                               const struct casebook_session *session,
                                               int64_t case_id, struct str words, struct err *err);

/* Calls `each` for those of a case, the newest first; text stands during the call. */
MUST_CHECK bool casebook_notes(struct casebook *casebook, int64_t case_id,
                               void (*each)(void *context, const struct casebook_note *note),
                               void *context, struct err *err);
