/* What a server offers: its manifest, and the entries. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"
#include "filter/blocklist/list.h"
#include "filter/pull/memory.h"
#include "filter/pull/pins.h"

struct err;

/* Of entries: some 150,000 of them. They are held in memory while they are verified. */
enum { PULL_ENTRIES_BYTES = 256 << 20, PULL_KEYS_BYTES = 4 << 20 };

struct pull_offer {
    uint32_t serial;
    int64_t made_ms, valid_until_ms;
    struct hash entries; /* SHA-256 of the file of entries */
    size_t entries_bytes;
    struct hash keys;  /* SHA-256 of the file of certificates (rotate.h) */
    size_t keys_bytes; /* 0: there is none */
    struct hash head, manifest;
};

/*
 * Reads a manifest whose signature fits the pinned key. False, with why, if it does not, is a
 * demonstration, is over, was made in the future, lasts more than 24 hours, names no entries
 * or too many, has a
 * serial from far ahead, or is older than one seen before, here or by the independent organisation.
 */
MUST_CHECK bool pull_offer_read(struct pull_offer *offer, struct str manifest, struct str signature,
                                const struct pull_pins *pins, const struct pull_memory *memory,
                                int64_t now_ms, struct err *err);

struct pull_counts {
    size_t taken, provisional, refused, removed;
};

/*
 * Adds every entry of `file` (filter/blocklist/signed.h, a line each) that holds by itself: fraud,
 * of the pinned season, in force now, two signatures that fit keys of two organisations, the second
 * independent, unprotected, not removed; or one of the lane. stderr says what is refused and why.
 */
void pull_entries_take(struct blocklist_list *list, struct str file, const struct pull_pins *pins,
                       struct pull_memory *memory, int64_t now_ms, int64_t *valid_until_ms,
                       struct pull_counts *counts);
