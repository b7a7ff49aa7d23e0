/*
 * Whether a downloaded folder of the public data is whole, is what a key signed, and holds what
 * somebody witnessed before. Works away from the installation, offline.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/hash.h"
#include "filter/base/sshsig.h"
#include "filter/casebook/audit.h"

struct err;

struct site_verify_options {
    const char *folder;
    const char *key;     /* a .pub file that is known from elsewhere; NULL: the folder's own */
    const char *witness; /* a head: its file, its JSON, or the hash alone; NULL: none */
};

struct site_verified {
    size_t files, rows, signatures; /* signatures of people within the rows */
    size_t masked;                  /* rows whose words were taken out; their hashes stand */
    struct casebook_head head;
    int64_t made_ms;
    char key[SSHSIG_FINGERPRINT];
    bool is_demo, is_pinned; /* pinned: the key was given */
};

enum site_verdict {
    SITE_INTACT,
    SITE_BROKEN, /* `err` says which file, and what of it */
    SITE_UNREADABLE,
};

MUST_CHECK enum site_verdict site_verify(const struct site_verify_options *options,
                                         struct site_verified *verified, struct err *err);
