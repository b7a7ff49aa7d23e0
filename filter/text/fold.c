#include <assert.h>

#include "filter/text/ascii.h"
#include "filter/text/internal.h"

/* ascii_fold_block writes whole blocks and the skeleton reads them: room behind the end. */
enum { SLACK = 2 * ASCII_BLOCK };

/*
 * Folds the ASCII at the start of `in`, byte for byte, up to what needs a closer look: other
 * bytes, a control character, white space behind white space. Returns how many it was.
 */
static size_t fold_ascii(const unsigned char *in, size_t len, unsigned char *out, bool after_space)
{
    uint32_t carry = after_space ? 1 : 0;
    size_t done = 0;
    while (done < len) {
        unsigned char last[ASCII_BLOCK];
        const unsigned char *block = in + done;
        if (len - done < ASCII_BLOCK) {
            memset(last, 0, sizeof last); /* a control character: stops there */
            memcpy(last, block, len - done);
            block = last;
        }
        uint32_t spaces;
        uint32_t stop = ascii_fold_block(block, out + done, &spaces);
        stop |= spaces & (spaces << 1 | carry);
        stop &= 0xffff;
        if (stop != 0) {
            return done + (unsigned)__builtin_ctz(stop);
        }
        carry = spaces >> 15;
        done += ASCII_BLOCK;
    }
    return done;
}

/* The writing of one view: where it stands in the original. */
struct folding {
    struct text_cache *cache;
    struct str in;
    struct text_out *out;
    size_t at;
};

static bool after_space(const struct text_out *out)
{
    return out->len > 0 && out->bytes[out->len - 1] == ' ';
}

static bool is_ascii(const struct folding *f, size_t at)
{
    return (unsigned char)f->in.at[at] < 0x80;
}

static const struct text_code_point *look(const struct folding *f, size_t at, size_t *len,
                                          struct text_code_point *slot)
{
    uint32_t code = text_decode(f->in.at + at, len);
    return text_code_point_fold(f->cache, code, slot);
}

/* Where the next code point that is not removed starts, if it joins what is before; else 0. */
static size_t joined_at(const struct folding *f, size_t at)
{
    while (at < f->in.len && !is_ascii(f, at)) {
        struct text_code_point slot;
        size_t len;
        const struct text_code_point *next = look(f, at, &len, &slot);
        if (!next->is_removed) {
            return next->joins ? at : 0;
        }
        at += len;
    }
    return 0;
}

/* Puts `len` folded bytes that came from `origin_len` bytes at f->at; white space collapses. */
static void put(struct folding *f, const char *bytes, size_t len, size_t origin_len)
{
    struct text_out *out = f->out;
    size_t view_at = out->len;
    text_out_reserve(out, len + (f->in.len - f->at) + SLACK);
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != ' ' || !after_space(out)) {
            out->bytes[out->len++] = bytes[i];
        }
    }
    bool is_same = out->len - view_at == origin_len &&
                   memcmp(out->bytes + view_at, f->in.at + f->at, origin_len) == 0;
    if (is_same) {
        text_out_identical(out, view_at, f->at, origin_len);
    } else {
        text_out_changed(out, view_at, f->at, origin_len);
    }
    f->at += origin_len;
}

/* Folds the code point at f->at together with all that joins it. */
static void put_segment(struct folding *f)
{
    uint32_t codes[TEXT_SEGMENT_MAX];
    char bytes[TEXT_SEGMENT_BYTES];
    size_t count = 0, end = f->at, len;
    for (size_t at = f->at; at != 0 || count == 0; at = joined_at(f, end)) {
        if (count == TEXT_SEGMENT_MAX) {
            break; /* nobody stacks that many marks on a letter but to break programs */
        }
        codes[count++] = text_decode(f->in.at + at, &len);
        end = at + len;
    }
    put(f, bytes, text_segment_fold(codes, count, bytes), end - f->at);
}

/* Folds the code point at f->at, which is not ASCII. */
static void put_code_point(struct folding *f)
{
    struct text_code_point slot;
    size_t len;
    const struct text_code_point *point = look(f, f->at, &len, &slot);
    if (point->is_removed) {
        f->at += len;
        return;
    }
    bool is_long = point->len > sizeof point->bytes;
    bool is_space = point->len == 1 && point->bytes[0] == ' ';
    struct text_code_point copy = *point; /* looking ahead may take its slot */
    if (is_long || (!is_space && joined_at(f, f->at + len) != 0)) {
        put_segment(f);
        return;
    }
    put(f, copy.bytes, copy.len, len);
}

/* Passes over white space behind a space, and control characters. */
static void skip_ascii(struct folding *f)
{
    bool had_space = after_space(f->out);
    for (; f->at < f->in.len; f->at++) {
        unsigned char c = (unsigned char)f->in.at[f->at];
        bool is_space = c == ' ' || (c >= 9 && c <= 13);
        bool is_control = c == 0x7f || (c < ' ' && !is_space);
        if (!is_control && !(is_space && had_space)) {
            break;
        }
    }
}

void text_fold_write(struct text_cache *cache, struct str utf8, struct text_out *out)
{
    struct folding f = {.cache = cache, .in = utf8, .out = out};
    text_out_clear(out);
    text_out_reserve(out, utf8.len + SLACK);
    while (f.at < utf8.len) {
        size_t ascii = fold_ascii((const unsigned char *)utf8.at + f.at, utf8.len - f.at,
                                  (unsigned char *)out->bytes + out->len, after_space(out));
        size_t end = f.at + ascii;
        bool is_base =
            ascii > 0 && out->bytes[out->len + ascii - 1] != ' ' && joined_at(&f, end) != 0;
        if (is_base) {
            ascii--; /* a mark behind it: NFKC may compose the two */
        }
        text_out_identical(out, out->len, f.at, ascii);
        out->len += ascii;
        f.at += ascii;
        if (is_base) {
            put_segment(&f);
        } else if (f.at < utf8.len && !is_ascii(&f, f.at)) {
            put_code_point(&f);
        } else {
            skip_ascii(&f);
        }
    }
    memset(out->bytes + out->len, 0, SLACK);
}
