/* A post as every part of the program sees it (DESIGN: posts and text views). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "filter/base/clock.h"
#include "filter/base/str.h"

/* The fields that people wrote, in the order in which they are read. */
enum post_field { POST_TITLE, POST_TEXT, POST_AUTHOR_NAME, POST_FIELDS };

enum {
    POST_MAX_BYTES = 1 << 20, /* title, text and author together; a longer post is refused */
    POST_MAX_LINKS = 256,     /* further ones are not looked at */
};

/*
 * All text is valid UTF-8 (readers repair it) and borrowed from the reader that made the post:
 * it stands until that reader's next post. Absent fields have length 0.
 */
struct post {
    struct str id;     /* unique within `source` */
    struct str source; /* the source's id in sources.yml, or as given */
    struct str url;    /* where the post is; may hold a handle: never searched or grouped */
    struct str fields[POST_FIELDS]; /* author_name: as shown, in memory only, never stored */
    struct str lang;                /* BCP 47 */
    const struct str *links;        /* targets that stood in mark-up, not in the text */
    size_t link_count;
    int64_t published_ms, fetched_ms; /* CLOCK_NEVER: unknown */
};

#define POST_EMPTY ((struct post){.published_ms = CLOCK_NEVER, .fetched_ms = CLOCK_NEVER})

/* "title", "text", "author_name". */
const char *post_field_name(enum post_field field);
