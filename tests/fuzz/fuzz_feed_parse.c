/*
 * Feeds come from anyone. Whatever the bytes, every entry is whole: valid UTF-8, within the limits
 * of a post, with an id; the same document gives the same entries; and what is read stays within
 * a small multiple of what came (no entity or reference multiplies text).
 */
#include <stdlib.h>

#include "feeds/parse.h"
#include "filter/base/err.h"
#include "filter/text/utf8.h"
#include "tests/fuzz/fuzz.h"

struct tally {
    size_t entries, bytes;
    uint64_t hash;
    bool is_ndjson;
};

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void count(struct tally *tally, struct str text)
{
    require(utf8_is_valid(text));
    tally->bytes += text.len;
    for (size_t i = 0; i < text.len; i++) {
        tally->hash = tally->hash * 1099511628211U + (unsigned char)text.at[i];
    }
}

static bool on_entry(void *context, const struct feeds_entry *entry)
{
    struct tally *tally = context;
    const struct post *post = &entry->post;
    size_t together = 0;
    tally->entries++;
    count(tally, post->id);
    count(tally, post->url);
    count(tally, post->lang);
    for (int i = 0; i < POST_FIELDS; i++) {
        count(tally, post->fields[i]);
        together += post->fields[i].len;
    }
    require(post->link_count <= POST_MAX_LINKS);
    for (size_t i = 0; i < post->link_count; i++) {
        count(tally, post->links[i]);
    }
    for (size_t i = 0; i < entry->category_count; i++) {
        count(tally, entry->categories[i]);
    }
    require(together <= POST_MAX_BYTES);
    require(tally->is_ndjson || post->id.len > 0);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct feeds_parser *parser;
    struct tally first = {.entries = 0}, second = {.entries = 0};
    if (size < 1 || size > 1 << 16) {
        return 0;
    }
    if (parser == NULL) {
        parser = feeds_parser_new();
    }
    /* The first byte says how it came. */
    static const char *const types[] = {"", "text/xml; charset=utf-8", "x; charset=windows-1252",
                                        "x; charset=utf-16le"};
    struct feeds_document document = {
        .bytes = {.at = (const char *)data + 1, .len = size - 1},
        .content_type = str_of(types[data[0] & 3]),
        .url = (data[0] & 4) != 0 ? STR("https://a.example/b/c?d") : STR(""),
        .is_ndjson = (data[0] & 8) != 0,
    };
    struct feeds_head head;
    struct err err = ERR_NONE;
    first.is_ndjson = second.is_ndjson = document.is_ndjson;
    bool right = feeds_parse(parser, &document, on_entry, &first, &head, &err);
    require(right != err_is_set(&err));
    require(head.entries == first.entries);
    require(utf8_is_valid(head.title) && utf8_is_valid(head.link) && utf8_is_valid(head.lang));
    err = ERR_NONE;
    require(feeds_parse(parser, &document, on_entry, &second, &head, &err) == right);
    require(first.entries == second.entries && first.hash == second.hash);
    /* A base or a feed's author may stand in every entry; entities are at most 256 bytes each. */
    require(first.bytes <= 300 * size + first.entries * (POST_MAX_LINKS + 2) * 9000);
    return 0;
}
