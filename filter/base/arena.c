#include "filter/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#include "filter/base/mem.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

struct block {
    struct block *next;
    size_t size, used;
    alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *blocks; /* newest first */
    size_t used, max_bytes;
};

struct arena *arena_new(size_t max_bytes)
{
    struct arena *arena = mem_zero(1, sizeof *arena);
    arena->max_bytes = max_bytes;
    return arena;
}

static void free_blocks(struct block *block)
{
    while (block != NULL) {
        struct block *next = block->next;
        ASAN_UNPOISON_MEMORY_REGION(block->bytes, block->size);
        free(block);
        block = next;
    }
}

void arena_free(struct arena *arena)
{
    if (arena == NULL) {
        return;
    }
    free_blocks(arena->blocks);
    free(arena);
}

void arena_reset(struct arena *arena)
{
    arena->used = 0;
    if (arena->blocks == NULL) {
        return;
    }
    free_blocks(arena->blocks->next);
    arena->blocks->next = NULL;
    arena->blocks->used = 0;
    ASAN_POISON_MEMORY_REGION(arena->blocks->bytes, arena->blocks->size);
}

static void add_block(struct arena *arena, size_t need)
{
    size_t size = arena->blocks != NULL ? arena->blocks->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_BLOCK) {
        size = LARGEST_BLOCK;
    }
    if (size < need) {
        size = need;
    }
    struct block *block = mem_alloc(sizeof *block + size);
    block->next = arena->blocks;
    block->size = size;
    block->used = 0;
    ASAN_POISON_MEMORY_REGION(block->bytes, size);
    arena->blocks = block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > arena->max_bytes || arena->used > arena->max_bytes - size) {
        return NULL;
    }
    size_t rounded = (size + align - 1) / align * align;
    if (rounded < size) {
        return NULL;
    }
    if (arena->blocks == NULL || arena->blocks->size - arena->blocks->used < rounded) {
        add_block(arena, rounded);
    }
    struct block *block = arena->blocks;
    char *at = block->bytes + block->used;
    block->used += rounded;
    arena->used += rounded;
    ASAN_UNPOISON_MEMORY_REGION(at, size);
    memset(at, 0, size);
    return at;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size) {
        return NULL;
    }
    return arena_alloc(arena, count * size);
}

char *arena_copy(struct arena *arena, const char *bytes, size_t len)
{
    if (len == SIZE_MAX) {
        return NULL;
    }
    char *copy = arena_alloc(arena, len + 1);
    if (copy != NULL && len > 0) {
        memcpy(copy, bytes, len);
    }
    return copy;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}
