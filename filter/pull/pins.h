/*
 * What the operator pinned, by hand and out of band: the season's file, with the keys of all who
 * may sign and the season's end, and the key that signs lists. Nothing the server says changes it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/hash.h"
#include "filter/base/sshsig.h"
#include "filter/base/str.h"

struct err;

enum pull_role { PULL_TEAM, PULL_INDEPENDENT, PULL_APPEALS };

/* "team", "independent", "appeals"; false if it is none of them. */
MUST_CHECK bool pull_role_parse(struct str name, enum pull_role *role);

enum { PULL_KEYS_MOST = 4096 };

struct pull_key {
    struct sshsig_key key;
    enum pull_role role;
    struct str organisation;
    bool is_off_server; /* not one that the server could sign with by itself */
    bool is_revoked;    /* it speaks for nobody any more (rotate.h) */
};

struct pull_pins {
    struct sshsig_key list;
    struct hash season; /* SHA-256 of the season's file, as entries name it */
    struct str name;
    int64_t start_ms, end_ms;
    struct pull_key *keys; /* the arena's, as all text; room for PULL_KEYS_MOST */
    size_t key_count;
};

/*
 * Reads FOLDER/season.json and FOLDER/list.pub, and FOLDER/off-server.pub if it is there: keys of
 * the team that are known to lie on their owners' machines alone. Keys of independent organisations
 * and of the appeal panel always do. False with the file if any of it is not as it should be.
 */
MUST_CHECK bool pull_pins_load(struct pull_pins *pins, const char *folder, struct arena *arena,
                               struct err *err);

/* The key of "ssh-ed25519 AAAA…" in that role; NULL if the season knows none, or it is revoked. */
const struct pull_key *pull_pins_find(const struct pull_pins *pins, struct str line,
                                      enum pull_role role);
