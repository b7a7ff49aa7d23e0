/*
 * What a form sent: application/x-www-form-urlencoded (WHATWG URL, section 5.1), decoded, bounded,
 * and held against the fields that the form has. A field that it does not have refuses the whole
 * form, so that nothing can be set that no page asks for.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/str.h"

enum {
    FORM_MOST_BYTES = 64 << 10, /* of a body */
    FORM_MOST_FIELDS = 128,
};

/* A field that a form has. */
struct form_field {
    const char *name; /* "version-*": all that start so */
    size_t most;      /* bytes of its value */
    bool is_list;     /* may be sent more than once */
};

struct form_value {
    struct str name, value; /* in the arena; lines end with "\n", without NUL, valid UTF-8 */
    bool is_of_list;        /* it came as one of several */
};

struct form {
    struct form_value values[FORM_MOST_FIELDS];
    size_t count;
};

enum form_fault {
    FORM_FINE,
    FORM_MALFORMED, /* no such encoding, no UTF-8, a NUL, too many values, the arena is full */
    FORM_UNKNOWN,   /* a field that the form does not have */
    FORM_REPEATED,  /* sent twice, or as an array, and is no list */
    FORM_TOO_LONG,
};

/* Decodes `body`. */
MUST_CHECK enum form_fault form_parse(struct str body, struct arena *arena, struct form *form);

/*
 * The same of a body that is JSON: one object, each field a string or a whole number, or an array
 * of those where the form takes several. A name that comes twice is malformed.
 */
MUST_CHECK enum form_fault form_parse_json(struct str body, struct arena *arena, struct form *form);

/*
 * Whether all values are of these fields (a NULL name at the end) or of those that every form has
 * (`always`). `*name` is the field at fault, borrowed from the form.
 */
MUST_CHECK enum form_fault form_check(const struct form *form, const struct form_field *fields,
                                      const struct form_field *always, struct str *name);

/* The first value of that name, without white space at both ends; "" if there is none. */
struct str form_get(const struct form *form, const char *name);
/* The same as it was sent: for passwords. */
struct str form_raw(const struct form *form, const char *name);
bool form_has(const struct form *form, const char *name);
/* The value after `*at` of that name, for lists; false behind the last one. Start with 0. */
bool form_next(const struct form *form, const char *name, size_t *at, struct str *value);
/* A whole number from 1 on, without sign or leading zero; 0 if it is none. */
int64_t form_number(const struct form *form, const char *name);
