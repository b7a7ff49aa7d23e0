/*
 * Which names protected ones are aliases of (CNAME): to block such a name is to block the protected
 * one, for resolvers look at each name on the way (draft-vixie-dnsop-dns-rpz). Kept in a file, and
 * asked anew by and by; what was once found stands until there is another answer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/blocklist/entry.h"
#include "filter/blocklist/guard.h"

struct err;
struct blocklist_aliases;

/*
 * Reads the file: nothing known if there is none. What is no line of it is left out, and asked
 * anew: the file only adds to what is protected. Never NULL.
 */
MUST_CHECK struct blocklist_aliases *blocklist_aliases_load(const char *path);
MUST_CHECK bool blocklist_aliases_save(const struct blocklist_aliases *aliases, const char *path,
                                       struct err *err);
void blocklist_aliases_free(struct blocklist_aliases *aliases); /* NULL is fine */

/* How it is said, of two names: printf. */
#define BLOCKLIST_ALIAS_OF                                                                         \
    "%.*s dilindungi dan mengarah ke / is protected, and an alias (CNAME) of %.*s"

/* The protected name that an entry for `host` would block with it; "" if none is known. */
struct str blocklist_aliases_find(struct blocklist_aliases *aliases, enum blocklist_scope scope,
                                  struct str host);

/*
 * Fills `names` with at most `most` that are to be asked for at `now_ms`: each name that `guard`
 * protects and its www, a day after it was last asked, longest ago first. They stand until the
 * next _note. Returns how many.
 */
size_t blocklist_aliases_due(struct blocklist_aliases *aliases, const struct blocklist_guard *guard,
                             int64_t now_ms, struct str *names, size_t most);

/* Takes note of an answer: names with a space between, "" for a name that is no alias. */
void blocklist_aliases_note(struct blocklist_aliases *aliases, struct str name, struct str chain,
                            int64_t now_ms);

/* There was no answer: what was known stands, and it is asked again in an hour. */
void blocklist_aliases_miss(struct blocklist_aliases *aliases, struct str name, int64_t now_ms);
