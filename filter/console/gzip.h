/* A body in gzip form (RFC 1952), by zlib. */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

/* Appends `bytes` compressed to `out`; false, with `out` as before, if zlib can't. */
MUST_CHECK bool gzip_put(struct str bytes, struct buf *out);
