/* One small function per format: one item, as bytes of that format (filter/blocklist only). */
#pragma once

#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/blocklist/format.h"

/* Declares NAME_put, and NAME_open or NAME_close where a format needs them. */
#define BLOCKLIST_PUT(name)                                                                        \
    void blocklist_##name##_put(struct buf *out, const struct blocklist_item *item,                \
                                const struct blocklist_item *before)
#define BLOCKLIST_OPEN(name)                                                                       \
    void blocklist_##name##_open(struct buf *out, const struct blocklist_opening *opening)
#define BLOCKLIST_CLOSE(name)                                                                      \
    void blocklist_##name##_close(struct buf *out, const struct blocklist_opening *opening)

/* A response policy zone (draft-vixie-dnsop-dns-rpz): NXDOMAIN for a name, and for "*." below it.
 */
BLOCKLIST_OPEN(rpz);
BLOCKLIST_PUT(rpz);

/* hosts(5): both families, so that no address is left. */
BLOCKLIST_PUT(hosts);

/* dnsmasq, for servers-file, which a SIGHUP reads anew (conf-file is read at the start alone). */
BLOCKLIST_PUT(dnsmasq);

/* unbound.conf: always_nxdomain for a DOMAIN; of a HOST its addresses alone, for a zone has no
 * other way to leave what is below it as it was. */
BLOCKLIST_OPEN(unbound);
BLOCKLIST_PUT(unbound);

/* Squid: `acl … dstdomain "FILE"` and `acl … url_regex "FILE"`. */
BLOCKLIST_PUT(squid_domain);
BLOCKLIST_PUT(squid_url);

/* A host name a line. */
BLOCKLIST_PUT(name);

/* Expressions that match names of a HOST too: squidGuard's expressionlist, e2guardian's
 * bannedregexpurllist. */
BLOCKLIST_PUT(content_filter);

/* Adblock Plus, AdGuard and uBlock Origin, in browsers and in resolvers. */
BLOCKLIST_OPEN(adblock);
BLOCKLIST_PUT(adblock);

/* A script for RouterOS 7 that takes its names back when the list's time is up. */
BLOCKLIST_OPEN(routeros);
BLOCKLIST_PUT(routeros);

/* nginx: `map $host …  { hostnames; include FILE; }` and `map $http_host$request_uri … {…}`; the
 * value is the number of the case. */
BLOCKLIST_PUT(nginx);
BLOCKLIST_PUT(nginx_url);

/* HAProxy: map_end over ".host", map_str over the host, map_reg over host and path; the value is
 * the number of the case. */
BLOCKLIST_PUT(haproxy_domain);
BLOCKLIST_PUT(haproxy_host);
BLOCKLIST_PUT(haproxy_url);

/*
 * Suricata: datasets of type string, the rules that ask them, and rules for what whole values don't
 * express. A rule's number has 32 bits.
 */
enum { BLOCKLIST_SURICATA_CASES = 600000000, BLOCKLIST_SURICATA_LABELS = 6 };
BLOCKLIST_PUT(suricata);
BLOCKLIST_OPEN(suricata_rules);
BLOCKLIST_PUT(suricata_rules);

/* STIX 2.1 (OASIS): a bundle of indicators. */
BLOCKLIST_OPEN(stix);
BLOCKLIST_PUT(stix);
BLOCKLIST_CLOSE(stix);

/* A MISP feed: one event of attributes, and the manifest that names it. */
BLOCKLIST_OPEN(misp);
BLOCKLIST_PUT(misp);
BLOCKLIST_CLOSE(misp);
BLOCKLIST_OPEN(misp_manifest);

/* RFC 4180 with LF, every cell quoted, none that a spreadsheet takes for a formula. */
BLOCKLIST_OPEN(csv);
BLOCKLIST_PUT(csv);

/* "SCOPE target" a line, for programs of one's own. */
BLOCKLIST_PUT(text);

/* What several of them use. */

/* Every byte for itself in a regular expression, POSIX extended (regex(7)) or PCRE. */
void blocklist_put_literal(struct buf *out, struct str text);

/* Every byte for itself in PCRE, RE2 or JavaScript: all but letters and digits as \xHH. */
void blocklist_put_hexed(struct buf *out, struct str text);

/* What stands behind the host in the target of a URL: port, path and query. */
struct str blocklist_after_host(const struct blocklist_item *item);

/*
 * The target as an expression, anchored at both ends, `lead` before the host: the port exactly, the
 * default one optional; of a URL the query exactly, of a URL_PREFIX all that follows a whole path
 * segment; of a HOST every port and path. `put` writes text as itself.
 */
void blocklist_put_regex(struct buf *out, const struct blocklist_item *item, const char *lead,
                         void (*put)(struct buf *out, struct str text));

void blocklist_put_base64(struct buf *out, struct str bytes);

/* A UUID (RFC 9562) of the first bytes of a hash, marked as a random one; lower case. */
void blocklist_put_uuid(struct buf *out, const struct hash *hash);

/* The UUID of all lists by one key and in one season. */
void blocklist_put_list_uuid(struct buf *out, const struct blocklist_opening *opening);
