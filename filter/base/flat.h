/*
 * Canonical JSON objects whose members are all texts, read in place: a log has a million of them
 * and a tree of each costs more than all else that is done with it. What is not just so is for a
 * real parser (base/canonical.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

enum { FLAT_MOST = 16 };

struct flat {
    struct {
        struct str name, raw; /* in the input; raw: as it stands between the quotes */
    } members[FLAT_MOST];
    size_t count;
};

/*
 * Reads {"name":"text",…}: valid UTF-8, no white space, names in order and none twice, no escape
 * but \" \\ \b \f \n \r \t. False if it is anything else, which may well be JSON.
 */
MUST_CHECK bool flat_read(struct str json, struct flat *out);

/* A member as it stands between its quotes; `at` is NULL if there is none of that name. */
struct str flat_raw(const struct flat *flat, const char *name);

/* Appends the text that a raw member stands for: buf_put_json makes the same of it again. */
void flat_text(struct str raw, struct buf *out);
