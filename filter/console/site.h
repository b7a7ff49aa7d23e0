/*
 * The public pages (REVIEW, section 6: 15 to 20) as static files, which any web server can serve
 * without a database: the register, a page for each record, how to appeal, why a name is blocked,
 * figures, sources and rules, and all of it as data: NDJSON with its chain of hashes, CSV, a feed
 * of changes, and a manifest signed by the key of the lists (site_verify.h).
 * Indonesian first, English below it; no script, no cookie, nothing from elsewhere.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/clock.h"

struct casebook;
struct config;
struct err;
struct rule_set;

/* Borrowed during the call. */
struct site_options {
    const struct config *config; /* its sources, its pairs */
    const char *folder;          /* made if it is not there */
    const char *state;           /* holds the key of the lists; NULL: the data is not signed */
    const char *origin; /* "https://…" that it will be served at, for the feed; NULL: none said */
    const struct rule_set *rules; /* of now; NULL: not loaded, and the page of rules stays */
    struct clock clock;
};

/* What is named in the register, its files and its pages. */
struct site_report {
    size_t records, rows; /* cases; rows of the chain */
    size_t written;       /* files that changed */
};

/*
 * Writes what changed, each file by itself so that a reader sees the old or the new one; the
 * signed manifest last. False if a file can't be written or the register can't be read; a file
 * then may be newer than another.
 */
MUST_CHECK bool site_write(struct casebook *casebook, const struct site_options *options,
                           struct site_report *report, struct err *err);
