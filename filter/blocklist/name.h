/* Host names as lists hold them: canonical ASCII, ordered from the last label to the first. */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

struct err;

enum { BLOCKLIST_NAME_BYTES = 253, BLOCKLIST_LABEL_BYTES = 63 };

/*
 * Whether `host` is a canonical name that any output can hold as it is: lower-case letters,
 * digits, '-' and '_' in labels of 1 to 63 that neither start nor end with '-', 253 octets in
 * all, no trailing dot, at least one letter in the last label. An address is none, nor is "*".
 */
MUST_CHECK bool blocklist_name_check(struct str host, struct err *err);

/* Order by reversed labels, a name before all that lies below it: <0, 0, >0. */
int blocklist_name_compare(struct str a, struct str b);

/* Whether `name` is `above` or lies below it. */
bool blocklist_name_covers(struct str above, struct str name);

/* Cuts the first label off: "a.b.c", "b.c", "c", "". */
struct str blocklist_name_above(struct str name);
