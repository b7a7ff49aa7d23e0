/* What was exported, in one signed file: by it a consumer knows what it got and how long it holds.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"
#include "filter/blocklist/format.h"

struct err;

struct blocklist_file {
    const char *format; /* its name, or "entries" */
    struct str name;    /* without the list's folder */
    struct hash sha256;
    size_t bytes;
    struct blocklist_counts counts;
};

/*
 * Appends the canonical JSON (RFC 8785), without a newline:
 * {"demo":bool,"empty":"…","entries":n,"files":[{"bytes","covered","format","name","narrowed",
 *  "sha256","skipped","written"}],"head":"…","key":"SHA256:…","made":"…Z","season":"…",
 *  "serial":n,"type":"saring-manifest-1","valid_until":"…Z"}. False if a name is no UTF-8.
 */
MUST_CHECK bool blocklist_manifest(const struct blocklist_opening *opening, size_t entries,
                                   const struct blocklist_file *files, size_t file_count,
                                   struct buf *out, struct err *err);
