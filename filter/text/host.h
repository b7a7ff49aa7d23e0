/* Hosts of URLs: names and addresses (WHATWG URL Standard, section 3). */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

struct err;

/*
 * Appends the canonical form of a host as a URL has it: percent-decoded, A-labels, addresses in
 * their one form, without the root's dot. False, and `out` as before, if it is no host.
 */
MUST_CHECK bool host_put(struct str text, struct buf *out, struct err *err);

/* Whether a canonical host is an IPv4 or IPv6 address. */
bool host_is_address(struct str host);

/* Whether a canonical host is a name DNS can hold: lengths, letters, digits, '-', '_'. */
bool host_is_dns_name(struct str host);
