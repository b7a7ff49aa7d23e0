/*
 * Which rules may open cases. A new or changed rule is a shadow: its hits are counted and nothing
 * of the posts is kept, until a second person releases its hash (filter/rule/release.h). A release
 * is for one season; the rules that are shipped come released for the demonstration alone.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/casebook/move.h"
#include "filter/rule/rule.h"

struct err;

/* What people do with a rule. X(constant, name) */
#define CASEBOOK_RULE_STEPS(X)                                                                     \
    X(CASEBOOK_RULE_SUBMIT, "rule_submit")     /* the team: this is how it should be */            \
    X(CASEBOOK_RULE_RELEASE, "rule_release")   /* another person, of the team or independent */    \
    X(CASEBOOK_RULE_WITHDRAW, "rule_withdraw") /* either, or the appeal panel: a shadow again */

enum casebook_rule_step {
#define X(constant, name) constant,
    CASEBOOK_RULE_STEPS(X)
#undef X
};

/*
 * Makes a step, with a row in the log, or refuses it, which is logged too. `reason` is 3 to 1,500
 * characters: what changed, what was looked at, why. In a season nobody releases a rule within 72
 * hours of getting an account. `err` is set unless CASEBOOK_DONE.
 */
MUST_CHECK enum casebook_outcome casebook_rule_move(struct casebook *casebook,
                                                    const struct casebook_session *session,
                                                    enum casebook_rule_step step,
                                                    const struct rule *rule, struct str reason,
                                                    struct err *err);

/* How far a rule has come, as it is now. */
struct casebook_rule_standing {
    bool is_submitted, is_released, is_shipped; /* shipped: released for the demonstration */
    char submitter[CASEBOOK_NAME_MOST + 1], releaser[CASEBOOK_NAME_MOST + 1]; /* "": nobody yet */
    int64_t submitted_ms, released_ms;
    uint64_t shadow_hits; /* counted so far, of this very form of the rule */
};
MUST_CHECK bool casebook_rule_standing(struct casebook *casebook, const struct hash *release,
                                       struct casebook_rule_standing *standing, struct err *err);

/*
 * Appends the hashes of all that is released now, HASH_BYTES each, in byte order: nothing once a
 * season is over.
 */
MUST_CHECK bool casebook_rules_released(struct casebook *casebook, struct buf *out,
                                        struct err *err);

/* Counts hits of a shadow on the day of now: the rule and a number, nothing of the posts. */
MUST_CHECK bool casebook_shadow_add(struct casebook *casebook, const struct rule *rule,
                                    uint64_t hits, struct err *err);

/* What came of the cases that a revision of a rule opened: from the log, so that a purge of their
 * content changes nothing. Text stands during the call. */
struct casebook_rule_counts {
    struct str rule_id;
    struct hash revision;
    uint64_t flagged, cases; /* posts; cases opened */
    uint64_t dismissed, upheld, rejected, lapsed;
};
MUST_CHECK bool casebook_rule_counts(struct casebook *casebook,
                                     void (*each)(void *context,
                                                  const struct casebook_rule_counts *counts),
                                     void *context, struct err *err);

/* The reasons for which cases of a revision were dismissed, the most frequent first. */
MUST_CHECK bool
casebook_rule_dismissals(struct casebook *casebook, struct str rule_id, const struct hash *revision,
                         void (*each)(void *context, struct str reason, uint64_t count),
                         void *context, struct err *err);
