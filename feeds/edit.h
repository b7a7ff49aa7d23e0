/*
 * Changes to sources.yml that leave the rest of the file, comments too, as people wrote it. Each
 * gives the file's new text only if that loads; nothing here can write `allow_private`.
 */
#pragma once

#include <stdbool.h>

#include "feeds/source.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

struct err;

/* What a new source says; empty text is left out. */
struct feeds_new_source {
    struct str id, name, url, organisation, lang;
    enum feeds_kind kind;
    bool is_enabled;
};

/* The source of this id or url; NULL if there is none. */
const struct feeds_source *feeds_edit_find(const struct feeds_sources *sources,
                                           struct str id_or_url);

/* The same of sources that are to be added. */
bool feeds_edit_is_among(const struct feeds_new_source *made, size_t count, struct str id_or_url);

/*
 * An id that neither `sources` nor `made` has, from what the feed is called or its host:
 * "kabar-contoh".
 */
void feeds_edit_make_id(const struct feeds_sources *sources, const struct feeds_new_source *made,
                        size_t count, struct str url, struct str title, struct buf *id);

/* `text` is the file's, `path` for messages and relative paths; the new text is appended to `out`.
 */
MUST_CHECK bool feeds_edit_add(struct str text, const char *path,
                               const struct feeds_new_source *made, size_t count, struct buf *out,
                               struct err *err);
MUST_CHECK bool feeds_edit_remove(struct str text, const char *path, struct str id, struct buf *out,
                                  struct err *err);
MUST_CHECK bool feeds_edit_enable(struct str text, const char *path, struct str id, bool is_enabled,
                                  struct buf *out, struct err *err);
