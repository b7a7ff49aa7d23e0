/* A rule of class claim, drafted from the review that it rests on. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"

struct casebook;
struct casebook_claim;
struct err;

/*
 * Appends the rule's file: the evidence filled in, the claim's rarest words as the detection and
 * the claim itself as its first test, for a person to narrow. It is text and nothing else: no rule
 * is loaded from it before somebody puts it into a folder and two people release it.
 */
MUST_CHECK bool casebook_claim_draft(struct casebook *casebook, const struct casebook_claim *claim,
                                     int64_t now_ms, struct buf *out, struct err *err);
