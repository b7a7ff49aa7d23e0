/* A regex for Hyperscan's byte mode that matches wherever the original does, and perhaps more. */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/rule/syntax.h"

/*
 * Writes it to `out`, in place of what was there. Hyperscan and PCRE2 disagree on Unicode (its
 * tables are older), so it only says bytes: a character beyond ASCII is any one to four high bytes,
 * and assertions are left out. False if it would match nothing's length, which Hyperscan refuses,
 * or would be too long.
 */
MUST_CHECK bool rule_approximate(const struct rule_syntax *tree, struct buf *out);
