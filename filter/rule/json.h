/* A JSON document as a tree, for rules that read events: numbers as they are written. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/str.h"

struct err;

enum rule_json_kind {
    RULE_JSON_NULL,
    RULE_JSON_BOOL,
    RULE_JSON_NUMBER,
    RULE_JSON_STRING,
    RULE_JSON_LIST,
    RULE_JSON_MAP,
};

struct rule_json {
    enum rule_json_kind kind;
    struct str text;               /* of a scalar that is not null; valid UTF-8 */
    struct str key;                /* in the map that holds it */
    const struct rule_json *first; /* of a list or map */
    const struct rule_json *next;  /* in the list or map that holds it */
};

/*
 * Parses one document into `arena` (RFC 8259); of keys that stand twice the last counts, a lone
 * surrogate becomes U+FFFD. NULL with the byte (as column) where it is no JSON, if it nests deeper
 * than 128 levels, or if the arena is full. Keeps nothing of `text`.
 */
MUST_CHECK const struct rule_json *rule_json_parse(struct arena *arena, struct str text,
                                                   struct err *err);

/* The member `key` of a map; NULL if it has none, or `map` is no map. */
const struct rule_json *rule_json_get(const struct rule_json *map, const char *key);
