/*
 * Answers of services come from anyone too. Whatever the bytes, each connector's posts are valid
 * UTF-8 within the limits of a post, have an id, and are not more text than a small multiple of
 * what came; the same bytes give the same posts.
 */
#include <stdlib.h>

#include "feeds/connector/connector.h"
#include "filter/base/err.h"
#include "filter/text/utf8.h"
#include "tests/fuzz/fuzz.h"

struct tally {
    size_t entries, bytes;
};

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool on_entry(void *context, const struct feeds_entry *entry)
{
    struct tally *tally = context;
    const struct post *post = &entry->post;
    tally->entries++;
    require(utf8_is_valid(post->id) && utf8_is_valid(post->url) && utf8_is_valid(post->lang));
    for (int i = 0; i < POST_FIELDS; i++) {
        require(utf8_is_valid(post->fields[i]));
        tally->bytes += post->fields[i].len;
    }
    for (size_t i = 0; i < post->link_count; i++) {
        require(utf8_is_valid(post->links[i]));
    }
    require(post->link_count <= POST_MAX_LINKS);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum feeds_kind kinds[] = {
        FEEDS_KIND_MASTODON, FEEDS_KIND_BLUESKY, FEEDS_KIND_FACTCHECK, FEEDS_KIND_CLAIMREVIEW,
        FEEDS_KIND_TELEGRAM, FEEDS_KIND_CSV,     FEEDS_KIND_TIP};
    static struct feeds_parser *parser;
    if (size < 1 || size > 1 << 16) {
        return 0;
    }
    if (parser == NULL) {
        parser = feeds_parser_new();
    }
    /* The first byte says whose answer it is. */
    enum feeds_kind kind = kinds[data[0] % (sizeof kinds / sizeof *kinds)];
    struct feeds_document document = {.bytes = {.at = (const char *)data + 1, .len = size - 1},
                                      .url = STR("https://a.example/b/c?d"),
                                      .is_csv = kind == FEEDS_KIND_CSV,
                                      .read = feeds_connector_reader(kind)};
    struct tally first = {.entries = 0}, second = {.entries = 0};
    for (int i = 0; i < 2; i++) {
        struct feeds_head head;
        struct err err = ERR_NONE;
        struct tally *tally = i == 0 ? &first : &second;
        bool done = feeds_parse(parser, &document, on_entry, tally, &head, &err);
        require(done != err_is_set(&err) && head.entries == tally->entries);
    }
    require(first.entries == second.entries && first.bytes == second.bytes);
    /* A fact check repeats its claim for each of its reviews, of at least "{}," each. */
    require(first.bytes <= 4 * size * (1 + first.entries));
    return 0;
}
