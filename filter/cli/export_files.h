/* A list written out: to stdout, or as files with signatures and a manifest beside them. */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/cli/export_list.h"

struct err;

/* Every file of format `name`, or of "all". False if there is no such format. */
MUST_CHECK bool export_files_check(const char *name, bool to_stdout, struct err *err);

/*
 * Writes them to `out`: a folder gets the usual names, entries.ndjson (each with its signatures,
 * filter/blocklist/signed.h), keys.ndjson (certificates, filter/pull/rotate.h) and manifest.json, a
 * file gets FILE.manifest.json beside it, and each of them NAME.sig.
 */
MUST_CHECK bool export_files_write(struct export_list *list, const char *name, const char *out,
                                   struct err *err);

/* Waits until what was written is on the disk: before anybody is pointed at it. */
MUST_CHECK bool export_files_sync(struct export_list *list, struct err *err);

/* The format's first file on stdout, its signature beneath it as a comment. */
MUST_CHECK bool export_files_print(const struct export_list *list, const char *name,
                                   struct err *err);
