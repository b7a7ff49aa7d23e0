/* The part of a file that a request asks for (RFC 9110, section 14), and what it has already. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/clock.h"
#include "filter/base/str.h"

enum range_answer {
    RANGE_WHOLE, /* no range, or one that is no range of bytes, or several: the whole file */
    RANGE_PART,  /* one that is there */
    RANGE_UNSATISFIABLE, /* one behind the end: 416 */
};

/*
 * Reads a Range field for a file of `length` bytes: `*first` and `*last`, counted from 0, are those
 * of a part. Several ranges are answered with the whole, which a server may always do: who asks
 * for a thousand small ones gets no thousand.
 */
MUST_CHECK enum range_answer range_read(struct str field, uint64_t length, uint64_t *first,
                                        uint64_t *last);

/*
 * Whether an If-Range field names this very file: by its entity tag `"…"`, compared strongly, or
 * by its date, exactly as Last-Modified has it. Without a field it does.
 */
bool range_if(struct str field, struct str tag, const char *modified);

/* Whether an If-Match field lets the file through: "*", or its tag, compared strongly; or none. */
bool range_if_match(struct str field, struct str tag);

enum { RANGE_DATE = 30 };

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7). Returns `out`. */
const char *range_date(int64_t ms, char out[RANGE_DATE]);
