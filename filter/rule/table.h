/*
 * Atoms that fix a whole value, its beginning or its end without wildcards inside: looked up by
 * hash, however many there are. Immutable; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

enum rule_table_kind { RULE_TABLE_WHOLE, RULE_TABLE_FRONT, RULE_TABLE_BACK, RULE_TABLE_KINDS };

struct rule_table_key {
    enum rule_table_kind kind;
    struct str text; /* borrowed */
    uint32_t atom;
};

struct rule_table;

/* How a glob can be looked up, if it can: its kind and text. */
MUST_CHECK bool rule_table_fits(struct str glob, struct rule_table_key *key);

/* Never NULL. */
MUST_CHECK struct rule_table *rule_table_build(const struct rule_table_key *keys, size_t count);
void rule_table_free(struct rule_table *table); /* NULL is fine */
size_t rule_table_bytes(const struct rule_table *table);

/* Calls `found` for the atom of every key that `value` satisfies. */
void rule_table_look(const struct rule_table *table, struct str value,
                     void (*found)(void *context, uint32_t atom), void *context);
