/* Sources that are files: one, or a folder whose NDJSON files are read together. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "feeds/source.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"

struct err;

/*
 * Appends what changes whenever the file does, or any "*.ndjson" below the folder: who writes there
 * renames a complete file into it. False if it can't be looked at.
 */
MUST_CHECK bool feeds_file_etag(const struct feeds_source *source, struct buf *etag,
                                struct err *err);

/* Appends what is in them, a line end behind each. False if it is more than `max_bytes`. */
MUST_CHECK bool feeds_file_read(const struct feeds_source *source, size_t max_bytes,
                                struct buf *bytes, struct err *err);
