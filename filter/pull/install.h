/* Files put in place for a consumer, which then reads them; what was there comes back on failure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/blocklist/format.h"
#include "filter/pull/consumer.h"

struct err;

struct pull_place {
    const struct pull_consumer *consumer;
    const char *folder;
    const char *check, *reload; /* instead of the consumer's; "" for nothing */
    const char *probe;          /* ADDRESS:PORT of the resolver; NULL: no probe */
};

/*
 * Renders `items` in the consumer's format, writes each file beside its place, moves them there in
 * one rename each, checks, reloads and probes. False if any of these fails: what was there before
 * is then back in place and read again, unless the list is empty, which stays.
 */
MUST_CHECK bool pull_install(const struct pull_place *place,
                             const struct blocklist_opening *opening,
                             const struct blocklist_item *items, size_t count, struct err *err);
