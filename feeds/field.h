/* A post's fields by their names, as NDJSON and CSV share them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/post.h"
#include "filter/base/str.h"

struct err;

/* X(constant, name, most bytes): a post's own limit holds for title, text and author together */
#define FEEDS_FIELDS(X)                                                                            \
    X(FEEDS_ID, "id", 1024)                                                                        \
    X(FEEDS_SOURCE, "source", 256)                                                                 \
    X(FEEDS_URL, "url", 8192)                                                                      \
    X(FEEDS_TITLE, "title", POST_MAX_BYTES)                                                        \
    X(FEEDS_TEXT, "text", POST_MAX_BYTES)                                                          \
    X(FEEDS_AUTHOR_NAME, "author_name", POST_MAX_BYTES)                                            \
    X(FEEDS_LANG, "lang", 64)                                                                      \
    X(FEEDS_PUBLISHED, "published", 128)

enum feeds_field {
#define X(constant, name, most) constant,
    FEEDS_FIELDS(X)
#undef X
        FEEDS_FIELD_COUNT
};

/* What one line or row says; all text is valid UTF-8. */
struct feeds_fields {
    struct str texts[FEEDS_FIELD_COUNT];
    unsigned present; /* bits 1 << field */
    const struct str *links;
    size_t link_count;
};

/* "id", … */
const char *feeds_field_name(enum feeds_field field);

/* The field of exactly this name; false if there is none. */
bool feeds_field_find(struct str name, enum feeds_field *field);

/*
 * The post of these fields, with their text lent on. False, naming the field, if there is no text,
 * a field is too long, or "published" is no time.
 */
MUST_CHECK bool feeds_fields_post(const struct feeds_fields *fields, struct post *post,
                                  struct err *err);
