/* Heap memory: running out of it ends the process, here and nowhere else. */
#pragma once

#include <stddef.h>

#include "filter/base/attr.h"

/* As malloc, calloc, realloc and strdup, but never NULL. A size of 0 counts as 1. */
MUST_CHECK void *mem_alloc(size_t size);
MUST_CHECK void *mem_zero(size_t count, size_t size);
MUST_CHECK void *mem_resize(void *old, size_t size);
MUST_CHECK char *mem_copy_string(const char *string);

/*
 * Makes room for `need` elements of `size` bytes in the array `*array` that has room for `*room`:
 * at least doubles it when it is too small. Elements keep their place; new ones are not set.
 */
void mem_grow(void *array_pointer, size_t *room, size_t need, size_t size);
