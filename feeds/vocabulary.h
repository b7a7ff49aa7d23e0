/* The elements of RSS, Atom, sitemaps and the modules that matter, and which of them mean the same.
 */
#pragma once

#include "filter/base/str.h"

/* Elements of RSS and Atom share one: feeds mix them, and no name means two things. */
enum feeds_namespace {
    FEEDS_NS_CORE,
    FEEDS_NS_CONTENT,
    FEEDS_NS_DC,
    FEEDS_NS_ITUNES,
    FEEDS_NS_MEDIA,
    FEEDS_NS_RDF,
    FEEDS_NS_XHTML,
    FEEDS_NS_SITEMAP,
    FEEDS_NS_NEWS,
    FEEDS_NS_SYNDICATION,
    FEEDS_NS_OTHER,
};

/* What a namespace name stands for; `*version` is set if it says which format this is. */
enum feeds_namespace feeds_namespace_of(struct str uri, const char **version);

/* What an undeclared prefix is commonly bound to. */
enum feeds_namespace feeds_namespace_usual(struct str prefix);

enum feeds_element {
    FEEDS_EL_OTHER,   /* passed through */
    FEEDS_EL_FEED,    /* rss, RDF, channel, feed, urlset */
    FEEDS_EL_ENTRY,   /* item, entry, url */
    FEEDS_EL_IGNORED, /* image, source, …: what is in it is about something else */
    FEEDS_EL_TITLE,   /* from here on: elements with a value of their own */
    FEEDS_EL_LINK,
    FEEDS_EL_ID,
    FEEDS_EL_GUID,
    FEEDS_EL_SUMMARY,
    FEEDS_EL_CONTENT,
    FEEDS_EL_AUTHOR,
    FEEDS_EL_PUBLISHED,
    FEEDS_EL_UPDATED,
    FEEDS_EL_CATEGORY,
    FEEDS_EL_KEYWORDS,
    FEEDS_EL_LANGUAGE,
    FEEDS_EL_ENCLOSURE,
    FEEDS_EL_TTL,
    FEEDS_EL_PERIOD,
    FEEDS_EL_FREQUENCY,
    FEEDS_EL_INDEX, /* of sitemaps: no feed itself */
};

struct feeds_element_use {
    enum feeds_element element;
    int rank; /* the higher one wins where several mean the same */
};

/* In any case, as feeds write "pubDate" and "pubdate". */
struct feeds_element_use feeds_element_find(enum feeds_namespace space, struct str local);
