/*
 * What a record is as JSON, said once: a table of a struct's fields, from which both its JSON is
 * written and the schema of that (JSON Schema 2020-12, as in OpenAPI 3.1) is made, so that the two
 * cannot differ.
 *
 * Text is left out when it is empty, a time when it is never: such fields are optional in the
 * schema, all others are always there. Times are RFC 3339 in UTC.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"

enum shape_kind {
    SHAPE_KIND_BOOL,
    SHAPE_KIND_INT, /* of `size` bytes, signed or not: none is negative */
    SHAPE_KIND_TEXT,
    SHAPE_KIND_CHARS, /* an array of char, NUL-terminated */
    SHAPE_KIND_HASH,  /* 64 hexadecimal digits */
    SHAPE_KIND_TIME,
    SHAPE_KIND_ENUM,
    SHAPE_KIND_JSON,    /* struct str of an object that is JSON already */
    SHAPE_KIND_RECORD,  /* a struct within */
    SHAPE_KIND_MAYBE,   /* a pointer to one; NULL is left out */
    SHAPE_KIND_LIST,    /* a pointer to the first, and how many */
    SHAPE_KIND_STRINGS, /* the same of struct str */
    SHAPE_KIND_NUMBERS, /* an array of uint32_t */
};

/* The names of an enum's values, from 0. */
struct shape_names {
    size_t count;
    const char *(*name)(unsigned value); /* NULL: that one is never written */
};

struct shape;

struct shape_field {
    const char *name;
    enum shape_kind kind;
    size_t at, size; /* of the member */
    size_t count_at; /* of a list's size_t */
    const struct shape *of;
    const struct shape_names *names;
};

/* `fields` ends with a NULL name; NULL: any object. */
struct shape {
    const char *name; /* in the document's components */
    const struct shape_field *fields;
};

/* The kind of a plain member, by its type: what has none does not compile. */
#define SHAPE_KIND_OF(type, member)                                                                \
    _Generic(((type *)NULL)->member,                                                               \
        bool: SHAPE_KIND_BOOL,                                                                     \
        int: SHAPE_KIND_INT,                                                                       \
        unsigned: SHAPE_KIND_INT,                                                                  \
        long: SHAPE_KIND_INT,                                                                      \
        unsigned long: SHAPE_KIND_INT,                                                             \
        long long: SHAPE_KIND_INT,                                                                 \
        unsigned long long: SHAPE_KIND_INT,                                                        \
        struct str: SHAPE_KIND_TEXT,                                                               \
        char *: SHAPE_KIND_CHARS,                                                                  \
        struct hash: SHAPE_KIND_HASH)
#define SHAPE_AT_(type, member) offsetof(type, member), sizeof(((type *)NULL)->member)

#define SHAPE(type, member, json)                                                                  \
    {                                                                                              \
        (json), SHAPE_KIND_OF(type, member), SHAPE_AT_(type, member), 0, NULL, NULL                \
    }
#define SHAPE_TIME(type, member, json)                                                             \
    {                                                                                              \
        (json), SHAPE_KIND_TIME, SHAPE_AT_(type, member), 0, NULL, NULL                            \
    }
#define SHAPE_ENUM(type, member, json, names)                                                      \
    {                                                                                              \
        (json), SHAPE_KIND_ENUM, SHAPE_AT_(type, member), 0, NULL, (names)                         \
    }
#define SHAPE_JSON(type, member, json)                                                             \
    {                                                                                              \
        (json), SHAPE_KIND_JSON, SHAPE_AT_(type, member), 0, NULL, NULL                            \
    }
#define SHAPE_RECORD(type, member, json, shape)                                                    \
    {                                                                                              \
        (json), SHAPE_KIND_RECORD, SHAPE_AT_(type, member), 0, (shape), NULL                       \
    }
#define SHAPE_MAYBE(type, member, json, shape)                                                     \
    {                                                                                              \
        (json), SHAPE_KIND_MAYBE, SHAPE_AT_(type, member), 0, (shape), NULL                        \
    }
/* `member` points to the first of `count`, each of the struct that `shape` is of. */
#define SHAPE_LIST(type, member, count, json, shape)                                               \
    {                                                                                              \
        (json), SHAPE_KIND_LIST, offsetof(type, member), sizeof(*((type *)NULL)->member),          \
            offsetof(type, count), (shape), NULL                                                   \
    }
#define SHAPE_STRINGS(type, member, count, json)                                                   \
    {                                                                                              \
        (json), SHAPE_KIND_STRINGS, SHAPE_AT_(type, member), offsetof(type, count), NULL, NULL     \
    }
#define SHAPE_NUMBERS(type, member, json)                                                          \
    {                                                                                              \
        (json), SHAPE_KIND_NUMBERS, SHAPE_AT_(type, member), 0, NULL, NULL                         \
    }
#define SHAPE_END                                                                                  \
    {                                                                                              \
        NULL, SHAPE_KIND_BOOL, 0, 0, 0, NULL, NULL                                                 \
    }

/* Appends a record, a comma first unless an array was just opened or nothing is there. */
void shape_put(const struct shape *shape, const void *record, struct buf *out);

/* Appends its fields alone, into an object that is open. */
void shape_put_fields(const struct shape *shape, const void *record, struct buf *out);

/* The schema of a record, with those of what is in it as references to #/components/schemas. */
json_t *shape_schema(const struct shape *shape);

/* A reference to it: {"$ref": "#/components/schemas/NAME"}. */
json_t *shape_ref(const struct shape *shape);

/* Adds its schema to `schemas` under its name, and those of all that is in it. */
void shape_add_schemas(const struct shape *shape, json_t *schemas);
