/* Numbers and dates as rules and events write them. */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/rule/program.h"

/*
 * A whole text as a number: JSON's decimal form, with a '+', leading zeros or a bare point allowed,
 * and YAML's 0x and 0o. 64-bit integers keep all their digits. False for anything else.
 */
MUST_CHECK bool rule_number_parse(struct str text, long double *number);

/*
 * A part of a date as it is written, whatever its time zone (Sigma modifiers, "Time Modifiers"):
 * year, month and day between '-' or '/', then 'T' or white space and the time of day. False if
 * `text` is no such date, or has not that part.
 */
MUST_CHECK bool rule_date_part(struct str text, enum rule_date_part part, long double *number);

/* Whether `number` is to `other` as `relation` says. */
bool rule_number_is(long double number, enum rule_relation relation, long double other);
