/* An entry being put together from what a document says, in whatever order it says it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feeds/html.h"
#include "feeds/parse.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

/* Text of an entry, or of the feed itself (its title, link and language). */
enum feeds_slot {
    FEEDS_SLOT_ID,
    FEEDS_SLOT_URL,
    FEEDS_SLOT_TITLE,
    FEEDS_SLOT_SUMMARY,
    FEEDS_SLOT_CONTENT,
    FEEDS_SLOT_AUTHOR,
    FEEDS_SLOT_LANG,
    FEEDS_SLOTS
};

enum feeds_moment { FEEDS_PUBLISHED_AT, FEEDS_UPDATED_AT, FEEDS_MOMENTS };

enum {
    FEEDS_MAX_CATEGORIES = 64,
    FEEDS_MAX_ENCLOSURES = 16,
    FEEDS_MAX_RANK = 3,
    FEEDS_MAX_URL = 8192
};

struct feeds_part {
    size_t at, len; /* in the builder's text */
};

struct feeds_slot_value {
    struct feeds_part part;
    int rank; /* 0: not set; a higher one replaces a lower one, the last of one rank the others */
    size_t depth; /* of the element; one further inside is about something else */
};

struct feeds_build {
    const struct feeds_document *document;
    feeds_on_entry *on_entry;
    void *context;
    struct feeds_head *head;
    bool is_stopped;
    bool in_entry;
    size_t depth; /* of the element that is being read, as the reader counts; 0: all are alike */
    /* of the feed */
    struct buf head_text;
    struct feeds_slot_value head_slots[FEEDS_SLOTS];
    int head_updated_rank;
    int64_t ttl_ms, period_ms; /* 0: not said */
    int frequency;             /* in a period */
    /* of the entry */
    struct buf text;
    struct feeds_slot_value slots[FEEDS_SLOTS];
    int64_t moments[FEEDS_MOMENTS];
    int moment_ranks[FEEDS_MOMENTS];
    struct feeds_part categories[FEEDS_MAX_CATEGORIES];
    size_t category_count;
    struct feeds_part enclosures[FEEDS_MAX_ENCLOSURES][3]; /* url, type, length */
    size_t enclosure_count;
    struct feeds_links links, summary_links;
    struct str *link_list;
    size_t link_list_room;
};

void feeds_build_fini(struct feeds_build *build);

/* A new document. */
void feeds_build_start(struct feeds_build *build, const struct feeds_document *document,
                       feeds_on_entry *on_entry, void *context, struct feeds_head *head);

void feeds_build_open(struct feeds_build *build);

/* Hands the entry out; nothing if none is open. */
void feeds_build_close(struct feeds_build *build);

/*
 * Gives `slot` of the entry, or of the feed outside of one, what was appended to
 * *feeds_build_text() since it had `at` bytes, if that is not empty and nothing of a higher rank is
 * there, nor of this rank in an element further out; else forgets it.
 */
struct buf *feeds_build_text(struct feeds_build *build);
void feeds_build_set(struct feeds_build *build, enum feeds_slot slot, int rank, size_t at);
bool feeds_build_wants(const struct feeds_build *build, enum feeds_slot slot, int rank);
void feeds_build_copy(struct feeds_build *build, enum feeds_slot slot, int rank, struct str text);

/*
 * The slot's text from HTML, whose links are the entry's; a URL made absolute; a link that stands
 * beside the text. What is of no entry has no links.
 */
void feeds_build_html(struct feeds_build *build, enum feeds_slot slot, int rank, struct str html);
void feeds_build_url(struct feeds_build *build, int rank, struct str url);
void feeds_build_link(struct feeds_build *build, struct str url);

/*
 * The same for a time, as written; one that can't be read is left out, and the last of one rank
 * counts, as a document that was amended by appending means it.
 */
void feeds_build_moment(struct feeds_build *build, enum feeds_moment moment, int rank,
                        struct str text);

/* Of the feed alone: how often it changes, as <ttl>, <sy:updatePeriod>, <sy:updateFrequency>. */
void feeds_build_ttl(struct feeds_build *build, struct str minutes);
void feeds_build_period(struct feeds_build *build, struct str name);
void feeds_build_frequency(struct feeds_build *build, struct str times);

/* Of the entry alone. */
void feeds_build_category(struct feeds_build *build, struct str text);
void feeds_build_enclosure(struct feeds_build *build, struct str url, struct str type,
                           struct str length);

/* Fills in the head's title, link, language when the document is through. */
void feeds_build_finish(struct feeds_build *build);
