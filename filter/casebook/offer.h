/*
 * What an approver is asked to sign, with all that it rests on, as one JSON document: the server
 * writes it, and the approver's own machine reads it as from a stranger, makes the bytes again out
 * of what it says, and shows and signs nothing that is not the same.
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
#include "filter/casebook/proposal.h"

struct blocklist_entry;
struct blocklist_guard;
struct err;

enum { CASEBOOK_OFFER_BYTES = 512 * 1024 };

/* What is asked for. X(constant, name) */
#define CASEBOOK_OFFERS(X)                                                                         \
    X(OFFER_PROPOSAL, "proposal") /* of an approver: what was proposed, after the blind form */    \
    X(OFFER_LANE, "lane")         /* of the second reviewer: the entry of the 24-hour lane */      \
    X(OFFER_RESTORE, "restore")   /* of an approver: a suspended entry in force again */           \
    X(OFFER_APPEAL, "appeal") /* of the panel: what an appeal is about; they decide (decision.h)   \
                               */

enum casebook_offer_what {
#define X(constant, name) constant,
    CASEBOOK_OFFERS(X)
#undef X
};

/* Text in the arena. */
struct casebook_offer {
    enum casebook_offer_what what;
    int64_t case_id, version;
    struct str state;  /* of the case */
    struct str person; /* who is asked, and the key that the server expects of them */
    struct str key;
    enum rule_class class;
    struct str rule_id;
    struct hash revision;
    struct str season; /* 64 hexadecimal digits, or "demo" */
    int64_t season_end_ms;
    /* What is behind the blind form: "" until is_answered. */
    bool is_answered;
    struct str own;                    /* their own answers, canonical JSON */
    struct str proposal, record;       /* OFFER_RESTORE, OFFER_APPEAL: the entry, if any; "" */
    struct str sign;                   /* the bytes that are signed; "" of OFFER_APPEAL */
    struct str reviewer, organisation; /* as folded */
    int64_t made_ms;
    int64_t appeal;   /* OFFER_APPEAL: which (casebook_objection.id); else 0 */
    struct str panel; /* OFFER_APPEAL: the organisation of who is asked, as folded; else "" */
};

/*
 * What this session may sign of a case. Before the blind form was answered nothing of a proposal is
 * in it. REFUSED if there is nothing.
 */
MUST_CHECK enum casebook_outcome casebook_offer(struct casebook *casebook,
                                                const struct casebook_session *session,
                                                int64_t case_id, struct arena *arena,
                                                struct casebook_offer *offer, struct err *err);

/* Appends it as canonical JSON. */
MUST_CHECK bool casebook_offer_write(const struct casebook_offer *offer, struct buf *out,
                                     struct err *err);

/* Reads what that wrote, as from a stranger; nothing of it is believed yet. */
MUST_CHECK bool casebook_offer_read(struct str json, struct arena *arena,
                                    struct casebook_offer *offer, struct err *err);

/*
 * Whether the bytes are those of a proposal for this case and nothing else: made anew from what
 * they say they must come out the same, byte for byte; the case is `case_id`, the time is about
 * now, and, of an entry, its end is ahead and the protected list of this machine allows it.
 * `*entry` is the caller's to free, of KIND_ENTRY, else NULL.
 */
MUST_CHECK bool casebook_offer_check(const struct casebook_offer *offer, int64_t case_id,
                                     int64_t now_ms, const struct blocklist_guard *guard,
                                     enum casebook_kind *kind, struct blocklist_entry **entry,
                                     struct err *err);
