/* Posts come from strangers: links lie where they are said to, in order, none inside another. */
#include <stdlib.h>

#include "filter/text/link.h"
#include "filter/text/utf8.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf mended = BUF_EMPTY;
    struct post post = POST_EMPTY;
    struct text_links *links = text_links_new();
    const struct text_link *found;
    size_t at = 0;
    utf8_mend((struct str){.at = (const char *)data, .len = size}, &mended);
    post.fields[POST_TEXT] = buf_str(&mended);
    post.url = STR("https://warta.example/p/1");
    post.links = &post.fields[POST_TEXT];
    post.link_count = 1;
    size_t count = text_links_find(links, &post, &found);
    for (size_t i = 0; i < count; i++) {
        struct str text = post.fields[POST_TEXT];
        struct text_span span = found[i].span;
        bool in_order = found[i].in_mark_up || (span.start >= at && span.start < span.end);
        if (!in_order || span.end > text.len || !utf8_is_boundary(text, span.start) ||
            !utf8_is_boundary(text, span.end) || found[i].host.len == 0 ||
            !str_equal(found[i].original, str_part(text, span.start, span.end))) {
            abort();
        }
        at = span.end;
    }
    text_links_free(links);
    buf_fini(&mended);
    return 0;
}
