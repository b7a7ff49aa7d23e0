/*
 * What the appeal panel signs when what was decided shall stand: canonical JSON of the appeal, its
 * case and the entry by its hash, the result, the reason, the time and the panel's organisation.
 * Overturning takes no signature: it releases, and doubt releases.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"
#include "filter/casebook/move.h"

struct err;

#define CASEBOOK_DECISION_TYPE "saring-appeal-1"

enum {
    CASEBOOK_DECISION_BYTES = 16 * 1024,
    /* How far two clocks may differ: the time is that of the machine that wrote the bytes. */
    CASEBOOK_DECISION_APART_MS = 10 * 60 * 1000,
};

/* Text in the arena of who made or read it. */
struct casebook_decision {
    int64_t appeal, case_id;           /* appeal: casebook_objection.id */
    bool has_entry;                    /* else a correction or a referral: the case names it */
    struct hash entry;                 /* its identity, which is the hash of its bytes */
    enum casebook_appeal_state result; /* APPEAL_UPHELD or APPEAL_ABUSIVE */
    struct str reason, organisation;   /* organisation: the panel's, as folded */
    int64_t decided_ms;
};

/* What the panel's action leads to; false if it is none that is signed. */
MUST_CHECK bool casebook_decision_result(enum casebook_action action,
                                         enum casebook_appeal_state *result);

/* Appends the bytes. */
MUST_CHECK bool casebook_decision_write(const struct casebook_decision *decision, struct buf *out,
                                        struct err *err);

/* Reads them, as from a stranger; false unless casebook_decision_write writes them so. */
MUST_CHECK bool casebook_decision_read(struct str bytes, struct arena *arena,
                                       struct casebook_decision *decision, struct err *err);

/*
 * Appends the bytes that this session's decision would be: action, case_id, appeal and reason of
 * the request. Sign them with `ssh-keygen -Y sign -n saring`; the move takes them as `proposal`
 * beside their `signature`. Refused as the move would be, but nothing is logged.
 */
MUST_CHECK enum casebook_outcome casebook_decision_draft(struct casebook *casebook,
                                                         const struct casebook_session *session,
                                                         const struct casebook_request *request,
                                                         struct buf *bytes, struct err *err);
