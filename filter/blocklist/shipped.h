/* The protected lists as they were when the program was built: a floor that no folder lowers. */
#pragma once

#include <stddef.h>

#include "filter/base/str.h"

struct blocklist_shipped {
    const char *path; /* as in the sources, for messages */
    struct str text;
};

/* All of them, `*count`. */
const struct blocklist_shipped *blocklist_shipped(size_t *count);
