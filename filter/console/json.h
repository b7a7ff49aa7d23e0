/* What went wrong, as JSON (shape.h has what went right). */
#pragma once

#include "filter/base/buf.h"
#include "filter/base/str.h"

#define JSON_PROBLEM_TYPE "application/problem+json"

/*
 * A problem (RFC 9457): {"type":"about:blank","title":"Not Found","status":404,"detail":"…",
 * "error":"not_found"}; `name` is for programs, `detail` for people.
 */
void json_problem(struct buf *out, unsigned status, const char *name, struct str detail);
