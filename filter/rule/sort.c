#include "filter/rule/sort.h"

#include <assert.h>
#include <string.h>

enum { FEW = 12 };

struct array {
    char *items;
    size_t size;
    int (*compare)(const void *, const void *);
};

static char *item(const struct array *array, size_t i)
{
    return array->items + i * array->size;
}

/* Moves each item before all that are larger: the fastest way for a few, or where all is sorted. */
static void insert_each(const struct array *array, size_t count)
{
    char moved[RULE_SORT_MAX];
    for (size_t i = 1; i < count; i++) {
        size_t at = i;
        while (at > 0 && array->compare(item(array, at - 1), item(array, i)) > 0) {
            at--;
        }
        if (at < i) {
            memcpy(moved, item(array, i), array->size);
            memmove(item(array, at + 1), item(array, at), (i - at) * array->size);
            memcpy(item(array, at), moved, array->size);
        }
    }
}

static void swap(const struct array *array, size_t a, size_t b)
{
    char kept[RULE_SORT_MAX];
    memcpy(kept, item(array, a), array->size);
    memcpy(item(array, a), item(array, b), array->size);
    memcpy(item(array, b), kept, array->size);
}

/* Puts the item at `root` of a heap of `count` below all that are larger. */
static void sink(const struct array *array, size_t root, size_t count)
{
    for (;;) {
        size_t child = 2 * root + 1;
        if (child >= count) {
            return;
        }
        if (child + 1 < count && array->compare(item(array, child), item(array, child + 1)) < 0) {
            child++;
        }
        if (array->compare(item(array, root), item(array, child)) >= 0) {
            return;
        }
        swap(array, root, child);
        root = child;
    }
}

void rule_sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    const struct array array = {.items = items, .size = size, .compare = compare};
    assert(size <= RULE_SORT_MAX);
    if (count <= FEW) {
        insert_each(&array, count);
        return;
    }
    for (size_t i = count / 2; i > 0; i--) {
        sink(&array, i - 1, count);
    }
    for (size_t i = count - 1; i > 0; i--) {
        swap(&array, 0, i);
        sink(&array, 0, i);
    }
}
