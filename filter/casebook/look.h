/*
 * What the console's pages look at, beside the queue and a case (casebook.h): what a person may do
 * with a case, what waits, entries, cases that are alike. Reads alone; any handle will do.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"
#include "filter/blocklist/entry.h"
#include "filter/casebook/casebook.h"
#include "filter/casebook/move.h"
#include "filter/casebook/people.h"

struct err;

/* How many cases of the season of now wait for people. */
MUST_CHECK bool casebook_look_waiting(struct casebook *casebook, int64_t *waiting, struct err *err);

/* What one person may do with a case as it is now. The move itself is checked anew. */
struct casebook_chances {
    uint64_t actions; /* bits 1 << enum casebook_action */
    uint64_t reasons; /* those of them that need a reason in words */
    bool is_holder, is_proposer;
    int64_t lease;           /* of a holder: the token for the next move */
    bool is_answered;        /* an approver's blind form is in, on the proposal of now */
    int64_t proposal;        /* its number; 0: there is none */
    enum casebook_kind kind; /* of it */
};
MUST_CHECK bool casebook_look_chances(struct casebook *casebook, struct str name,
                                      enum casebook_role role, int64_t case_id,
                                      struct casebook_chances *chances, struct err *err);

/* An entry that is or was. Text stands during the call. */
struct casebook_look_entry {
    int64_t case_id;
    struct hash id;
    enum casebook_entry_state state;
    int64_t since_ms, end_ms, due_ms;
    struct str json, reviewer, approver, season;
};

/*
 * Calls `each` for entries, those in force first, then the newest, from behind `after` on (NULL:
 * from the first one on); it returns false to stop.
 */
MUST_CHECK bool
casebook_look_entries(struct casebook *casebook, bool only_live, const struct casebook_after *after,
                      size_t offset, size_t limit,
                      bool (*each)(void *context, const struct casebook_look_entry *entry),
                      void *context, struct err *err);

/* Its place in that order. */
struct casebook_after casebook_look_entry_place(const struct casebook_look_entry *entry);

/* Cases that wait unclaimed, by the rule that flagged them. Text stands during the call. */
struct casebook_look_group {
    struct str rule_id, rule_title;
    enum rule_class class;
    int64_t cases, copies, oldest_ms;
};
MUST_CHECK bool casebook_look_groups(struct casebook *casebook,
                                     bool (*each)(void *context,
                                                  const struct casebook_look_group *group),
                                     void *context, struct err *err);

/*
 * Other hosts in flagged posts of waiting cases that an entry of that scope and target would cover:
 * what else would break. At most 200 posts are looked at. `each` returns false to stop.
 */
MUST_CHECK bool casebook_look_covered(struct casebook *casebook, enum blocklist_scope scope,
                                      struct str target, int64_t case_id,
                                      bool (*each)(void *context, struct str host), void *context,
                                      struct err *err);

/* A case that another one could be merged into (ACTION_MERGE). Text stands during the call. */
struct casebook_look_target {
    int64_t id, version, opened_ms, copies;
    enum casebook_state state;
    int64_t shared; /* by how many links, sites and parts of wordings both are found */
    bool is_same_rule;
    struct str rule_title, title, text; /* of its first post */
};

/*
 * Those for this case that this person may merge it into: of its class and season, waiting, never
 * proposed, in nobody else's hands. What they share counts first, then the rule; at most `limit`.
 */
MUST_CHECK bool
casebook_look_targets(struct casebook *casebook, struct str name, int64_t case_id, size_t limit,
                      bool (*each)(void *context, const struct casebook_look_target *target),
                      void *context, struct err *err);

/* A case that waits unclaimed, for comparing it with others of its rule. Text as above. */
struct casebook_look_alike {
    int64_t id, version, opened_ms, copies;
    enum rule_class class;
    struct str rule_title, title, text; /* of its first post */
};
MUST_CHECK bool casebook_look_alike(struct casebook *casebook, struct str rule_id,
                                    const struct casebook_after *after, size_t offset, size_t limit,
                                    bool (*each)(void *context,
                                                 const struct casebook_look_alike *one),
                                    void *context, struct err *err);
struct casebook_after casebook_look_alike_place(const struct casebook_look_alike *one);
