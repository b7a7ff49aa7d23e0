/*
 * Sign-ins from browsers. A browser has a token of 256 random bits; the casebook keeps a keyed hash
 * of it, and who is behind it is looked up anew at every request. The key that a reviewer's
 * password seals is unsealed in locked memory of this process alone: after a restart reviewers
 * sign in again, all others are still in.
 *
 * Who tries in vain is slowed down, nobody is locked out: a browser that signed in before has a
 * device token, and tries from it wait for their own failures alone, whatever strangers do. What
 * was refused is counted in the log (refused.h); no address is ever written down.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"
#include "filter/casebook/factor.h"
#include "filter/casebook/people.h"

struct err;

/* The sessions of one console; one thread, always with the same casebook, open for writing. */
struct casebook_web;

#define CASEBOOK_WEB_IDLE_MS ((int64_t)15 * 60 * 1000)      /* without a request */
#define CASEBOOK_WEB_WHOLE_MS ((int64_t)8 * 3600 * 1000)    /* since the password */
#define CASEBOOK_WEB_CODE_MS ((int64_t)10 * 60 * 1000)      /* between password and code */
#define CASEBOOK_DEVICE_MS ((int64_t)90 * 24 * 3600 * 1000) /* since the device last signed in */

enum { CASEBOOK_TOKEN_TEXT = 44 }; /* base64url of 256 bits, NUL included */

struct casebook_token {
    char text[CASEBOOK_TOKEN_TEXT]; /* "" if there is none */
};

enum casebook_stage {
    STAGE_CODE,  /* the password fitted; nothing but giving the second factor */
    STAGE_ENROL, /* the password fitted, there is no second factor: nothing but enrolling one */
    STAGE_IN,
};

enum casebook_sign_in {
    SIGN_IN_DONE,
    SIGN_IN_WRONG,   /* in one wording and time, whatever it is that was wrong */
    SIGN_IN_WAIT,    /* too many failures: not before `wait_ms`; nothing was looked at */
    SIGN_IN_REFUSED, /* casebook_web_new_password alone: `err` says what the new one lacks */
    SIGN_IN_FAILED,  /* could not be done */
};

/* Whence a try comes. Text is borrowed. */
struct casebook_caller {
    struct str address; /* as "192.0.2.1" or "2001:db8::1" */
    struct str device;  /* the device cookie's value; "" if it sent none */
};

/* What a step of signing in gives. Each step that is done has a new token; the old one is void. */
struct casebook_signed {
    struct casebook_token token;
    enum casebook_stage stage;
    struct casebook_token device; /* to keep for CASEBOOK_DEVICE_MS; "": keep the one there is */
    int64_t wait_ms;              /* SIGN_IN_WAIT */
};

MUST_CHECK struct casebook_web *casebook_web_new(void); /* never NULL */
void casebook_web_free(struct casebook_web *web);       /* NULL is fine; keys are wiped */

/* First step: name and password. `before` is the token that came along, void from then on. */
MUST_CHECK enum casebook_sign_in
casebook_web_password(struct casebook_web *web, struct casebook *casebook,
                      const struct casebook_caller *caller, struct str before, struct str name,
                      struct str password, struct casebook_signed *signed_in, struct err *err);

/*
 * Second step of STAGE_CODE: a code of time or of recovery. The same of STAGE_IN makes the second
 * factor fresh (CASEBOOK_FRESH_MS), which an approval asks for. SIGN_IN_WRONG leaves the token as
 * it was.
 */
MUST_CHECK enum casebook_sign_in
casebook_web_code(struct casebook_web *web, struct casebook *casebook,
                  const struct casebook_caller *caller, struct str token, struct str code,
                  struct casebook_signed *signed_in, struct err *err);

/* STAGE_ENROL: appends the URI of a new secret, for a QR code (filter/base/qr.h); */
MUST_CHECK bool casebook_web_offer(struct casebook_web *web, struct casebook *casebook,
                                   struct str token, struct buf *uri, struct err *err);
/* … and puts it to use with its first code: in, with the recovery codes to be shown once. */
MUST_CHECK enum casebook_sign_in
casebook_web_enrol(struct casebook_web *web, struct casebook *casebook,
                   const struct casebook_caller *caller, struct str token, struct str code,
                   struct casebook_signed *signed_in, struct casebook_recovery *recovery,
                   struct err *err);

/* Who asks. Everything stands until the next call about this `web`. */
struct casebook_visit {
    enum casebook_stage stage;
    const struct casebook_session *session; /* of STAGE_IN, for casebook_move; else NULL */
    struct str name;
    struct str organisation; /* as shown */
    enum casebook_role role;
    char csrf[CASEBOOK_TOKEN_TEXT]; /* to be sent back with every form of this session */
    bool is_fresh;                  /* the second factor is fresh enough for an approval */
    bool needs_key; /* a key is sealed by the password and not at hand: sign in again to sign */
    int64_t idle_end_ms, end_ms;
};

/*
 * Looks up who is behind a token; that counts as a request. `*found` is false for a token that is
 * unknown, void, idle for too long or too old, and of a person who was disabled, moved or given
 * another role or password since.
 */
MUST_CHECK bool casebook_web_find(struct casebook_web *web, struct casebook *casebook,
                                  struct str token, struct casebook_visit *visit, bool *found,
                                  struct err *err);

/* Counts a machine's token (machine.h) that is none among the sign-ins that were refused. */
MUST_CHECK bool casebook_web_token_refused(struct casebook_web *web, struct casebook *casebook,
                                           struct err *err);

/* Whether `given` is the token that the session's forms hold; in constant time. */
bool casebook_web_csrf_fits(const struct casebook_visit *visit, struct str given);

/* STAGE_IN: a new password for the old one; all other sessions of the person end, the token is new.
 */
MUST_CHECK enum casebook_sign_in
casebook_web_new_password(struct casebook_web *web, struct casebook *casebook,
                          const struct casebook_caller *caller, struct str token,
                          struct str old_password, struct str new_password,
                          struct casebook_signed *signed_in, struct err *err);

/* Ends the session of a token, or all of its person's. An unknown one is fine. */
enum casebook_end { END_THIS, END_ALL };
MUST_CHECK bool casebook_web_end(struct casebook_web *web, struct casebook *casebook,
                                 struct str token, enum casebook_end which, struct err *err);

/* A sign-in of the person behind a token, as they may see their own. */
enum { CASEBOOK_SIGN_IN_ID = 17 };
struct casebook_sign_in_seen {
    char id[CASEBOOK_SIGN_IN_ID]; /* names it to casebook_web_end_one; opens nothing */
    enum casebook_stage stage;
    int64_t made_ms, seen_ms; /* seen: to a minute */
    bool is_this;             /* it is the token's own */
};

/* Calls `each` for them, the newest first. */
MUST_CHECK bool
casebook_web_list(struct casebook_web *web, struct casebook *casebook, struct str token,
                  void (*each)(void *context, const struct casebook_sign_in_seen *one),
                  void *context, struct err *err);

/* Ends another sign-in of the token's person; `id` "": all but the token's own. `*ended` counts. */
MUST_CHECK bool casebook_web_end_one(struct casebook_web *web, struct casebook *casebook,
                                     struct str token, struct str id, size_t *ended,
                                     struct err *err);
