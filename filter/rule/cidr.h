/* Ranges of IP addresses (RFC 4632, RFC 4291). */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

struct err;

struct rule_cidr {
    unsigned char octets[16];
    unsigned bits; /* of the prefix */
    bool is_six;
};

/* Reads "10.0.0.0/8", "2001:db8::/32" or a single address; host bits may be set. */
MUST_CHECK bool rule_cidr_parse(struct str text, struct rule_cidr *cidr, struct err *err);

/* Whether `text` is an address in the range; an IPv6 one may have brackets and a zone. */
bool rule_cidr_contains(const struct rule_cidr *cidr, struct str text);
