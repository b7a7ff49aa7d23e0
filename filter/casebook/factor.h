/*
 * The second factor: time-based codes (TOTP, RFC 6238: SHA-1, 6 digits, 30 s, one step of
 * tolerance, no code twice) and recovery codes that work once. Secrets lie sealed in the casebook,
 * with its key; recovery codes as keyed hashes.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"
#include "filter/casebook/people.h"

struct err;

/* Within how long of a second factor somebody may approve, and make any other move. */
#define CASEBOOK_FRESH_MS ((int64_t)10 * 60 * 1000)
#define CASEBOOK_FACTOR_MS ((int64_t)8 * 3600 * 1000)

enum {
    CASEBOOK_RECOVERY_CODES = 10,
    CASEBOOK_RECOVERY_TEXT = 20, /* "abcd-efgh-ijkl-mnop", NUL included */
};

struct casebook_recovery {
    char code[CASEBOOK_RECOVERY_CODES][CASEBOOK_RECOVERY_TEXT];
};

enum casebook_factor {
    FACTOR_FITS,
    FACTOR_WRONG,  /* of another time, used before, or no code of this person's */
    FACTOR_NONE,   /* the person has no second factor */
    FACTOR_FAILED, /* could not be asked: `err` is set */
};

/*
 * Makes a secret for a person who has none in use, and appends its
 * otpauth://totp/… URI. It counts once a code of it was confirmed; until then another offer takes
 * its place. False if there is one in use.
 */
MUST_CHECK bool casebook_factor_offer(struct casebook *casebook, struct str name, struct buf *uri,
                                      struct err *err);

/* Puts the offered secret to use if the code is of it, and makes the first recovery codes. */
MUST_CHECK enum casebook_factor casebook_factor_confirm(struct casebook *casebook, struct str name,
                                                        struct str code,
                                                        struct casebook_recovery *recovery,
                                                        struct err *err);

/* Takes a code, of time or of recovery, which is used up by it. */
MUST_CHECK enum casebook_factor casebook_factor_take(struct casebook *casebook, struct str name,
                                                     struct str code, struct err *err);

/* New recovery codes in place of all before. */
MUST_CHECK bool casebook_factor_recovery(struct casebook *casebook, struct str name,
                                         struct casebook_recovery *recovery, struct err *err);

/*
 * Takes a person's second factor away, for one who lost it and the recovery codes too; browsers
 * are signed out. The account counts as new from then on: nobody approves within 72 hours of it.
 */
MUST_CHECK bool casebook_factor_reset(struct casebook *casebook, struct str name, struct str reason,
                                      struct err *err);

/* The same by the person, who has just shown it: for a new device. The log says that it was they.
 */
MUST_CHECK bool casebook_factor_renew(struct casebook *casebook, struct str name, struct err *err);

/* Whether a second factor is in use, and how many recovery codes are left. */
MUST_CHECK bool casebook_factor_state(struct casebook *casebook, struct str name, bool *in_use,
                                      int64_t *recovery_left, struct err *err);

/* casebook_factor_confirm of a session of the terminal, which has its second factor with it. */
MUST_CHECK enum casebook_factor casebook_session_confirm_factor(struct casebook *casebook,
                                                                struct casebook_session *session,
                                                                struct str code,
                                                                struct casebook_recovery *recovery,
                                                                struct err *err);

/*
 * Gives a session of the terminal its second factor. The casebook remembers for CASEBOOK_FACTOR_MS
 * that this person gave one at a terminal, as sudo does: a later session there has it already.
 */
MUST_CHECK enum casebook_factor casebook_session_take_factor(struct casebook *casebook,
                                                             struct casebook_session *session,
                                                             struct str code, struct err *err);
