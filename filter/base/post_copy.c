#include "filter/base/post_copy.h"

#include <assert.h>
#include <stdlib.h>

#include "filter/base/mem.h"

/* Puts the text into the copy's memory, which was made large enough: it does not move. */
static void keep(struct post_copy *copy, struct str *text)
{
    size_t at = copy->text.len;
    buf_put_str(&copy->text, *text);
    text->at = copy->text.bytes + at;
}

void post_copy_set(struct post_copy *copy, const struct post *post)
{
    struct post *own = &copy->post;
    *own = *post;
    mem_grow(&copy->links, &copy->links_room, post->link_count, sizeof *copy->links);
    if (post->link_count > 0) {
        memcpy(copy->links, post->links, post->link_count * sizeof *copy->links);
    }
    own->links = copy->links;
    struct str *texts[5 + POST_FIELDS] = {&own->id, &own->source, &own->url, &own->lang};
    size_t count = 4;
    for (enum post_field field = POST_TITLE; field < POST_FIELDS; field++) {
        texts[count++] = &own->fields[field];
    }
    size_t total = 1;
    for (size_t i = 0; i < count; i++) {
        total += texts[i]->len;
    }
    for (size_t i = 0; i < own->link_count; i++) {
        total += copy->links[i].len;
    }
    buf_clear(&copy->text);
    mem_grow(&copy->text.bytes, &copy->text.room, total, 1);
    for (size_t i = 0; i < count; i++) {
        keep(copy, texts[i]);
    }
    for (size_t i = 0; i < own->link_count; i++) {
        keep(copy, &copy->links[i]);
    }
    assert(copy->text.len < total);
}

void post_copy_fini(struct post_copy *copy)
{
    buf_fini(&copy->text);
    free(copy->links);
    *copy = (struct post_copy){.links = NULL};
}
