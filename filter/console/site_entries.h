/*
 * The network entries of the register, in force or over, as a file of their own: a canonical JSON
 * object a line and the same as CSV. Both are made of the register's rows and of nothing else.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"

struct err;

#define SITE_ENTRIES "entries.ndjson"

/* Appends the CSV's first line. */
void site_entries_open(struct buf *csv);

/*
 * Appends what the newest row of a case says of its entry; nothing if it has none. A line is
 * {"case","class","end","ended","harvest","lane","organisations","reason","reason_en","record",
 *  "scope","since","start","state","target","type":"saring-register-entry-1"}.
 */
MUST_CHECK bool site_entries_put(const json_t *row, struct buf *ndjson, struct buf *csv,
                                 struct err *err);
