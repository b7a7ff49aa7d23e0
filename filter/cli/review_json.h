/* Cases as JSON, for other programs: as they are, neither escaped for people nor defanged. */
#pragma once

#include "filter/base/buf.h"
#include "filter/casebook/casebook.h"

/* Appends one object on a line of its own. */
void review_json_line(const struct casebook_case *one, struct buf *out);
void review_json(const struct casebook_page *page, struct buf *out);
