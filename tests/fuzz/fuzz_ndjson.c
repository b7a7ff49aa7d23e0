/*
 * Lines of posts come from anyone. What is read is what jansson reads: the same text, the same
 * refusals, but for what we mend (bad UTF-8, lone surrogates) or bound on purpose.
 */
#include <jansson.h>
#include <stdlib.h>

#include "feeds/ndjson.h"
#include "filter/base/err.h"
#include "filter/text/utf8.h"
#include "tests/fuzz/fuzz.h"

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_post(const struct post *post)
{
    require(utf8_is_valid(post->id) && utf8_is_valid(post->source) && utf8_is_valid(post->url));
    require(utf8_is_valid(post->lang) && post->link_count <= POST_MAX_LINKS);
    for (int i = 0; i < POST_FIELDS; i++) {
        require(utf8_is_valid(post->fields[i]));
    }
    for (size_t i = 0; i < post->link_count; i++) {
        require(utf8_is_valid(post->links[i]));
    }
}

/* YAJL takes these two as white space too; it harms nobody. */
static bool has_odd_space(struct str line)
{
    return memchr(line.at, '\v', line.len) != NULL || memchr(line.at, '\f', line.len) != NULL;
}

/* Without lone surrogates, which jansson refuses, both must say the same of a valid line. */
static void compare(struct str line, bool right, const struct post *post, const struct err *err)
{
    json_error_t why;
    json_t *root = json_loadb(line.at, line.len, JSON_ALLOW_NUL, &why);
    const json_t *text = json_object_get(root, "text");
    if (right && root != NULL) {
        struct str theirs = {json_string_value(text), json_string_length(text)};
        require(str_equal(post->fields[POST_TEXT], theirs));
    }
    /* What is neither an object nor JSON is refused; numbers out of range are jansson's own idea.
     */
    bool is_range = root == NULL && json_error_code(&why) == json_error_numeric_overflow;
    if (root == NULL && json_error_code(&why) != json_error_null_byte_in_key && !is_range) {
        require(!right);
    }
    if (root != NULL && !right) {
        require(strncmp(err->message, "not JSON", 8) != 0);
    }
    json_decref(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct feeds_ndjson *reader;
    struct str input = {.at = (const char *)data, .len = size};
    if (reader == NULL) {
        reader = feeds_ndjson_new();
    }
    while (input.len > 0) {
        const char *end = memchr(input.at, '\n', input.len);
        size_t len = end != NULL ? (size_t)(end - input.at) : input.len;
        struct str line = str_part(input, 0, len);
        struct post post;
        struct err err = ERR_NONE;
        uint64_t mended = feeds_ndjson_mended(reader);
        bool right = feeds_ndjson_read(reader, line, &post, &err);
        require(right != err_is_set(&err));
        if (right) {
            check_post(&post);
        }
        if (mended == feeds_ndjson_mended(reader) && line.len > 0 &&
            memmem(line.at, line.len, "\\u", 2) == NULL && !has_odd_space(line)) {
            /* jansson passes over a NUL behind a number. */
            if (memchr(line.at, '\0', line.len) != NULL) {
                require(!right);
            } else {
                compare(line, right, &post, &err);
            }
        }
        input = str_part(input, len + (end != NULL), input.len);
    }
    return 0;
}
