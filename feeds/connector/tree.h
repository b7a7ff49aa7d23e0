/* A JSON answer as a tree, and its texts by their paths: what connectors read. */
#pragma once

#include <jansson.h>

#include "feeds/build.h"
#include "filter/base/attr.h"
#include "filter/base/str.h"

struct err;

/* NULL with the place if it is no JSON object or array, or nested too deep. Freed by json_decref.
 */
MUST_CHECK json_t *feeds_tree_read(struct str text, struct err *err);

/* What stands at a path like "account.display_name"; NULL if nothing does. "" is `at` itself. */
const json_t *feeds_tree_at(const json_t *at, const char *path);

/* The text there; empty if there is none. It stands as long as the tree. */
struct str feeds_tree_text(const json_t *at, const char *path);

/* Gives the entry's slot the text there, plain or as HTML; its time; a link, if it is http(s). */
void feeds_tree_copy(struct feeds_build *build, enum feeds_slot slot, const json_t *at,
                     const char *path);
void feeds_tree_html(struct feeds_build *build, enum feeds_slot slot, const json_t *at,
                     const char *path);
void feeds_tree_moment(struct feeds_build *build, enum feeds_moment moment, const json_t *at,
                       const char *path);
void feeds_tree_link(struct feeds_build *build, const json_t *at, const char *path);
