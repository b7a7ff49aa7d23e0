/*
 * The files that resolvers and proxies read, one table of them. Each opens with what it is, its
 * serial, its end and where to appeal. What a format cannot express is left out and reported; it
 * is never widened.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"
#include "filter/blocklist/list.h"

struct err;

/* What a file says of itself. Text may come from anywhere: it is made harmless when written. */
struct blocklist_opening {
    uint32_t serial;
    int64_t made_ms, valid_until_ms;
    int64_t first_end_ms;   /* of the entries in it; 0: none ends before valid_until_ms */
    struct str season;      /* its name; "" for the demonstration */
    struct str appeal;      /* where and how to object */
    struct str empty;       /* why the list was emptied; "" if it was not */
    struct str fingerprint; /* of the key that signs */
    struct hash head;       /* of the log */
    size_t entries;         /* in the list, whatever a format makes of them */
    struct str zone;        /* RPZ: the policy zone's name, canonical, for the length of names */
};

enum { BLOCKLIST_ZONE_BYTES = 200 };

/* The zone that names are measured against if nothing else is said. */
#define BLOCKLIST_ZONE "saring.rpz"

struct blocklist_format {
    const char *name;    /* as in `saring export NAME`; some have several files of one name */
    const char *file;    /* the usual file name; with "%s" where the list's UUID stands */
    const char *suffix;  /* of a further file beside the first of that name */
    const char *first;   /* what the format wants above all else, or NULL */
    const char *comment; /* starts a comment line; NULL: `open` writes what the file is */
    unsigned scopes;     /* bits 1 << enum blocklist_scope that it expresses */
    unsigned narrowed;   /* those that it can only block in part, which is reported */
    bool keeps_covered;  /* also writes what another entry covers */
    bool keeps_twins;    /* writes both of two entries with one scope and target */
    bool is_sub_named;   /* a DOMAIN needs "*." before it, and room for that */
    bool is_in_zone;     /* names must fit before the zone's */
    bool encodes_lines;  /* comments stand in it as base64, values that match nothing */
    bool ends_each;      /* every entry's own end is in it; else the first one ends the file */
    unsigned least_labels, most_labels; /* of a DOMAIN; a sibling has the others; 0: any */
    size_t most_written;                /* more than that are skipped; 0: any number */
    int64_t most_case; /* the highest number of a case that it has room for; 0: any */
    void (*open)(struct buf *out, const struct blocklist_opening *opening);
    /* Appends one item; `before` is the one written before it, NULL at first. */
    void (*put)(struct buf *out, const struct blocklist_item *item,
                const struct blocklist_item *before);
    void (*close)(struct buf *out, const struct blocklist_opening *opening);
};

/* The formats, `*count` of them. */
const struct blocklist_format *blocklist_formats(size_t *count);

/* What became of the entries. */
struct blocklist_counts {
    size_t written, covered, narrowed, skipped;
};

/* Told of every entry that was skipped or narrowed, with why. */
typedef void blocklist_report(void *context, const struct blocklist_format *format,
                              const struct blocklist_item *item, const char *why);

/*
 * Appends the whole file. `items` are sorted, as blocklist_list_sort gives them; `report` may be
 * NULL. Equal input gives equal bytes. A file whose entries have no ends of their own says that it
 * is valid until the first of them ends, so that none outlives its end in it.
 */
void blocklist_render(const struct blocklist_format *format,
                      const struct blocklist_opening *opening, const struct blocklist_item *items,
                      size_t item_count, struct buf *out, struct blocklist_counts *counts,
                      blocklist_report *report, void *context);

/* Takes the next piece of a file; false, with why, ends the rendering. */
typedef bool blocklist_drain(void *context, struct str piece, struct err *err);

/* The same piece by piece, of a few hundred KiB each: a file of any length in little memory. */
MUST_CHECK bool blocklist_render_to(const struct blocklist_format *format,
                                    const struct blocklist_opening *opening,
                                    const struct blocklist_item *items, size_t item_count,
                                    blocklist_drain *drain, void *drain_context,
                                    struct blocklist_counts *counts, blocklist_report *report,
                                    void *context, struct err *err);

/* Appends the file's name: `file`, with the list's UUID in it if it has one. */
void blocklist_format_file(const struct blocklist_format *format,
                           const struct blocklist_opening *opening, struct buf *out);

/* Appends what every file says of itself, a line each, as plain text. */
void blocklist_put_opening(const struct blocklist_opening *opening, const char *name,
                           struct buf *out);

/*
 * Appends lines of text as comments of the format: a signature beneath what it signs. A format
 * without comments has no room for one.
 */
void blocklist_put_comment(const struct blocklist_format *format, struct buf *out, struct str text);
