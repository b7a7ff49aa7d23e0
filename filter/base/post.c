#include "filter/base/post.h"

#include <assert.h>

const char *post_field_name(enum post_field field)
{
    static const char *const names[] = {
        [POST_TITLE] = "title", [POST_TEXT] = "text", [POST_AUTHOR_NAME] = "author_name"};
    assert((unsigned)field < POST_FIELDS);
    return names[field];
}
