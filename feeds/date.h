/* Times as feeds write them: RFC 822, RFC 3339, asctime, and the many forms that are neither. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

/*
 * Reads a date, with or without a time of day, in English or Indonesian ("Sabtu, 21 Nopember 2026
 * 19.30 WIB"). Without a zone it counts as UTC. False if it is no date.
 */
MUST_CHECK bool feeds_date_parse(struct str text, int64_t *time_ms);
