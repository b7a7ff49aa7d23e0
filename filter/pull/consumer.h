/* What a list is installed into: which files it reads, how it checks them, how it reads them anew.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

/*
 * `check` and `reload` are shell commands; "%s" in them stands for the folder of the lists. NULL:
 * nothing to do.
 */
struct pull_consumer {
    const char *name, *format;
    const char *check;
    const char *reload;
    bool is_resolver; /* answers DNS, and so can be probed */
};

/* All of them, `*count`. */
const struct pull_consumer *pull_consumers(size_t *count);

/* NULL if there is none of that name. */
const struct pull_consumer *pull_consumer_find(const char *name);
