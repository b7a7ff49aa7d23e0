/* Asking a resolver whether it does what its list says. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/blocklist/list.h"

struct err;

/*
 * Asks the resolver at "ADDRESS:PORT" (UDP; IPv6 in brackets) for one listed name until it is
 * refused an address, at most 10 seconds. True if it is, or if nothing is listed by name. False if
 * not, or if the resolver does not answer.
 */
MUST_CHECK bool pull_probe(const char *resolver, const struct blocklist_item *items, size_t count,
                           struct err *err);

/* The same for a name that is listed no more: until it has another answer. */
MUST_CHECK bool pull_probe_free(const char *resolver, struct str name, struct err *err);
