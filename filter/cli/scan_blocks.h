/*
 * Files cut into blocks of whole lines, worked on by all cores, and handed back in the order in
 * which they were read. Memory is bounded whatever the input is.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feeds/csv.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/str.h"

/* One post's bytes: a line of NDJSON or a row of CSV. */
struct scan_line {
    size_t at, len;  /* in the block */
    uint64_t number; /* of the file's line on which it starts, from 1 */
};

/* What there is to count; the writer adds the blocks' up. */
struct scan_counts {
    uint64_t posts, flagged, bad, faults, mended, bytes;
    uint64_t persons; /* matched, and not of a source that may be counted by, though a rule asks */
};

struct scan_block {
    const char *file;                       /* as messages name it; stands until the end */
    const struct feeds_csv_header *columns; /* of a CSV file; NULL: NDJSON */
    struct buf bytes;
    struct scan_line *lines;
    size_t line_count, line_room;
    struct buf out, errors; /* for stdout and stderr, filled by whoever works on it */
    struct buf sightings;   /* for correlations: of its flagged posts (rule/sighting.h) */
    struct scan_counts counts;
};

enum scan_format { SCAN_NDJSON, SCAN_CSV };

struct scan_job {
    const char *const *files; /* "-" is standard input */
    size_t file_count;
    enum scan_format format;
    const char *text_column; /* of CSV; NULL: "text" */
    unsigned workers;
    /* One per worker, each used by one thread at a time. */
    void *(*worker_new)(void *context);
    void (*worker_free)(void *worker);
    void (*work)(void *worker, struct scan_block *block);
    /* In order, by one thread at a time; false stops it all. */
    bool (*write)(void *context, struct scan_block *block);
    void *context;
};

/*
 * Runs the job to its end. False if a file could not be read, which leaves the others read all the
 * same (an error with its place is in a block, and the last one in `err`), or if `write` stopped.
 */
MUST_CHECK bool scan_run(const struct scan_job *job, struct err *err);

/* Appends "file:line: message" to the block's errors and counts a bad line. */
void scan_bad_line(struct scan_block *block, const struct err *err);
