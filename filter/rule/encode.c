#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/rule/key.h"
#include "filter/rule/program.h"
#include "filter/rule/value.h"

enum { MOST_DASHES = 5 }; /* 5^5 spellings */

void rule_texts_put(struct rule_texts *texts, struct str text)
{
    mem_grow(&texts->items, &texts->room, texts->count + 1, sizeof *texts->items);
    texts->items[texts->count] = BUF_EMPTY;
    buf_put_str(&texts->items[texts->count++], text);
}

void rule_texts_fini(struct rule_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        buf_fini(&texts->items[i]);
    }
    free(texts->items);
    *texts = (struct rule_texts){.items = NULL};
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static const struct str dashes[] = {STR("-"), STR("/"), STR("–"), STR("—"), STR("―")};
enum { KINDS = sizeof dashes / sizeof *dashes };

/*
 * The bytes of a dash or slash at `at` that leads a word (pySigma's \B[-/]\b, and the specification
 * has all five change for each other); 0 if there is none.
 */
static size_t dash_at(struct str text, size_t at)
{
    for (size_t i = 0; i < KINDS; i++) {
        size_t end = at + dashes[i].len;
        if (str_starts(str_part(text, at, text.len), dashes[i]) && end < text.len &&
            is_word(text.at[end]) && (at == 0 || !is_word(text.at[at - 1]))) {
            return dashes[i].len;
        }
    }
    return 0;
}

static bool put_dashes(struct str glob, struct rule_texts *out, struct err *err)
{
    size_t count = 0, spellings = 1;
    for (size_t i = 0; i < glob.len; i++) {
        if (dash_at(glob, i) > 0) {
            count++;
            spellings *= KINDS;
        }
        if (count > MOST_DASHES) {
            return err_set(err, "more than %d dashes to write in five ways each; use fewer",
                           (int)MOST_DASHES);
        }
    }
    for (size_t spelling = 0; spelling < spellings; spelling++) {
        struct buf text = BUF_EMPTY;
        size_t rest = spelling;
        for (size_t i = 0; i < glob.len;) {
            size_t len = dash_at(glob, i);
            if (len > 0) {
                buf_put_str(&text, dashes[rest % KINDS]);
                rest /= KINDS;
                i += len;
            } else {
                buf_put_char(&text, glob.at[i++]);
            }
        }
        rule_texts_put(out, buf_str(&text));
        buf_fini(&text);
    }
    return true;
}

/* UTF-8 (checked when the file was read) to UTF-16 in either byte order. */
static void put_utf16(struct str text, bool is_big, struct buf *out)
{
    for (size_t i = 0; i < text.len;) {
        unsigned char lead = (unsigned char)text.at[i];
        size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
        uint32_t point = more == 0 ? lead : lead & (0x3fU >> more);
        for (i++; more > 0 && i < text.len; more--) {
            point = point << 6 | ((unsigned char)text.at[i++] & 0x3fU);
        }
        uint32_t units[2] = {point, 0};
        size_t count = 1;
        if (point > 0xffff) {
            units[0] = 0xd800 + ((point - 0x10000) >> 10);
            units[1] = 0xdc00 + ((point - 0x10000) & 0x3ff);
            count = 2;
        }
        for (size_t u = 0; u < count; u++) {
            buf_put_char(out, (char)(is_big ? units[u] >> 8 : units[u] & 0xff));
            buf_put_char(out, (char)(is_big ? units[u] & 0xff : units[u] >> 8));
        }
    }
}

static void put_base64(struct str bytes, size_t shift, struct buf *out)
{
    struct buf shifted = BUF_EMPTY;
    for (size_t i = 0; i < shift; i++) {
        buf_put_char(&shifted, ' ');
    }
    buf_put_str(&shifted, bytes);
    size_t room = sodium_base64_ENCODED_LEN(shifted.len, sodium_base64_VARIANT_ORIGINAL);
    char *text = mem_alloc(room);
    sodium_bin2base64(text, room, (const unsigned char *)shifted.bytes, shifted.len,
                      sodium_base64_VARIANT_ORIGINAL);
    buf_put_string(out, text);
    free(text);
    buf_fini(&shifted);
}

/* What stays the same wherever the value stands in a longer one: without the letters that share
 * bits with its neighbours (Sigma modifiers, "base64offset"). */
static void put_offsets(struct str bytes, struct rule_texts *out)
{
    static const size_t front[] = {0, 2, 3}, back[] = {0, 3, 2};
    for (size_t shift = 0; shift < 3; shift++) {
        struct buf text = BUF_EMPTY;
        put_base64(bytes, shift, &text);
        size_t end = text.len - back[(bytes.len + shift) % 3];
        if (end > front[shift]) {
            rule_texts_put(out, str_part(buf_str(&text), front[shift], end));
        }
        buf_fini(&text);
    }
}

static bool has_utf16(const struct rule_key *key)
{
    return rule_key_has(key, RULE_MODIFIER_WIDE) || rule_key_has(key, RULE_MODIFIER_UTF16LE) ||
           rule_key_has(key, RULE_MODIFIER_UTF16BE) || rule_key_has(key, RULE_MODIFIER_UTF16);
}

/* The bytes of `text` in the encoding that the key names. */
static void put_bytes(const struct rule_key *key, struct str text, struct buf *out)
{
    if (rule_key_has(key, RULE_MODIFIER_WIDE) || rule_key_has(key, RULE_MODIFIER_UTF16LE)) {
        put_utf16(text, false, out);
    } else if (rule_key_has(key, RULE_MODIFIER_UTF16BE)) {
        put_utf16(text, true, out);
    } else if (rule_key_has(key, RULE_MODIFIER_UTF16)) {
        buf_put(out, "\xff\xfe", 2);
        put_utf16(text, false, out);
    } else {
        buf_put_str(out, text);
    }
}

/* UTF-16 as a text has it that was read byte by byte: only while all bytes are ASCII. */
static bool put_wide(struct str bytes, struct rule_texts *out, struct err *err)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (((unsigned char)bytes.at[i] & 0x80) != 0) {
            return err_set(err, "in UTF-16 it has bytes that no text has; put base64offset behind "
                                "the modifier");
        }
    }
    rule_texts_put(out, bytes);
    return true;
}

static void put_in_base64(const struct rule_key *key, struct str bytes, struct rule_texts *out)
{
    if (rule_key_has(key, RULE_MODIFIER_BASE64OFFSET)) {
        put_offsets(bytes, out);
        return;
    }
    struct buf text = BUF_EMPTY;
    put_base64(bytes, 0, &text);
    rule_texts_put(out, buf_str(&text));
    buf_fini(&text);
}

static bool put_in_wide(const struct rule_key *key, struct str text, struct rule_texts *out,
                        struct err *err)
{
    struct buf bytes = BUF_EMPTY;
    put_bytes(key, text, &bytes);
    bool done = put_wide(buf_str(&bytes), out, err);
    buf_fini(&bytes);
    return done;
}

/* Modifiers are applied in their order (Sigma rules specification, "Value Modifiers"). */
static bool put_encoded(const struct rule_key *key, struct str glob, struct rule_texts *out,
                        struct err *err)
{
    bool is_base64 =
        rule_key_has(key, RULE_MODIFIER_BASE64OFFSET) || rule_key_has(key, RULE_MODIFIER_BASE64);
    if (!is_base64 && !has_utf16(key)) {
        rule_texts_put(out, glob);
        return true;
    }
    if (memchr(glob.at, RULE_ANY_RUN, glob.len) != NULL ||
        memchr(glob.at, RULE_ANY_ONE, glob.len) != NULL) {
        return err_set(err, "a wildcard cannot be encoded; escape it as \\* or \\?");
    }
    if (!is_base64) {
        return put_in_wide(key, glob, out, err);
    }
    if (key->is_wide_last) {
        struct rule_texts texts = {.items = NULL};
        bool done = true;
        put_in_base64(key, glob, &texts);
        for (size_t i = 0; done && i < texts.count; i++) {
            done = put_in_wide(key, buf_str(&texts.items[i]), out, err);
        }
        rule_texts_fini(&texts);
        return done;
    }
    struct buf bytes = BUF_EMPTY;
    put_bytes(key, glob, &bytes);
    put_in_base64(key, buf_str(&bytes), out);
    buf_fini(&bytes);
    return true;
}

bool rule_encode(const struct rule_key *key, struct str glob, struct rule_texts *out,
                 struct err *err)
{
    struct rule_texts spellings = {.items = NULL};
    if (!rule_key_has(key, RULE_MODIFIER_WINDASH)) {
        return put_encoded(key, glob, out, err);
    }
    bool done = put_dashes(glob, &spellings, err);
    for (size_t i = 0; done && i < spellings.count; i++) {
        done = put_encoded(key, buf_str(&spellings.items[i]), out, err);
    }
    rule_texts_fini(&spellings);
    return done;
}
