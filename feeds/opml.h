/* Lists of feeds as OPML 2.0 (opml.org/spec2.opml), as other feed readers write and read them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "feeds/source.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

struct err;

/* Sources with an address; tokens and what is a file stay here. */
void feeds_opml_write(const struct feeds_source *sources, size_t count, struct buf *out);

/*
 * Hands out each <outline> that has an xmlUrl, with its text or title (stands until it returns).
 * False if it is no OPML; what is merely malformed is read as far as it goes.
 */
typedef void feeds_on_outline(void *context, struct str url, struct str title);
MUST_CHECK bool feeds_opml_read(struct str text, feeds_on_outline *on_outline, void *context,
                                struct err *err);
