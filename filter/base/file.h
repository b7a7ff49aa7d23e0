/* Whole files, read with a bound and written so that a crash leaves the old or the new one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"

struct err;

/* Appends the file's bytes to `out`. False if it can't be read or has more than `max_bytes`. */
MUST_CHECK bool file_read(const char *path, size_t max_bytes, struct buf *out, struct err *err);

/* Writes a temporary file beside `path`, syncs it and renames it over `path`. */
MUST_CHECK bool file_write(const char *path, struct str bytes, unsigned mode, struct err *err);

/*
 * The paths below folder `path` whose names end in `suffix`, in byte order, dot files left out,
 * sub-folders included, at most `max_files`; `out` starts empty and ends with file_list_fini.
 */
struct file_list {
    char **paths;
    size_t count, room;
};
MUST_CHECK bool file_find(const char *path, const char *suffix, size_t max_files,
                          struct file_list *out, struct err *err);
void file_list_fini(struct file_list *list);
