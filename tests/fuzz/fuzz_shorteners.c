/*
 * A list of shorteners as people edit it: it loads or says on which line it does not; each host in
 * it is found by its own address and no front page is; and no line makes another site a shortener.
 */
#include <stdlib.h>

#include "feeds/shortener.h"
#include "feeds/transfer.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/text/url.h"
#include "tests/fuzz/fuzz.h"

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* The host of each line, as a person would read it, must be found. */
static void look_up(const struct feeds_shorteners *list, struct str line)
{
    struct buf text = BUF_EMPTY, canonical = BUF_EMPTY;
    struct url url;
    struct err err = ERR_NONE;
    size_t end = 0;
    line = str_trim(line);
    while (end < line.len && line.at[end] != ' ' && line.at[end] != '\t' && line.at[end] != '#') {
        end++;
    }
    line = str_trim(str_part(line, 0, end));
    if (line.len > 0) {
        buf_put_string(&text, "http://");
        buf_put_str(&text, line);
        buf_put_string(&text, "/x");
        require(url_canonical(buf_str(&text), &canonical, &url, &err));
        const struct feeds_shortener *found = feeds_shorteners_find(list, url.whole);
        require(found != NULL && str_ends(feeds_transfer_host(url.whole), found->host));
        require(feeds_shorteners_place(list, found) < feeds_shorteners_count(list));
        require(feeds_shorteners_find(list, str_part(url.whole, 0, url.whole.len - 1)) == NULL);
    }
    buf_fini(&canonical);
    buf_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {.at = (const char *)data, .len = size};
    struct err err = ERR_NONE;
    if (size > 1 << 14) {
        return 0;
    }
    struct feeds_shorteners *list = feeds_shorteners_parse(text, &err);
    require((list == NULL) == err_is_set(&err));
    if (list == NULL) {
        require(err.line > 0);
        return 0;
    }
    for (size_t at = 0; at < size;) {
        const char *end = memchr(text.at + at, '\n', size - at);
        size_t next = end != NULL ? (size_t)(end - text.at) + 1 : size;
        look_up(list, str_part(text, at, next));
        at = next;
    }
    feeds_shorteners_free(list);
    return 0;
}
