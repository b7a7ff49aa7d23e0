/*
 * Connectors: how the answers of public services that are no feeds become posts. Fetching, state,
 * limits and what was seen are the core's; a connector is a row of FEEDS_KINDS and one function.
 * feeds/README.md shows how to write one.
 */
#pragma once

#include <stdbool.h>

#include "feeds/parse.h"
#include "feeds/source.h"

/* Of the source's kind; NULL: the format is seen from the bytes. */
feeds_read *feeds_connector_reader(enum feeds_kind kind);

/*
 * The header's name and ": " and what stands before a token, as this kind of service wants it; NULL
 * if it takes none.
 */
const char *feeds_connector_token_header(enum feeds_kind kind);

/* Mastodon's timelines and searches (docs.joinmastodon.org, entities/Status). */
feeds_read feeds_connector_mastodon;

/* Bluesky's app.bsky.feed.searchPosts. */
feeds_read feeds_connector_bluesky;

/* Google's Fact Check Tools, claims:search (v1alpha1). */
feeds_read feeds_connector_factcheck;

/* schema.org's ClaimReview as JSON-LD in a page, or alone. */
feeds_read feeds_connector_claimreview;

/* Tips, an object a line: "text" and "link" are read, and nothing else. */
feeds_read feeds_connector_tip;

/* A public Telegram channel's preview, https://t.me/s/NAME. */
feeds_read feeds_connector_telegram;
