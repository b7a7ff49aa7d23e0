/* What fetching knows of each source, kept over a restart. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feeds/source.h"
#include "filter/base/attr.h"

struct err;

/* All strings are owned, NULL where there is nothing. */
struct feeds_state {
    char *moved;                /* where the source moved for good */
    char *etag, *last_modified; /* of the last document whose posts are all done */
    int64_t due_ms;             /* when it is fetched next; 0: at once */
    int64_t every_ms;           /* how often it is fetched, as it changes; 0: not yet known */
    int64_t fetched_ms;         /* when it last went well; 0: never */
    int64_t changed_ms;         /* when it last had posts that were new; 0: never */
    char *error;                /* why the last try failed; NULL if it did not */
    unsigned failures;          /* in a row */
    bool is_gone;               /* the server said so (410): not fetched again */
};

enum {
    FEEDS_STATE_MAX_VALUE = 1024, /* bytes of a validator; a longer one is not kept */
    FEEDS_STATE_MAX_ERROR = 256,
};

void feeds_state_fini(struct feeds_state *state);

/* Replaces *value by a copy of `text`; by NULL if it is empty, too long or has control characters.
 */
void feeds_state_set(char **value, struct str text, size_t most);

/*
 * Reads the file into states[], one for each source, which were zero. A source whose `url` or
 * `path` is not what the file has starts anew. A file that is missing is fine; one that is broken
 * is left with a warning in the log.
 */
void feeds_state_load(const char *path, const struct feeds_source *sources, size_t count,
                      struct feeds_state *states);

/* Replaces the file. */
MUST_CHECK bool feeds_state_save(const char *path, const struct feeds_source *sources, size_t count,
                                 const struct feeds_state *states, struct err *err);
