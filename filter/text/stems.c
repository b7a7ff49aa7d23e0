#include "filter/text/stems.h"

#include <assert.h>
#include <libstemmer.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/text/utf8.h"
#include "filter/text/view.h"

enum { WORD_MOST = 64 }; /* bytes: what is longer is no word, and is left out */

struct text_stems {
    struct text_fold *fold;
    struct sb_stemmer *stemmer;
};

struct text_stems *text_stems_new(void)
{
    struct text_stems *stems = mem_zero(1, sizeof *stems);
    stems->fold = text_fold_new(TEXT_STEMS_MOST);
    stems->stemmer = sb_stemmer_new("indonesian", "UTF_8");
    assert(stems->stemmer != NULL);
    return stems;
}

void text_stems_free(struct text_stems *stems)
{
    if (stems == NULL) {
        return;
    }
    sb_stemmer_delete(stems->stemmer);
    text_fold_free(stems->fold);
    free(stems);
}

/* The code point at the start; its length, at least 1. */
static size_t point_at(struct str rest, utf8proc_int32_t *point)
{
    utf8proc_ssize_t len =
        utf8proc_iterate((const utf8proc_uint8_t *)rest.at, (utf8proc_ssize_t)rest.len, point);
    return len > 0 ? (size_t)len : 1;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Letters, marks and numbers (Unicode's general categories L, M and N). */
static bool is_of_word(utf8proc_int32_t point)
{
    if (point < 0x80) {
        return (point >= 'a' && point <= 'z') || (point >= '0' && point <= '9');
    }
    utf8proc_category_t category = utf8proc_category(point);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

/* A link or a name at the start of the rest: its length, up to white space; else 0. */
static size_t skipped_at(struct str rest)
{
    static const char *const starts[] = {"http://", "https://", "www.", "@"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (str_starts(rest, str_of(starts[i]))) {
            const char *space = memchr(rest.at, ' ', rest.len);
            return space != NULL ? (size_t)(space - rest.at) : rest.len;
        }
    }
    return 0;
}

/* The word at the start of the rest without its separators of thousands; how much that was. */
static size_t take_word(struct str rest, char word[WORD_MOST], size_t *len)
{
    size_t at = 0;
    *len = 0;
    while (at < rest.len) {
        utf8proc_int32_t point;
        size_t step = point_at(str_part(rest, at, rest.len), &point);
        bool is_separator = at > 0 && at + 1 < rest.len &&
                            (rest.at[at] == '.' || rest.at[at] == ',') &&
                            is_digit(rest.at[at - 1]) && is_digit(rest.at[at + 1]);
        if (!is_separator && !is_of_word(point)) {
            break;
        }
        if (!is_separator && *len + step <= WORD_MOST) {
            memcpy(word + *len, rest.at + at, step);
        }
        *len += is_separator ? 0 : step;
        at += step;
    }
    return at;
}

static void put_stem(struct text_stems *stems, const char *word, size_t len, struct buf *out)
{
    const sb_symbol *stem = sb_stemmer_stem(stems->stemmer, (const sb_symbol *)word, (int)len);
    int stem_len = sb_stemmer_length(stems->stemmer);
    if (stem == NULL || stem_len <= 0) {
        return;
    }
    if (out->len > 0) {
        buf_put_char(out, ' ');
    }
    buf_put(out, stem, (size_t)stem_len);
}

void text_stems_put(struct text_stems *stems, struct str utf8, struct buf *out)
{
    struct text_view view;
    struct err err = ERR_NONE;
    size_t most = utf8.len < TEXT_STEMS_MOST ? utf8.len : TEXT_STEMS_MOST;
    while (!utf8_is_boundary(utf8, most)) {
        most--;
    }
    utf8.len = most;
    text_fold_start(stems->fold);
    if (!text_fold_view(stems->fold, TEXT_FOLDED, utf8, &view, &err)) {
        return; /* folds to more than there is room for: no text that a person wrote */
    }
    for (size_t at = 0; at < view.text.len;) {
        char word[WORD_MOST];
        size_t len = 0;
        struct str rest = str_part(view.text, at, view.text.len);
        size_t used = skipped_at(rest);
        if (used == 0) {
            used = take_word(rest, word, &len);
        }
        if (len > 0 && len <= WORD_MOST) {
            put_stem(stems, word, len, out);
        }
        utf8proc_int32_t point;
        at += used > 0 ? used : point_at(rest, &point);
    }
}
