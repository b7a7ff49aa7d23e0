/* What the views share: a view while it is written, and the folding of code points. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/text/view.h"

struct buf;
struct err;
struct url;

/* A view being written: its bytes, and the runs that lead back to the original. */
struct text_out {
    char *bytes;
    size_t len, room;
    struct text_run *runs;
    size_t run_count, run_room;
};

void text_out_fini(struct text_out *out);
void text_out_clear(struct text_out *out);

/* Room for `more` further bytes. */
void text_out_reserve(struct text_out *out, size_t more);

/* The last `len` bytes of the view are the original's from `origin_at` on, one to one. */
void text_out_identical(struct text_out *out, size_t view_at, size_t origin_at, size_t len);

/* The view's bytes from `view_at` to its end came from `origin_len` bytes at `origin_at`. */
void text_out_changed(struct text_out *out, size_t view_at, size_t origin_at, size_t origin_len);

/* How one code point folds. */
struct text_code_point {
    uint32_t code;   /* plus one; 0: an empty slot of a cache */
    bool is_removed; /* invisible: folds to nothing */
    bool joins;      /* belongs to the character before it: a mark, a Hangul vowel or final */
    unsigned char len;
    char bytes[9]; /* valid if len <= sizeof bytes; else it must be folded as a segment */
};

enum { TEXT_CACHE_SLOTS = 1024, TEXT_SEGMENT_MAX = 32 };

/* Code points folded before; one per worker. NULL works, only slower. */
struct text_cache {
    struct text_code_point slots[TEXT_CACHE_SLOTS];
};

/* `slot` is where the answer is put if there is no cache. */
const struct text_code_point *text_code_point_fold(struct text_cache *cache, uint32_t code,
                                                   struct text_code_point *slot);

/* Bytes that a folded segment of TEXT_SEGMENT_MAX code points can take. */
enum { TEXT_SEGMENT_BYTES = TEXT_SEGMENT_MAX * 18 * 4 };

/*
 * Folds code points that belong together (a base and what joins it), at most TEXT_SEGMENT_MAX:
 * decomposed, confusables read as ASCII, marks in canonical order, composed. Returns the bytes
 * written.
 */
size_t text_segment_fold(const uint32_t *codes, size_t count, char out[TEXT_SEGMENT_BYTES]);

/* Orders marks canonically and composes, in place (Unicode NFC of what is decomposed). */
size_t text_compose(int32_t *codes, size_t count);

/* The code point at `at` of valid UTF-8, and its length in bytes. */
uint32_t text_decode(const char *at, size_t *len);

/* Writes `code` as UTF-8; returns its length. */
size_t text_encode(uint32_t code, char out[4]);

/* Writes the folded view of `utf8` into `out`, which is cleared first. */
void text_fold_write(struct text_cache *cache, struct str utf8, struct text_out *out);

/* Letters of a word while they are rewritten for the skeleton. */
struct text_letter {
    char c;
    uint32_t view_at, len; /* in the folded view */
};

struct text_letters {
    struct text_letter *at;
    size_t count, room;
};

static inline bool text_is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static inline bool text_is_vowel(char c)
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

static inline bool text_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool text_is_sign(char c)
{
    return c == '@' || c == '$' || c == '!';
}

/* What stands for the digit or sign `c` between `before` and `after` ('\0': none). */
char text_leet_letter(char c, char before, char after);

/* Puts letters for a word's digits and signs that stand for some; whether there were any. */
bool text_leet_read(struct text_letters *letters);

/*
 * Takes repeated letters out: hoaaax, daftarrr. Two consonants at the start or behind another one
 * stay, for they make words (pps, kk, kpps, tanggal). "vv" is w. Whether anything changed.
 */
bool text_letters_collapse(struct text_letters *letters);

/* Writes the skeleton of the folded view into `out`; `letters` is scratch space. */
void text_skeleton_write(const struct text_out *folded, struct text_letters *letters,
                         struct text_out *out);

/* As url_resolve (`base` may be NULL), but leaves the domain empty, which costs most of the time.
 */
MUST_CHECK bool url_read(struct str text, const struct url *base, struct buf *out,
                         struct url *parts, struct err *err);
