/* A resolver's operator for tests: keys of all sides, the pins made of them, and lines they sign.
 */
#pragma once

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/sshsig.h"
#include "filter/blocklist/entry.h"
#include "filter/pull/pins.h"
#include "tests/filter/blocklist/sample.h"

/* sari and tono are of the team, tono's key alone is off the server; budi is pinned by nobody. */
enum operator_key {
    KEY_SARI,
    KEY_TONO,
    KEY_RINA, /* independent */
    KEY_JURI, /* appeals */
    KEY_LIST,
    KEY_BUDI,
    KEYS
};

struct operator
{
    unsigned char secrets[KEYS][SSHSIG_SECRET_BYTES];
    struct buf lines[KEYS]; /* "ssh-ed25519 AAAA…" */
    struct buf season;      /* season.json */
    char folder[64];        /* with season.json, list.pub, off-server.pub */
    struct arena *arena;
    struct pull_pins pins; /* loaded from there */
};

/* A season from 10 days before SAMPLE_NOW_MS, for 60 days. */
void operator_start(struct operator* one);
void operator_end(struct operator* one);

/* Writes one of the folder's files anew; the pins stay. */
void operator_write(const struct operator* one, const char *name, const char *text);

/* Appends an armored signature. */
void operator_sign(const struct operator* one, enum operator_key key, struct str bytes,
                   struct buf *out);

/* Appends a line of entries.ndjson: the entry of `draft` signed by both. */
void operator_line(const struct operator* one, const struct blocklist_draft *draft,
                   enum operator_key reviewer, enum operator_key approver, struct buf *out);

/* A draft of the season for that host, from SAMPLE_NOW_MS on for `hours`. */
struct blocklist_draft operator_draft(const struct operator* one, const char *host, int64_t hours);
