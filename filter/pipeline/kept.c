#include "filter/pipeline/kept.h"

#include <stdlib.h>
#include <string.h>

#include "filter/base/mem.h"

struct item {
    uint64_t number;
    char *text; /* owned */
    size_t len;
};

struct kept {
    struct item items[KEPT_POSTS]; /* a ring */
    size_t first, count, bytes;
};

struct kept *kept_new(void)
{
    return mem_zero(1, sizeof(struct kept));
}

static void drop_oldest(struct kept *kept)
{
    struct item *item = &kept->items[kept->first];
    kept->bytes -= item->len;
    free(item->text);
    item->text = NULL;
    kept->first = (kept->first + 1) % KEPT_POSTS;
    kept->count--;
}

void kept_free(struct kept *kept)
{
    if (kept == NULL) {
        return;
    }
    while (kept->count > 0) {
        drop_oldest(kept);
    }
    free(kept);
}

void kept_put(struct kept *kept, uint64_t number, struct str text)
{
    if (text.len == 0 || text.len > KEPT_BYTES) {
        return;
    }
    while (kept->count == KEPT_POSTS || kept->bytes + text.len > KEPT_BYTES) {
        drop_oldest(kept);
    }
    struct item *item = &kept->items[(kept->first + kept->count) % KEPT_POSTS];
    *item = (struct item){.number = number, .text = mem_alloc(text.len), .len = text.len};
    memcpy(item->text, text.at, text.len);
    kept->count++;
    kept->bytes += text.len;
}

struct str kept_find(const struct kept *kept, uint64_t number)
{
    for (size_t i = kept->count; i > 0; i--) {
        const struct item *item = &kept->items[(kept->first + i - 1) % KEPT_POSTS];
        if (item->number == number) {
            return (struct str){.at = item->text, .len = item->len};
        }
    }
    return STR("");
}
