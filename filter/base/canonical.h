/* Canonical JSON (RFC 8785): one value, one run of bytes, so that it can be hashed and signed. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

struct err;

/*
 * Appends `value` to `out`. Numbers must be whole and within +-(2^53 - 1), where every reader
 * agrees on them; false, with `out` as before, at any other one and below 32 levels.
 */
MUST_CHECK bool canonical_json(const json_t *value, struct buf *out, struct err *err);

/*
 * Reads an object that must be canonical already, byte for byte (no white space, keys in order,
 * none twice). NULL if it is not; else the caller decrefs it.
 */
MUST_CHECK json_t *canonical_read(struct str bytes, struct err *err);
