#include "filter/base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

NO_RETURN static void give_up(size_t size)
{
    fprintf(stderr, "level=fatal event=out_of_memory bytes=%zu\n", size);
    _Exit(2);
}

void *mem_alloc(size_t size)
{
    void *block = malloc(size > 0 ? size : 1);
    if (block == NULL) {
        give_up(size);
    }
    return block;
}

void *mem_zero(size_t count, size_t size)
{
    void *block = calloc(count > 0 ? count : 1, size > 0 ? size : 1);
    if (block == NULL) {
        give_up(size);
    }
    return block;
}

void *mem_resize(void *old, size_t size)
{
    void *block = realloc(old, size > 0 ? size : 1);
    if (block == NULL) {
        give_up(size);
    }
    return block;
}

char *mem_copy_string(const char *string)
{
    size_t size = strlen(string) + 1;
    return memcpy(mem_alloc(size), string, size);
}

void mem_grow(void *array_pointer, size_t *room, size_t need, size_t size)
{
    if (need <= *room) {
        return;
    }
    size_t grown = *room < SIZE_MAX / 2 ? *room * 2 : need;
    if (grown < need) {
        grown = need;
    }
    if (grown < 8) {
        grown = 8;
    }
    if (grown > SIZE_MAX / size) {
        give_up(SIZE_MAX);
    }
    void *block = NULL;
    memcpy(&block, array_pointer, sizeof block); /* any pointer type: no aliasing cast */
    block = mem_resize(block, grown * size);
    memcpy(array_pointer, &block, sizeof block);
    *room = grown;
}
