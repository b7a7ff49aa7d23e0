/*
 * Finding by words (SQLite's FTS5): of a text what was said, by its stems, never who said it or
 * where (filter/text/stems.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

struct casebook;
struct err;

/* Appends the stems of a text. */
void casebook_stems_put(struct casebook *casebook, struct str text, struct buf *out);

enum casebook_search { SEARCH_ANY, SEARCH_ALL };

/* Appends an expression for MATCH: any, or all, of the words of `text`; nothing if it has none. */
void casebook_search_put(struct casebook *casebook, struct str text, enum casebook_search how,
                         struct buf *out);

/* Makes a post findable while its content is kept: by its title and text, its rule's title. */
MUST_CHECK bool casebook_search_add(struct casebook *casebook, int64_t post_id,
                                    const struct str *texts, size_t count, struct err *err);

/* After content of a case was deleted: its posts without any are found no more. */
MUST_CHECK bool casebook_search_forget(struct casebook *casebook, int64_t case_id, struct err *err);

/*
 * Takes what was forgotten out of the index's own pages too, before the file is rebuilt: deleting,
 * even with secure_delete, leaves words there.
 */
MUST_CHECK bool casebook_search_rebuild(struct casebook *casebook, struct err *err);
