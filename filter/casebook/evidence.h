/* A rule's evidence as the casebook keeps it: JSON, so that a case shows what stood then. */
#pragma once

#include <stdbool.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"
#include "filter/rule/rule.h"

struct err;

void casebook_evidence_write(const struct rule_evidence *evidence, size_t count, struct buf *out);

/* Reads what that wrote, into the arena. */
MUST_CHECK bool casebook_evidence_read(struct arena *arena, struct str json,
                                       const struct rule_evidence **evidence, size_t *count,
                                       struct err *err);
