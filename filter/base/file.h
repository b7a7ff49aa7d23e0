/* Whole files, read with a bound and written so that a crash leaves the old or the new one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"

struct err;

/* Appends the file's bytes to `out`. False if it can't be read or has more than `max_bytes`. */
MUST_CHECK bool file_read(const char *path, size_t max_bytes, struct buf *out, struct err *err);

/* The same of standard input, whatever it is, up to its end. */
MUST_CHECK bool file_read_stdin(size_t max_bytes, struct buf *out, struct err *err);

/* Writes a temporary file beside `path`, syncs it and renames it over `path`. */
MUST_CHECK bool file_write(const char *path, struct str bytes, unsigned mode, struct err *err);

/*
 * The same for a file that is written piece by piece, with its SHA-256 on the way, and not synced:
 * the disk is told to begin, and file_sync waits for it.
 */
struct file_stream; /* one thread */

/* The file is not there before _close. NULL if it can't be made. */
MUST_CHECK struct file_stream *file_stream_open(const char *path, unsigned mode, struct err *err);
MUST_CHECK bool file_stream_put(struct file_stream *stream, struct str piece, struct err *err);

/*
 * Ends it, done or not, and frees it. With `is_whole` the file takes its place and `*sha256` and
 * `*bytes` are filled in; without, or when it returns false, what was there before stays.
 */
MUST_CHECK bool file_stream_close(struct file_stream *stream, bool is_whole, struct hash *sha256,
                                  size_t *bytes, struct err *err);

/* Waits until all that was written to a file is on the disk. */
MUST_CHECK bool file_sync(const char *path, struct err *err);

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
