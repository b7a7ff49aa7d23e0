/* Work on many equal pieces by all processors. */
#pragma once

#include <stddef.h>

/*
 * Calls `work` once for each index below `count`, in any order and on several threads at once, each
 * taking `chunk` of them at a time. Returns when all is done.
 */
void hands_run(void (*work)(void *context, size_t index), void *context, size_t count,
               size_t chunk);

/* How many threads that are, the caller's own among them: at least 1. */
size_t hands_count(void);
