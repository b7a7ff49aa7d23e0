/* The versions of the team's rule files: who, when, what changed, and the files themselves. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/casebook/move.h"
#include "filter/rule/snapshot.h"

struct err;

struct casebook_version {
    int64_t id, time_ms;
    struct str who;     /* a person's name, or "file:NAME", the owner of the files that changed */
    struct str how;     /* "edit", or what a rollback went back to and why */
    struct str changes; /* a JSON array of "+path", "-path", "~path" */
    struct hash hash;   /* of all files */
};

/*
 * Keeps the files as a new version, with a row in the log, unless they are those of the last one.
 * `who` "" is the owner of the files that changed. `*id` is the version's number.
 */
MUST_CHECK bool casebook_version_put(struct casebook *casebook,
                                     const struct rule_snapshot *snapshot, struct str who,
                                     struct str how, int64_t *id, struct err *err);

/* Calls `each` for all versions, the newest first. Text stands during the call. */
MUST_CHECK bool casebook_version_list(struct casebook *casebook,
                                      void (*each)(void *context,
                                                   const struct casebook_version *version),
                                      void *context, struct err *err);

/* The files of a version; `*found` is false if there is none of that number. */
MUST_CHECK bool casebook_version_get(struct casebook *casebook, int64_t id,
                                     struct rule_snapshot *snapshot, bool *found, struct err *err);

/* Whether this person may go back to another version: the team may. A refusal is logged. */
MUST_CHECK enum casebook_outcome casebook_version_judge(struct casebook *casebook,
                                                        const struct casebook_session *session,
                                                        struct str reason, struct err *err);
