/*
 * What goes to the recipient of a referral: the statement of reasons, the address and the claim,
 * the evidence with its hashes and times, the rule and its revision, who decided and the way to
 * object; and later that it is disputed, stands, or is withdrawn. Made of the case's content each
 * time and kept nowhere, so that it goes with the content. It names no person, and no author.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"
#include "filter/blocklist/entry.h"
#include "filter/casebook/addressees.h"
#include "filter/casebook/casebook.h"
#include "filter/casebook/move.h"
#include "filter/casebook/proposal.h"

struct err;

/* What the recipient is to be told now. X(constant, name) */
#define CASEBOOK_PACKS(X)                                                                          \
    X(PACK_REFERRAL, "referral")   /* what it is about: please decide */                           \
    X(PACK_DISPUTED, "disputed")   /* somebody objected: hold what you do until it is decided */   \
    X(PACK_UPHELD, "upheld")       /* the panel decided: what was referred stands */               \
    X(PACK_WITHDRAWN, "withdrawn") /* nothing of it stands: please undo */

enum casebook_pack_kind {
#define X(constant, name) constant,
    CASEBOOK_PACKS(X)
#undef X
};

const char *casebook_pack_name(enum casebook_pack_kind kind);

enum { CASEBOOK_PACK_RULES = 8, CASEBOOK_PACK_PEOPLE = 2 };

struct casebook_pack_evidence {
    struct hash sha256;
    bool is_captured; /* by saring: then the rest is known */
    int64_t time_ms;
    size_t size;
    struct str url;
};

/* As the register names them, with what they signed of `proposal`. */
struct casebook_pack_person {
    struct str role, pseudonym, organisation; /* "reviewer", "approver" */
    struct str signature;                     /* armored SSHSIG */
};

/* All of it in the arena. */
struct casebook_pack {
    enum casebook_pack_kind kind;
    int64_t case_id;
    enum rule_class class;
    enum casebook_state state;
    bool is_demo; /* of no season: not to be sent */
    enum casebook_recipient recipient;
    struct str recipient_name;
    struct str address; /* where it is handed in, of the list of now; "" if it is not on it */
    struct str url, claim, reason, reason_en, milder;
    int64_t observed_ms, decided_ms, referred_ms;
    int64_t answer_ms; /* by when an answer is expected; CLOCK_NEVER: none is, any more */
    struct casebook_pack_evidence evidence[BLOCKLIST_EVIDENCE_MOST];
    size_t evidence_count;
    const struct casebook_rule *rules;
    size_t rule_count;
    struct casebook_pack_person people[CASEBOOK_PACK_PEOPLE];
    size_t people_count;
    const struct casebook_objection *objections;
    size_t objection_count;
    int64_t ended_ms;     /* PACK_WITHDRAWN */
    struct str ended_why; /* in whose words; "" if the clock did it */
    struct str proposal;  /* the very bytes that were signed */
};

/*
 * Gathers what is to be sent about a case now. REFUSED, with the reason, unless it was referred
 * and its content is still there: nothing is sent that two people have not signed and one has not
 * decided to send.
 */
MUST_CHECK enum casebook_outcome casebook_pack_load(struct casebook *casebook,
                                                    const struct casebook_addressees *list,
                                                    int64_t case_id, struct arena *arena,
                                                    struct casebook_pack *pack, struct err *err);

/*
 * Appends it as canonical JSON, "saring-pack-1": pack.schema.json beside this file says what is in
 * it. `origin` is where the register is served, "https://…"; NULL: not said.
 */
MUST_CHECK bool casebook_pack_write(const struct casebook_pack *pack, const char *origin,
                                    struct buf *out, struct err *err);
