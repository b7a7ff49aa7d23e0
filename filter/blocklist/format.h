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
    struct str season;      /* its name; "" for the demonstration */
    struct str appeal;      /* where and how to object */
    struct str empty;       /* why the list was emptied; "" if it was not */
    struct str fingerprint; /* of the key that signs */
    struct hash head;       /* of the log */
    struct str zone;        /* RPZ: the policy zone's name, canonical, for the length of names */
};

enum { BLOCKLIST_ZONE_BYTES = 200 };

/* The zone that names are measured against if nothing else is said. */
#define BLOCKLIST_ZONE "saring.rpz"

struct blocklist_format {
    const char *name;    /* as in `saring export NAME`; squid has two files of one name */
    const char *file;    /* the usual file name */
    const char *suffix;  /* of a further file beside the first of that name */
    const char *comment; /* starts a comment line */
    unsigned scopes;     /* bits 1 << enum blocklist_scope that it expresses */
    unsigned narrowed;   /* those that it can only block in part, which is reported */
    bool keeps_covered;  /* also writes what another entry covers */
    bool is_sub_named;   /* a DOMAIN needs "*." before it, and room for that */
    bool is_in_zone;     /* names must fit before the zone's */
    void (*open)(struct buf *out, const struct blocklist_opening *opening);
    /* Appends one item; `before` is the one written before it, NULL at first. */
    void (*put)(struct buf *out, const struct blocklist_item *item,
                const struct blocklist_item *before);
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
 * NULL. Equal input gives equal bytes.
 */
void blocklist_render(const struct blocklist_format *format,
                      const struct blocklist_opening *opening, const struct blocklist_item *items,
                      size_t item_count, struct buf *out, struct blocklist_counts *counts,
                      blocklist_report *report, void *context);

/* Appends lines of text as comments of the format: a signature beneath what it signs. */
void blocklist_put_comment(const struct blocklist_format *format, struct buf *out, struct str text);
