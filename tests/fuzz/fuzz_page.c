/*
 * Pages come from anyone: of one in place of a feed the feeds that it names are looked for, of a
 * shortener's where it sends on, of an OPML file the sources. Whatever the bytes, what is found is
 * within its limits and no more than a small multiple of what came.
 */
#include <stdlib.h>

#include "feeds/discover.h"
#include "feeds/encoding.h"
#include "feeds/opml.h"
#include "feeds/short_hop.h"
#include "filter/base/err.h"
#include "filter/text/utf8.h"
#include "tests/fuzz/fuzz.h"

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void on_outline(void *context, struct str url, struct str title)
{
    size_t *bytes = context;
    require(url.len > 0 && utf8_is_valid(url) && utf8_is_valid(title));
    *bytes += url.len + title.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct str url = {.at = "https://s.example/x/y", .len = 21};
    struct feeds_discovered found = {.count = 0};
    struct buf next = BUF_EMPTY, scratch = BUF_EMPTY;
    struct str bytes = {.at = (const char *)data, .len = size};
    struct err err = ERR_NONE;
    uint64_t mended = 0;
    size_t outlines = 0;
    if (size < 1 || size > 1 << 16) {
        return 0;
    }
    struct str text = feeds_encoding_decode(bytes, STR(""), &scratch, &mended);
    require(utf8_is_valid(text));
    feeds_discover(text, url, &found);
    require(found.count <= FEEDS_DISCOVER_MOST);
    for (size_t i = 0; i < found.count; i++) {
        require(feeds_discovered_url(&found, i).len > 0);
        require(utf8_is_valid(feeds_discovered_url(&found, i)));
        require(utf8_is_valid(feeds_discovered_title(&found, i)));
    }
    bool sends_on = feeds_hop_refresh(bytes, url, &next);
    require(sends_on == (next.len > 0));
    require(next.len == 0 || utf8_is_valid(buf_str(&next)));
    require(next.len <= 4 * size + url.len);
    bool is_opml = feeds_opml_read(bytes, on_outline, &outlines, &err);
    require(is_opml != err_is_set(&err));
    require(outlines <= 300 * size);
    feeds_discovered_fini(&found);
    buf_fini(&scratch);
    buf_fini(&next);
    return 0;
}
