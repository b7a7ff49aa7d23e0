/* Character references and entities: "&amp;", "&#233;", "&period;" (XML 1.0, HTML). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/buf.h"
#include "filter/base/str.h"

enum { FEEDS_MAX_ENTITIES = 64, FEEDS_MAX_ENTITY_BYTES = 256 };

/*
 * Entities that a document declares itself, as long as they are short and plain text: one whose
 * value holds '&' or '<' is left out, so that no entity is ever made of others (entity bombs).
 */
struct feeds_entities {
    struct {
        struct str name;
        char value[FEEDS_MAX_ENTITY_BYTES];
        size_t len;
    } list[FEEDS_MAX_ENTITIES];
    size_t count;
};

/* Reads the "<!ENTITY name "value">" of a DOCTYPE; external ones are never looked at. */
void feeds_entities_read(struct feeds_entities *entities, struct str doctype);

/* Appends a code point, which must be one of Unicode's and no surrogate, as UTF-8. */
void feeds_code_point_put(struct buf *out, uint32_t c);

/*
 * The reference at text.at[at], where '&' stands: appends what it means and returns its length; 0,
 * with nothing appended, if it is none. `declared` may be NULL. A missing ';' is forgiven for
 * numbers and for HTML's oldest names.
 */
size_t feeds_reference_put(struct str text, size_t at, const struct feeds_entities *declared,
                           struct buf *out);

/*
 * Appends all of `text` with its references resolved. False if one is not what XML knows without
 * HTML's help: the five, numbers, and those declared.
 */
bool feeds_reference_decode(struct str text, const struct feeds_entities *declared,
                            struct buf *out);
