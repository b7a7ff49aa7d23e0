/* A post with memory of its own, used again for the next one. */
#pragma once

#include <stddef.h>

#include "filter/base/buf.h"
#include "filter/base/post.h"

struct post_copy {
    struct post post; /* borrows from the two below */
    struct buf text;
    struct str *links;
    size_t links_room;
};

/* Copies `post` in, in place of what was there. A zeroed struct is an empty copy. */
void post_copy_set(struct post_copy *copy, const struct post *post);
void post_copy_fini(struct post_copy *copy);
