/* The sources of sources.yml with how they are, for the pages about them; the file is the truth. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "feeds/source.h"
#include "feeds/state.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"

struct asked;
struct err;

struct sources {
    struct feeds_sources *file;
    const struct feeds_source *list; /* of `file` */
    size_t count;
    struct feeds_state *states; /* one each */
    struct buf text;            /* the file's */
};

/* False if the file can't be read or does not load; free it all the same. */
MUST_CHECK bool sources_read(const struct asked *asked, struct sources *sources, struct err *err);
void sources_fini(struct sources *sources);
