/*
 * Refused sign-ins as rows of the log, bounded: the first one at once, then at most one row an hour
 * that counts all since the last, so that whoever tries passwords fills neither the chain nor the
 * disk. A row has counts and the names of accounts that there are, no address, and nothing that
 * was typed.
 */
#pragma once

#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

struct casebook;
struct refused; /* of one console; one thread */

#define REFUSED_HOUR_MS ((int64_t)3600 * 1000)

/* X(constant, name in the row, in words) */
#define REFUSED_KINDS(X)                                                                           \
    X(REFUSED_PASSWORD, "passwords", "sandi / passwords")                                          \
    X(REFUSED_CODE, "codes", "kode / codes")                                                       \
    X(REFUSED_WAIT, "waits", "terlalu cepat / too soon")                                           \
    X(REFUSED_TOKEN, "tokens", "token mesin / tokens of machines")

enum refused_kind {
#define X(constant, name, words) constant,
    REFUSED_KINDS(X)
#undef X
};

enum { REFUSED_PEOPLE_MOST = 32 }; /* names in one row; more are counted without them */

MUST_CHECK struct refused *refused_new(void); /* never NULL */
void refused_free(struct refused *refused);   /* NULL is fine */

/*
 * Counts one, and writes a row if an hour went by since the last. `person`: an account that there
 * is; "" for what is none. What cannot be written is told to the process' log, and counted on.
 */
void refused_note(struct refused *refused, struct casebook *casebook, enum refused_kind kind,
                  struct str person, int64_t now_ms);

/* Writes what was counted and is due. */
void refused_settle(struct refused *refused, struct casebook *casebook, int64_t now_ms);
