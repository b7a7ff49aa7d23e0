/*
 * sources.yml with what is known of each source: what `saring sources`, and a page of the console,
 * show and change. A change is in force when `saring run` reads the file the next time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "feeds/edit.h"
#include "feeds/once.h"
#include "feeds/source.h"
#include "feeds/state.h"
#include "feeds/status.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/str.h"

struct err;
struct feeds_catalogue;

struct feeds_catalogue_options {
    const char *path;    /* sources.yml; borrowed */
    bool may_be_missing; /* it is empty then */
    const char
        *state_path; /* feeds.state, as the fetcher keeps it; copied; NULL: nothing is known */
    const char *contact, *proxy; /* as in fetch.h; borrowed; may be NULL */
    struct clock clock;
};

/* NULL with the reason. */
MUST_CHECK struct feeds_catalogue *
feeds_catalogue_open(const struct feeds_catalogue_options *options, struct err *err);
void feeds_catalogue_free(struct feeds_catalogue *catalogue); /* NULL is fine */

/* A source, how it is, and what is known of it; stands until the catalogue's next change. */
struct feeds_listed {
    const struct feeds_source *source;
    const struct feeds_state *state;
    enum feeds_status status;
};

/* In the file's order. */
size_t feeds_catalogue_count(const struct feeds_catalogue *catalogue);
struct feeds_listed feeds_catalogue_at(const struct feeds_catalogue *catalogue, size_t i);

/* The source of this id or URL; false, with words for the person who asked, if there is none. */
MUST_CHECK bool feeds_catalogue_find(const struct feeds_catalogue *catalogue, struct str id_or_url,
                                     struct feeds_listed *found, struct err *err);

/* Appends how it is, in Indonesian and English, and what to do. */
void feeds_catalogue_explain(const struct feeds_catalogue *catalogue,
                             const struct feeds_listed *listed, struct buf *out);

/* Fetches a source now, of the file or not, as feeds_once_read does. */
MUST_CHECK bool feeds_catalogue_read(const struct feeds_catalogue *catalogue,
                                     const struct feeds_source *source, feeds_on_entry *on_entry,
                                     void *context, struct feeds_once *once, struct err *err);

/*
 * Changes the file, comments kept. False, and the file as it was, if it can't be changed so, or
 * was changed by somebody else since it was read.
 */
MUST_CHECK bool feeds_catalogue_enable(struct feeds_catalogue *catalogue, struct str id_or_url,
                                       bool is_enabled, struct err *err);
MUST_CHECK bool feeds_catalogue_remove(struct feeds_catalogue *catalogue, struct str id_or_url,
                                       struct err *err);

/* What became of an addition; feeds_added_fini frees it, whether it was done or not. */
struct feeds_added {
    struct buf id;
    struct buf url;         /* of the feed: what was asked for, or what a page named */
    struct feeds_once once; /* what was read there; of a page without a feed, what it names */
    bool was_found;         /* on a page */
};

/*
 * Adds the feed at wanted->url, or the first that the page there names, after reading it. Empty
 * fields of `wanted` are taken from the feed; so is its kind, but for `keep_kind`.
 */
MUST_CHECK bool feeds_catalogue_add(struct feeds_catalogue *catalogue,
                                    const struct feeds_new_source *wanted, bool keep_kind,
                                    struct feeds_added *added, struct err *err);
void feeds_added_fini(struct feeds_added *added);

/* How many were added, all disabled, and how many left out; each of those is told with the reason.
 */
struct feeds_import {
    size_t added, skipped;
    void (*on_skipped)(void *context, struct str url, const struct err *why);
    void *context;
};
MUST_CHECK bool feeds_catalogue_import(struct feeds_catalogue *catalogue, struct str opml,
                                       struct feeds_import *import, struct err *err);
void feeds_catalogue_export(const struct feeds_catalogue *catalogue, struct buf *opml);
