/*
 * Seasons (DESIGN: limit 8): the file that says for which election, from when to when, and whose
 * keys speak, signed by the team and by an independent organisation.
 *
 * {"end":"…Z","name":"…","organisations":[{"keys":["ssh-ed25519 AAAA…"],"name":"…","role":"team"}],
 *  "start":"…Z","type":"saring-season-1"}, canonical JSON (RFC 8785) without a newline.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"
#include "filter/casebook/casebook.h"
#include "filter/casebook/move.h"
#include "filter/casebook/people.h"

struct err;

#define CASEBOOK_SEASON_LONGEST_MS ((int64_t)240 * 24 * 3600 * 1000)

enum { CASEBOOK_SEASON_BYTES = 256 * 1024 };

struct casebook_season_organisation {
    struct str name;
    enum casebook_role role;
    const struct str *keys; /* "ssh-ed25519 AAAA…" */
    size_t key_count;
};

/* A season's file, read; text stands as long as the arena. */
struct casebook_season_file {
    struct str name;
    int64_t start_ms, end_ms;
    const struct casebook_season_organisation *organisations;
    size_t organisation_count;
};

/*
 * Appends such a file for the people of now: every organisation of team, independent approvers and
 * appeal panel with its people's keys. It is then signed twice and given to casebook_season_start.
 */
MUST_CHECK bool casebook_season_draft(struct casebook *casebook, struct str name, int64_t start_ms,
                                      int64_t end_ms, struct buf *out, struct err *err);

/* Reads such a file, as from a stranger. */
MUST_CHECK bool casebook_season_read(struct arena *arena, struct str file,
                                     struct casebook_season_file *season, struct err *err);

/*
 * Appends the session's own signature over such a file, armored, for the team's member whose key
 * is sealed here; the others sign it with ssh-keygen. Signs nothing but a season's file.
 */
MUST_CHECK bool casebook_season_sign(const struct casebook_session *session, struct str file,
                                     struct buf *armored, struct err *err);

/*
 * Starts the season of `file`: both armored SSHSIGs must fit, one by a key of a team's person, one
 * by an independent approver's, both in the file and in the casebook, of organisations that are
 * not tied. Refused while another season runs or is to come. Its clock starts at `start`; from
 * then on cases of the demonstration are void, and only keys in the file can sign.
 */
MUST_CHECK enum casebook_outcome casebook_season_start(struct casebook *casebook, struct str file,
                                                       struct str team_signature,
                                                       struct str independent_signature,
                                                       struct err *err);

/*
 * Ends the season that runs, now, for good: one person of the team, of the approvers or of the
 * appeal panel is enough, with a reason. All that follows a season's end follows.
 */
MUST_CHECK enum casebook_outcome casebook_season_end(struct casebook *casebook,
                                                     const struct casebook_session *session,
                                                     struct str reason, struct err *err);

/*
 * Whether the last season is over and no other one began: then no rule may load, nothing is
 * flagged, and every list is empty.
 */
MUST_CHECK bool casebook_season_is_over(struct casebook *casebook, bool *is_over, struct err *err);
