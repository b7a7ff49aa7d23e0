/* The transparency figures as a page with drawings, as JSON and as CSV. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/casebook/mentions.h"
#include "filter/casebook/tally.h"

struct err;
struct html;

struct site_figures {
    struct casebook_tally tally;
    struct casebook_mentions mentions;
    const struct casebook_pair *pairs; /* as saring.yml names them */
    size_t pair_count;
    size_t records; /* in the register */
};

/* All parts are of one reading; text in `arena`. */
MUST_CHECK bool site_figures_read(struct casebook *casebook, const struct casebook_pair *pairs,
                                  size_t pair_count, struct arena *arena,
                                  struct site_figures *figures, struct err *err);

void site_figures_page(struct html *html, const struct site_figures *figures);

/*
 * Canonical JSON, type "saring-figures-1": "classes" by name, "pairs" and "other" (cases that name
 * none), "rules", "claims", of which a "cases" of null means fewer than 5.
 */
MUST_CHECK bool site_figures_json(const struct site_figures *figures, struct buf *out,
                                  struct err *err);

/* Lines of group, name, figure, value. */
void site_figures_csv(const struct site_figures *figures, struct buf *out);
