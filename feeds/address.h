/* Which addresses fetching may connect to. */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

/*
 * Whether an address is a public unicast one: none of IANA's special-purpose blocks (private,
 * loopback, link-local, shared, benchmarking, documentation, multicast, reserved, and every way of
 * writing an IPv4 address into an IPv6 one). RFC 6890 and the registries it founded.
 */
bool feeds_address_is_public(const struct sockaddr *address);

/* The same for an address as text, without brackets; false if it is none. */
bool feeds_address_text_is_public(const char *text);
