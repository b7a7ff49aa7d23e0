/*
 * The rule files as they load now, with what the lint says of them, for the pages about rules. They
 * are loaded in a thread of their own and looked at again when a page asks and some time went by.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/err.h"
#include "filter/rule/set.h"

struct rulebook;

/* `folders` (NULL at the end) stands as long as it. Never NULL. */
MUST_CHECK struct rulebook *rulebook_new(const char *const *folders, const struct clock *clock);
void rulebook_free(struct rulebook *rulebook); /* waits for what loads; NULL is fine */

/* What the lint found in a file. */
struct rulebook_finding {
    bool is_error;
    struct err err;
};

/* A reading of the files; immutable. */
struct rulebook_reading {
    struct rule_set *set; /* NULL: they do not load, `err` says why */
    struct err err;
    struct rulebook_finding *findings;
    size_t finding_count, finding_room;
    int64_t read_ms; /* monotonic */
};

/*
 * The newest reading, which stands until the next call; NULL while the first one is being made and
 * takes longer than a moment. Starts another one if it is older than 10 seconds.
 */
const struct rulebook_reading *rulebook_look(struct rulebook *rulebook);

/* The rule of that id in a reading; NULL if there is none. */
const struct rule *rulebook_find(const struct rulebook_reading *reading, struct str id);
