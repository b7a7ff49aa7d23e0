/*
 * YAML documents (YAML 1.2 core schema, by libyaml) as a tree whose every node knows its place.
 * Refused, with the place: aliases and anchors, duplicate keys, keys that are not scalars, tags,
 * more than 64 levels, more nodes or bytes than the arena has room for.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/str.h"

struct err;

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

/* What a plain scalar means in the core schema; a quoted one is always YAML_STRING. */
enum yaml_type { YAML_STRING, YAML_NULL, YAML_BOOL, YAML_INT, YAML_FLOAT };

struct yaml_node {
    enum yaml_kind kind;
    enum yaml_type type;   /* of a scalar */
    unsigned line, column; /* from 1 */
    struct str text;       /* of a scalar: as written, escapes resolved, NUL behind it */
    struct str key;        /* this node's key, if it stands in a map */
    unsigned key_line, key_column;
    struct yaml_node *first; /* of a list or map: its items, in order */
    struct yaml_node *next;  /* the next item of the list or map that holds this one */
    size_t count;            /* items */
};

/*
 * Parses all documents in `text` into `arena`; `*documents` are their roots, `*count` may be 0.
 * The tree keeps nothing of `text`.
 */
MUST_CHECK bool yaml_parse(struct arena *arena, struct str text, struct yaml_node ***documents,
                           size_t *count, struct err *err);

/* The value of `key` in a map; NULL if there is none. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/* What a node is, for messages: "a map", "a list", "a string", "null", … */
const char *yaml_describe(const struct yaml_node *node);

/*
 * Typed reading of a scalar; false with the node's place and what would be right. yaml_text takes
 * any non-null scalar, numbers included, as written.
 */
MUST_CHECK bool yaml_text(const struct yaml_node *node, struct str *text, struct err *err);
MUST_CHECK bool yaml_bool(const struct yaml_node *node, bool *value, struct err *err);
MUST_CHECK bool yaml_int(const struct yaml_node *node, int64_t least, int64_t most, int64_t *value,
                         struct err *err);

/*
 * Checks that a map has only the `allowed` keys (a NULL ends the list); false at the first other
 * one, with the nearest allowed name.
 */
MUST_CHECK bool yaml_only(const struct yaml_node *map, const char *const *allowed, struct err *err);
