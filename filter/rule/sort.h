/* qsort without memory of its own: glibc's takes some for larger arrays, and no post may. */
#pragma once

#include <stddef.h>

enum { RULE_SORT_MAX = 64 }; /* bytes of an item */

void rule_sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *));
