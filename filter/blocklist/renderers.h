/* One small function per format: one item, as bytes of that format (filter/blocklist only). */
#pragma once

#include "filter/base/buf.h"
#include "filter/blocklist/format.h"

/* A response policy zone (draft-vixie-dnsop-dns-rpz): NXDOMAIN for a name, and for "*." below it.
 */
void blocklist_rpz_open(struct buf *out, const struct blocklist_opening *opening);
void blocklist_rpz_put(struct buf *out, const struct blocklist_item *item,
                       const struct blocklist_item *before);

/* hosts(5): both families, so that no address is left. */
void blocklist_hosts_put(struct buf *out, const struct blocklist_item *item,
                         const struct blocklist_item *before);

/* Squid: `acl … dstdomain "FILE"` and `acl … url_regex "FILE"`. */
void blocklist_squid_domain_put(struct buf *out, const struct blocklist_item *item,
                                const struct blocklist_item *before);
void blocklist_squid_url_put(struct buf *out, const struct blocklist_item *item,
                             const struct blocklist_item *before);

/* RFC 4180 with LF, every cell quoted, none that a spreadsheet takes for a formula. */
void blocklist_csv_open(struct buf *out, const struct blocklist_opening *opening);
void blocklist_csv_put(struct buf *out, const struct blocklist_item *item,
                       const struct blocklist_item *before);
