/*
 * What is read and by which rules (REVIEW, page 19), as pages and as data. Of sources only those of
 * organisations are named; of others, which are services' public searches, the kind and the host.
 * Of rules those that two people released: what they are about, what they rest on, their hashes;
 * not the patterns, which would tell how to get round them.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "filter/base/attr.h"

struct casebook;
struct config;
struct err;
struct html;
struct rule_set;

/*
 * {"type":"saring-sources-1","sources":[…]} of the file that is read now: that of a season, or the
 * example's. NULL if it does not load; else the caller decrefs it.
 */
MUST_CHECK json_t *site_sources(const struct config *config, bool has_season, struct err *err);

/* {"type":"saring-rules-1","rules":[…],"shadows":n}: n wait for a release. The caller decrefs it.
 */
MUST_CHECK json_t *site_rules(struct casebook *casebook, const struct rule_set *set,
                              struct err *err);

void site_sources_page(struct html *html, const json_t *sources);

enum { SITE_RULES_ROWS = 12 }; /* on a page */

/* Page `number` (from 1) of `pages`. */
void site_rules_page(struct html *html, const json_t *rules, unsigned number, unsigned pages);
