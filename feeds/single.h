/* Feeds of one person or account, by how their addresses look (DESIGN, section 1, limit 5). */
#pragma once

#include <stdbool.h>

#include "filter/base/str.h"

/*
 * Whether the address looks like the feed of a single author, whatever its source says that it is:
 * a profile, a channel, a blog at a host of blogs, a search for what one account posted, or a
 * converter that hides what it reads. No spelling of an address hides it: port, root dot, case,
 * doubled slashes and percent-encoding are looked through. An address that is none is one, too.
 */
bool feeds_single_author(struct str url);
