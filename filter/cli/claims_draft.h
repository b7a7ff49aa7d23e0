/* A rule of class claim, drafted from the review that it rests on. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"

struct casebook;
struct casebook_claim;
struct err;

/*
 * Writes it to the file `path`, which must not be there, or to stdout if it is NULL: the evidence
 * filled in, the claim's rarest words as the detection and the claim itself as its first test, for
 * a person to narrow.
 */
MUST_CHECK bool claims_draft(struct casebook *casebook, const struct casebook_claim *claim,
                             int64_t now_ms, const char *path, struct err *err);
