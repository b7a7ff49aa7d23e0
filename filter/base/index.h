/* Where something is in an array, by a number: open addressing, for a million of them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct index { /* zeros: empty */
    struct index_slot {
        uint64_t key;
        uint32_t place; /* and one; 0: a free slot */
    } * slots;
    size_t count, room; /* room: 0 or a power of two */
};

void index_fini(struct index *index);

/* Puts the place, below 2^32 - 1, under the key, instead of the one that was there. */
void index_put(struct index *index, uint64_t key, size_t place);

/* The place that was put there last, and one; 0 if none was. */
size_t index_find(const struct index *index, uint64_t key);
