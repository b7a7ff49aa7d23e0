#include "filter/base/index.h"

#include <assert.h>
#include <stdlib.h>

#include "filter/base/mem.h"

void index_fini(struct index *index)
{
    free(index->slots);
    *index = (struct index){.slots = NULL};
}

/* The slot of the key, or the free one where it would go. */
static struct index_slot *slot_of(const struct index *index, uint64_t key)
{
    size_t at = (size_t)(key * 0x9e3779b97f4a7c15u >> 32) & (index->room - 1);
    while (index->slots[at].place != 0 && index->slots[at].key != key) {
        at = (at + 1) & (index->room - 1);
    }
    return &index->slots[at];
}

static void widen(struct index *index)
{
    struct index wider = {.room = index->room > 0 ? index->room * 2 : 64};
    wider.slots = mem_zero(wider.room, sizeof *wider.slots);
    for (size_t i = 0; i < index->room; i++) {
        if (index->slots[i].place != 0) {
            *slot_of(&wider, index->slots[i].key) = index->slots[i];
            wider.count++;
        }
    }
    free(index->slots);
    *index = wider;
}

void index_put(struct index *index, uint64_t key, size_t place)
{
    assert(place < UINT32_MAX);
    if (index->count * 2 >= index->room) {
        widen(index);
    }
    struct index_slot *slot = slot_of(index, key);
    index->count += slot->place == 0 ? 1 : 0;
    *slot = (struct index_slot){.key = key, .place = (uint32_t)place + 1};
}

size_t index_find(const struct index *index, uint64_t key)
{
    return index->room > 0 ? slot_of(index, key)->place : 0;
}
