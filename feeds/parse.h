/*
 * Feed documents to posts: RSS 0.9x, 1.0, 2.0, Atom 0.3, 1.0, CDF, news sitemaps, JSON Feed 1.x,
 * NDJSON. No network.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/post.h"
#include "filter/base/str.h"

struct err;
struct feeds_build;
struct feeds_parser; /* one per thread, reused for every document */

enum {
    FEEDS_MAX_DOCUMENT = 16 << 20, /* bytes of a document, unpacked */
    FEEDS_MAX_ENTRIES = 20000,     /* further ones are not read */
};

enum feeds_format {
    FEEDS_UNKNOWN,
    FEEDS_RSS, /* all versions, and CDF */
    FEEDS_ATOM,
    FEEDS_SITEMAP,
    FEEDS_JSON,
    FEEDS_NDJSON,
    FEEDS_CSV,
};

/*
 * Reads a service's answer, valid UTF-8, into `build`, which was started (feeds/build.h). False if
 * it is none: entries before that place were handed out.
 */
typedef bool feeds_read(struct str text, struct feeds_build *build, struct err *err);

/* What came: bytes, and what is known of them. */
struct feeds_document {
    struct str bytes;
    struct str content_type; /* the HTTP header, for its charset; may be empty */
    struct str url;          /* where it was, for relative links; may be empty */
    struct str source;       /* the source's id; of NDJSON posts that name none */
    struct str lang;         /* of posts whose feed names none */
    int64_t fetched_ms;
    bool is_ndjson, is_csv;
    feeds_read *read; /* of a connector; NULL and neither of those: seen from the bytes */
};

/* A file that an entry comes with. */
struct feeds_enclosure {
    struct str url, type, length; /* as written */
};

/* A post, and what else its entry says. All text stands until the callback returns. */
struct feeds_entry {
    struct post post;
    bool has_own_id;    /* else post.id was made: of its link, or of what it says */
    int64_t updated_ms; /* when it was published, if it says no other time */
    const struct str *categories;
    size_t category_count;
    const struct feeds_enclosure *enclosures;
    size_t enclosure_count;
};

/* What a document says of itself; stands until the parser's next document. */
struct feeds_head {
    enum feeds_format format;
    const char *version; /* "rss20", "rss10", "atom10", "json11", …; "" unknown */
    struct str title, link, lang;
    int64_t updated_ms;
    int64_t every_ms; /* how often it says that it changes (ttl, sy:updatePeriod); 0: it does not */
    size_t entries;   /* read */
    size_t bad;       /* left out: an NDJSON line or an entry that is too long */
    uint64_t mended;  /* bad byte sequences replaced */
    bool is_broken;   /* not well-formed; what could be read was */
};

/* False stops reading the document. */
typedef bool feeds_on_entry(void *context, const struct feeds_entry *entry);

MUST_CHECK struct feeds_parser *feeds_parser_new(void);
void feeds_parser_free(struct feeds_parser *parser); /* NULL is fine */

/*
 * Reads a document and calls `on_entry` for each entry, in the document's order. An entry's id is
 * its guid, id or link, else a hash of what it says. Mark-up becomes text, its links post.links;
 * relative links are resolved. False if it is no feed at all, or too large or deep: entries before
 * that place were handed out. What is merely malformed is mended (`head->is_broken`).
 */
MUST_CHECK bool feeds_parse(struct feeds_parser *parser, const struct feeds_document *document,
                            feeds_on_entry *on_entry, void *context, struct feeds_head *head,
                            struct err *err);
