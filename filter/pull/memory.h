/*
 * What this machine remembers between two runs, in one file: so that a server can neither roll a
 * list back, nor renew a provisional entry, nor hold a removal back once it was seen.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"

struct err;

struct pull_memory {
    int64_t now_ms;         /* when it was last written; 0: never */
    int64_t valid_until_ms; /* of what is installed; 0: nothing is, or an empty list */
    int64_t removals_ms;    /* when the removals were last read */
    int64_t removals_made_ms;
    uint32_t serial;      /* of the last manifest; 0 none */
    uint32_t local;       /* of the last file written here: it grows also when a list is emptied */
    struct hash manifest; /* SHA-256 of it */
    uint32_t
        seen_serial; /* of the newest manifest that the independent organisation saw; 0: none */
    struct hash seen_head; /* that manifest's */
    json_t *installed;     /* {"ENTRY": "name"}: what is blocked now */
    json_t *removed;       /* {"ENTRY": ms}: removed by its own organisation, when seen */
    json_t *provisional;   /* {"ENTRY": {"domain": …, "evidence": […], "first": ms}} */
    json_t *revoked;       /* {"ssh-ed25519 AAAA…": ms}: keys that speak no more, when seen */
};

/* Nothing remembered. End it with _fini. */
struct pull_memory pull_memory_none(void);

/* Reads the file; nothing remembered if there is none. End it with _fini, also after false. */
MUST_CHECK bool pull_memory_load(struct pull_memory *memory, const char *path, struct err *err);
MUST_CHECK bool pull_memory_save(const struct pull_memory *memory, const char *path,
                                 struct err *err);
void pull_memory_fini(struct pull_memory *memory);

/* How a provisional entry stands. */
enum pull_lane {
    PULL_LANE_FREE,   /* within its 24 hours from when it was first seen here */
    PULL_LANE_OVER,   /* they are over; it is never seen anew */
    PULL_LANE_FULL,   /* ten others are in force */
    PULL_LANE_BARRED, /* another one had its registrable domain, or evidence of it, and lapsed
                         less than 30 days ago or is in force */
};

/* What the lane is asked for. All is borrowed during the call. */
struct pull_claim {
    struct hash entry;
    struct str domain; /* registrable */
    const struct hash *evidence;
    size_t evidence_count;
};

/* Asks for an entry, and takes note of it if it is the first time and there is room. */
enum pull_lane pull_memory_lane(struct pull_memory *memory, const struct pull_claim *claim,
                                int64_t now_ms, int64_t *end_ms);

/* Forgets what no rule asks for any more. */
void pull_memory_tidy(struct pull_memory *memory, int64_t now_ms);
