/* Punycode (RFC 3492): a label's code points as ASCII. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

/* Appends the encoded form, without "xn--". False if a number overflows. */
MUST_CHECK bool punycode_encode(const int32_t *codes, size_t count, struct buf *out);

/* Decodes into `codes`, room for `max`; false if it is no Punycode or too long. */
MUST_CHECK bool punycode_decode(struct str text, int32_t *codes, size_t max, size_t *count);
