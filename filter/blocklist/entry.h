/*
 * A network entry: one target that resolvers and proxies may be told to refuse (DESIGN: limit 2).
 * There is no way to make one of another class than fraud, without harvest that was observed, or
 * for longer than 30 days: both ways to one, blocklist_entry_new and blocklist_entry_read, check
 * the same. What may be listed at all is guard.h's question.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"
#include "filter/rule/rule.h"

struct err;

/* How much an entry covers, narrowest first. X(constant, name) */
#define BLOCKLIST_SCOPES(X)                                                                        \
    X(BLOCKLIST_URL, "URL")               /* one URL, its query included */                        \
    X(BLOCKLIST_URL_PREFIX, "URL_PREFIX") /* that path and all below it, on that host */           \
    X(BLOCKLIST_HOST, "HOST")             /* that host name, none below it */                      \
    X(BLOCKLIST_DOMAIN, "DOMAIN")         /* that name and all below it */

enum blocklist_scope {
#define X(constant, name) constant,
    BLOCKLIST_SCOPES(X)
#undef X
};

const char *blocklist_scope_name(enum blocklist_scope scope);
MUST_CHECK bool blocklist_scope_parse(struct str name, enum blocklist_scope *scope);

/* What somebody was seen to harvest or spread there: bits of a set. X(constant, bit, name) */
#define BLOCKLIST_HARVESTS(X)                                                                      \
    X(BLOCKLIST_CREDENTIALS, 1, "credentials")                                                     \
    X(BLOCKLIST_MALWARE, 2, "malware")                                                             \
    X(BLOCKLIST_MONEY, 4, "money")                                                                 \
    X(BLOCKLIST_PERSONAL_DATA, 8, "personal_data")

enum blocklist_harvest {
#define X(constant, bit, name) constant = (bit),
    BLOCKLIST_HARVESTS(X)
#undef X
};

/* One name of those; false if it is none of them: likeness to somebody's site is no harvest. */
MUST_CHECK bool blocklist_harvest_parse(struct str name, unsigned *bit);

enum {
    BLOCKLIST_REASON_LEAST = 80,  /* characters */
    BLOCKLIST_REASON_MOST = 1500, /* characters */
    BLOCKLIST_EVIDENCE_MOST = 16, /* files */
    BLOCKLIST_ENTRY_BYTES = 32 * 1024,
};

#define BLOCKLIST_ENTRY_TYPE "saring-entry-1"
#define BLOCKLIST_DEMO "demo" /* in the place of a season's id */

#define BLOCKLIST_LONGEST_MS ((int64_t)30 * 24 * 3600 * 1000) /* from start to end */
#define BLOCKLIST_EVIDENCE_AGE_MS ((int64_t)24 * 3600 * 1000) /* from observed to start */

/* What an entry is made of. Text is borrowed during the call. */
struct blocklist_draft {
    enum rule_class class; /* RULE_FRAUD; anything else is refused */
    int64_t case_id;       /* from 1 */
    enum blocklist_scope scope;
    struct str target; /* a URL, or a host name; any spelling of it, made canonical here */
    int64_t start_ms, end_ms;
    unsigned harvest;            /* a set of enum blocklist_harvest, not empty */
    int64_t observed_ms;         /* when that was reproduced: at most 24 h before the start */
    const struct hash *evidence; /* SHA-256 of what was captured of it, at least one, no doubles */
    size_t evidence_count;
    struct str reason;  /* the facts, for the public: 80 to 1,500 characters, no control codes */
    struct hash record; /* SHA-256 of the rest of the proposal: answers, conflicts, means tried */
    const struct hash *season; /* the season's id; NULL: of the demonstration */
};

struct blocklist_entry; /* immutable */

/* NULL, with what would be right, if anything is not as above. Free it with _free. */
MUST_CHECK struct blocklist_entry *blocklist_entry_new(const struct blocklist_draft *draft,
                                                       struct err *err);

/*
 * Reads the canonical JSON of an entry, as from a stranger: canonical byte for byte, its target
 * canonical already, no unknown or missing member, and all that blocklist_entry_new checks.
 */
MUST_CHECK struct blocklist_entry *blocklist_entry_read(struct str json, struct err *err);
void blocklist_entry_free(struct blocklist_entry *entry); /* NULL is fine */

/*
 * The canonical JSON (RFC 8785), which is what reviewer and approver sign, without a newline:
 * {"case","class":"fraud","end","evidence":[…],"harvest":[…],"observed","reason","record",
 *  "scope","season","start","target","type":"saring-entry-1"}; season is "demo" without one.
 * Stands as long as the entry, like all text below.
 */
struct str blocklist_entry_json(const struct blocklist_entry *entry);

/* SHA-256 of the canonical JSON: the entry's identity. */
struct hash blocklist_entry_id(const struct blocklist_entry *entry);

/* The parts; text and evidence are the entry's own. */
const struct blocklist_draft *blocklist_entry_parts(const struct blocklist_entry *entry);

/* The host name in the target: the target itself for HOST and DOMAIN. */
struct str blocklist_entry_host(const struct blocklist_entry *entry);
