/*
 * Which short links of a flagged post may be resolved: those that are a reason of the flag. A link
 * is one if a rule that flagged the post marks the whole of it, which its span does where a
 * question about a link (link.host, link.domain, …, exists too) was answered by this very link; and
 * only if it is at a known shortener. No other link of the post, and none of any other post, is
 * asked for.
 */
#pragma once

#include <stddef.h>

#include "feeds/shortener.h"
#include "filter/rule/match.h"

enum { NOMINATED_MOST = 8 }; /* of one post */

/*
 * Fills `picked` with pointers into `links`, one per different URL; returns how many. `match` holds
 * the hits of rules that flag, `links` those of the post that was matched.
 */
size_t nominated(const struct feeds_shorteners *list, const struct rule_match *match,
                 const struct text_link *links, size_t link_count,
                 const struct text_link *picked[NOMINATED_MOST]);
