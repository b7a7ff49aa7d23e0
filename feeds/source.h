/* sources.yml: where posts come from. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

struct err;

/*
 * X(constant, name, whether all posts of such a source are of one author, its reader: NULL if the
 * format is seen from the bytes, the header that takes its token: NULL if there is none)
 */
#define FEEDS_KINDS(X)                                                                             \
    X(FEEDS_KIND_RSS, "rss", false, NULL, NULL)                                                    \
    X(FEEDS_KIND_ATOM, "atom", false, NULL, NULL)                                                  \
    X(FEEDS_KIND_JSON, "json", false, NULL, NULL)                                                  \
    X(FEEDS_KIND_SITEMAP, "sitemap", false, NULL, NULL)                                            \
    X(FEEDS_KIND_NDJSON, "ndjson", false, NULL, NULL)                                              \
    X(FEEDS_KIND_CSV, "csv", false, NULL, NULL)                                                    \
    X(FEEDS_KIND_YOUTUBE, "youtube", true, NULL, NULL)                                             \
    X(FEEDS_KIND_TELEGRAM, "telegram", true, feeds_connector_telegram, NULL)                       \
    X(FEEDS_KIND_RSSHUB, "rsshub", false, NULL, NULL)                                              \
    X(FEEDS_KIND_RSS_BRIDGE, "rss-bridge", false, NULL, NULL)                                      \
    X(FEEDS_KIND_MASTODON, "mastodon", false, feeds_connector_mastodon, "Authorization: Bearer ")  \
    X(FEEDS_KIND_BLUESKY, "bluesky", false, feeds_connector_bluesky, "Authorization: Bearer ")     \
    X(FEEDS_KIND_FACTCHECK, "factcheck", false, feeds_connector_factcheck, "X-Goog-Api-Key: ")     \
    X(FEEDS_KIND_CLAIMREVIEW, "claimreview", false, feeds_connector_claimreview, NULL)             \
    X(FEEDS_KIND_TIP, "tip", false, feeds_connector_tip, NULL)

enum feeds_kind {
#define X(constant, name, single, read, token) constant,
    FEEDS_KINDS(X)
#undef X
};

struct feeds_source {
    struct str id;   /* [a-z0-9._-]+, unique in the file */
    struct str name; /* for people; the id if none is given */
    enum feeds_kind kind;
    struct str url;  /* http(s); empty if `path` is set; NUL behind it */
    struct str path; /* a file, usable from the working folder; empty if `url` is set; NUL behind */
    struct str organisation; /* who publishes it; single-author sources load only with one */
    struct str token_file; /* holds what the service wants to be shown; may be empty; NUL behind */
    struct str lang;       /* of posts that do not say; may be empty */
    bool is_enabled;
    bool allow_private; /* may be at a private address: only this file can say so */
    unsigned line;      /* in the file */
};

struct feeds_sources;

/* "rss", …; false if there is no such kind. */
const char *feeds_kind_name(enum feeds_kind kind);
bool feeds_kind_find(struct str name, enum feeds_kind *kind);

/*
 * Reads the file. An unknown key, a key of the wrong type, two sources with one id, a single-author
 * source without `organisation` are errors with line and column; `path:` is taken from the file's
 * own folder on. NULL if it can't be used.
 */
MUST_CHECK struct feeds_sources *feeds_sources_load(const char *path, struct err *err);

/* The same from text that would stand in that file. */
MUST_CHECK struct feeds_sources *feeds_sources_parse(struct str text, const char *path,
                                                     struct err *err);

/*
 * The same for what lies in the folder of the example: its sources.yml, in which only `path:` and
 * no `url:` may stand, so that nothing outside the folder is read.
 */
MUST_CHECK struct feeds_sources *feeds_sources_example(const char *folder, struct err *err);
void feeds_sources_free(struct feeds_sources *sources); /* NULL is fine */

/*
 * Whether the source of this id is an organisation's, as the file says: only such a one may be
 * counted by (limit 5). One that is not in the file is not known to be.
 */
bool feeds_sources_is_organisation(const struct feeds_sources *sources, struct str id);

/* In the file's order; disabled ones too. They stand as long as `sources`. */
const struct feeds_source *feeds_sources_all(const struct feeds_sources *sources, size_t *count);
