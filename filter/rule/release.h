/*
 * What a second person releases (DESIGN: the engine): a new or changed rule is a shadow, which
 * counts and opens no case, until then. The hash is of what the rule finds and of all that people
 * are told of it, so that nobody can show one rule and run another.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/hash.h"
#include "filter/base/str.h"
#include "filter/rule/rule.h"

/* What the hash is of; a verdict holds all of it, so that its reader can tell for itself. */
struct rule_release {
    struct hash document; /* of the rule's document and of the lists that it names */
    struct hash revision;
    enum rule_class class;
    struct str id, title, description, level;
    const struct rule_evidence *evidence;
    size_t evidence_count;
};

struct hash rule_release_hash(const struct rule_release *release);

/* Whether it is one of the rules that this program came with, as they were then. */
bool rule_release_is_shipped(const struct hash *release);

/* The shipped ones, one after the other; false past the last. */
bool rule_release_shipped(size_t index, struct hash *release);
