#include <assert.h>
#include <utf8proc.h>

#include "filter/base/mem.h"
#include "filter/text/ascii.h"
#include "filter/text/internal.h"

/*
 * A skeleton is the folded view with its disguised words spelled plainly. Only words that a block
 * scan points at are looked at; all else is copied. A word is rewritten from what it is alone,
 * never from what stands around it, so that a pattern of whole words and a text meet.
 */
struct skeleton {
    const struct text_out *in;
    struct str text;
    struct text_letters *letters;
    struct text_out *out;
    size_t copied;   /* the input is written up to here */
    size_t run;      /* the input's run at `copied` */
    size_t block_at; /* the block that `mask` is about … */
    uint32_t mask;   /* … and where in it to look, still */
};

/* The run of the folded view that holds its byte `at`; `hint` is one at or before it. */
static size_t run_at(const struct skeleton *s, size_t at, size_t hint)
{
    while (hint + 1 < s->in->run_count && s->in->runs[hint + 1].view_at <= at) {
        hint++;
    }
    return hint;
}

/* Notes where the view's bytes from `view_at` on came from: bytes [from, to) of the folded view. */
static void note_origin(struct skeleton *s, size_t view_at, size_t from, size_t to, bool one_to_one)
{
    s->run = run_at(s, from, s->run);
    const struct text_run *first = &s->in->runs[s->run];
    size_t last_index = run_at(s, to - 1, s->run);
    const struct text_run *last = &s->in->runs[last_index];
    size_t start = first->origin_at + (first->identical ? from - first->view_at : 0);
    if (one_to_one && first == last && first->identical) {
        text_out_identical(s->out, view_at, start, to - from);
        return;
    }
    size_t end = last->origin_at + (last->identical ? to - last->view_at : last->origin_len);
    text_out_changed(s->out, view_at, start, end - start);
    s->run = last_index;
}

/* Copies the folded view up to `to`. */
static void copy(struct skeleton *s, size_t to)
{
    struct text_out *out = s->out;
    while (s->copied < to) {
        s->run = run_at(s, s->copied, s->run);
        size_t end = s->run + 1 < s->in->run_count ? s->in->runs[s->run + 1].view_at : to;
        end = end < to ? end : to;
        size_t view_at = out->len, len = end - s->copied;
        memcpy(out->bytes + view_at, s->text.at + s->copied, len);
        out->len += len;
        note_origin(s, view_at, s->copied, end, true);
        s->copied = end;
    }
}

static void add_letter(struct text_letters *letters, char c, size_t view_at, size_t len)
{
    if (letters->count == letters->room) {
        mem_grow(&letters->at, &letters->room, letters->count + 1, sizeof *letters->at);
    }
    letters->at[letters->count++] =
        (struct text_letter){.c = c, .view_at = (uint32_t)view_at, .len = (uint32_t)len};
}

/*
 * The ASCII letter that the code point `code` is with its marks off; '\0' for a mark, ' ' if it is
 * neither.
 */
static char plain_letter(uint32_t code)
{
    utf8proc_int32_t parts[8];
    int boundary = 0;
    const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)code);
    if (property->category == UTF8PROC_CATEGORY_MN || property->category == UTF8PROC_CATEGORY_ME) {
        return '\0';
    }
    utf8proc_ssize_t count =
        utf8proc_decompose_char((utf8proc_int32_t)code, parts, 8, UTF8PROC_DECOMPOSE, &boundary);
    return count > 0 && count <= 8 && parts[0] < 0x80 && text_is_letter((char)parts[0])
               ? (char)parts[0]
               : ' ';
}

/*
 * Reads what at `at` belongs to the word of which the letters from `word` on are read; returns its
 * bytes, 0 if it does not belong.
 */
static size_t read_letter(struct skeleton *s, size_t at, size_t word)
{
    struct text_letters *letters = s->letters;
    char c = s->text.at[at];
    if (text_is_letter(c) || text_is_digit(c) || text_is_sign(c)) {
        add_letter(letters, c, at, 1);
        return 1;
    }
    if ((unsigned char)c < 0xc3 || (unsigned char)c > 0xe2) {
        return 0;
    }
    size_t len;
    char plain = plain_letter(text_decode(s->text.at + at, &len));
    if (plain == ' ' || (plain == '\0' && letters->count == word)) {
        return 0;
    }
    if (plain == '\0') {
        letters->at[letters->count - 1].len += (uint32_t)len;
    } else {
        add_letter(letters, plain, at, len);
    }
    return len;
}

/* Reads the word at `at` into the letters, which are emptied first; returns its end. */
static size_t read_word(struct skeleton *s, size_t at)
{
    size_t len;
    s->letters->count = 0;
    while (at < s->text.len && (len = read_letter(s, at, 0)) > 0) {
        at += len;
    }
    return at;
}

static void put_letters(struct skeleton *s, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const struct text_letter *letter = &s->letters->at[i];
        size_t view_at = s->out->len;
        s->out->bytes[s->out->len++] = letter->c;
        note_origin(s, view_at, letter->view_at, letter->view_at + letter->len, letter->len == 1);
    }
}

/* Bytes of what may stand between letters that are spaced apart, from `at` on; 0 if nothing. */
static size_t gap_len(struct str text, size_t at)
{
    size_t len = 0;
    for (unsigned signs = 0; signs < 3 && at + len < text.len; signs++) {
        char c = text.at[at + len];
        if (c != '\0' && strchr(" .-_*/~,|:", c) != NULL) {
            len++;
        } else if (at + len + 1 < text.len && memcmp(text.at + at + len, "\xc2\xb7", 2) == 0) {
            len += 2; /* a middle dot, into which bullets are folded */
        } else {
            break;
        }
    }
    return len;
}

/* Whether more white space stood in the original where the folded view has the space at `at`. */
static bool is_wide_space(const struct skeleton *s, size_t at)
{
    struct text_view view = {.text = s->text, .runs = s->in->runs, .run_count = s->in->run_count};
    return at + 1 < s->text.len &&
           text_view_origin(&view, at + 1, at + 2).start > text_view_origin(&view, at, at + 1).end;
}

enum gap { GAP_EDGE, GAP_TIGHT, GAP_SPACED, GAP_WIDE };

/* What lies in the bytes [from, to) between two lone letters. */
static enum gap gap_between(const struct skeleton *s, size_t from, size_t to)
{
    enum gap gap = GAP_TIGHT;
    for (size_t at = from; at < to && gap != GAP_WIDE; at++) {
        if (s->text.at[at] == ' ') {
            gap = is_wide_space(s, at) ? GAP_WIDE : GAP_SPACED;
        }
    }
    return gap;
}

/* The gap behind letter `i`. */
static enum gap gap_behind(const struct skeleton *s, size_t i)
{
    const struct text_letter *left = &s->letters->at[i];
    return i + 1 < s->letters->count ? gap_between(s, left->view_at + left->len, left[1].view_at)
                                     : GAP_EDGE;
}

/* Whether a lone letter or digit stands at `at`, and is read; `*end` is where it ends. */
static bool read_lone(struct skeleton *s, size_t at, size_t *end)
{
    struct text_letters *letters = s->letters;
    size_t before = letters->count, len;
    bool is_lone = true;
    *end = at;
    while (is_lone && at < s->text.len && (len = read_letter(s, at, before)) > 0) {
        is_lone = letters->count == before + 1 || letters->at[letters->count - 1].c == '!';
        at += len;
        if (letters->count == before + 1) {
            *end = at;
        }
    }
    is_lone = is_lone && letters->count > before &&
              (text_is_letter(letters->at[before].c) ||
               (text_is_digit(letters->at[before].c) && letters->at[before].c != '2'));
    letters->count = is_lone ? before + 1 : before;
    return is_lone;
}

/*
 * With one lone letter read, reads those behind it: no wide space between, and one or two digits
 * only where a letter follows. Returns the end of the last letter.
 */
static size_t read_spaced(struct skeleton *s, size_t end)
{
    struct text_letters *letters = s->letters;
    size_t kept = letters->count, kept_end = end;
    while (letters->count - kept < 3) {
        size_t gap = gap_len(s->text, end), next;
        if (gap == 0 || gap_between(s, end, end + gap) == GAP_WIDE ||
            !read_lone(s, end + gap, &next)) {
            break;
        }
        end = next;
        if (text_is_letter(letters->at[letters->count - 1].c)) {
            kept = letters->count;
            kept_end = end;
        }
    }
    letters->count = kept;
    return kept_end;
}

/* Whether "w.a", "R-I": two letters with one sign between them. */
static bool is_tight_pair(const struct skeleton *s, size_t from)
{
    const struct text_letter *left = &s->letters->at[from], *right = left + 1;
    size_t gap = left->view_at + left->len, len = right->view_at - gap;
    return (len == 1 && strchr(".-_*", s->text.at[gap]) != NULL) ||
           (len == 2 && memcmp(s->text.at + gap, "\xc2\xb7", 2) == 0);
}

/* Writes lone letters that make no word, each without its marks. */
static void put_apart(struct skeleton *s, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const struct text_letter *letter = &s->letters->at[i];
        if (letter->len > 1) {
            copy(s, letter->view_at);
            put_letters(s, i, i + 1);
            s->copied = (size_t)letter->view_at + letter->len;
        }
    }
}

/* Writes the spaced letters [from, to) as one word, if they make one. */
static void put_joined(struct skeleton *s, size_t from, size_t to)
{
    struct text_letter *at = s->letters->at;
    if (to - from < 2 || (to - from == 2 && !is_tight_pair(s, from))) {
        put_apart(s, from, to);
        return;
    }
    size_t end = (size_t)at[to - 1].view_at + at[to - 1].len;
    for (size_t i = from; i < to; i++) {
        if (text_is_digit(at[i].c)) { /* never the first or last */
            at[i].c = text_leet_letter(at[i].c, at[i - 1].c, at[i + 1].c);
        }
    }
    copy(s, at[from].view_at);
    struct text_letters part = {.at = at + from, .count = to - from};
    text_letters_collapse(&part);
    put_letters(s, from, from + part.count);
    s->copied = end;
}

/*
 * Writes the spaced letters. A space whose neighbours are no spaces parts words (K.P.U R.I); a
 * space beside another is how the letters are spaced (p.i.l k a d a).
 */
static void put_spaced(struct skeleton *s)
{
    const struct text_letter *at = s->letters->at;
    size_t count = s->letters->count, start = 0;
    enum gap before = GAP_EDGE, here = gap_behind(s, 0);
    for (size_t i = 0; i + 1 < count; i++) {
        enum gap after = gap_behind(s, i + 1);
        bool parts = here == GAP_SPACED && before != GAP_SPACED && after != GAP_SPACED &&
                     text_is_letter(at[i].c) && text_is_letter(at[i + 1].c);
        before = here;
        here = after;
        if (parts) {
            put_joined(s, start, i + 1);
            start = i + 1;
        }
    }
    put_joined(s, start, count);
}

/*
 * Whether nothing can come of what the block scan saw at `at`, which is mostly so: a doubled
 * consonant behind another one, the '@' of a handle, an exclamation, a symbol beyond ASCII.
 */
static bool is_harmless(struct str text, size_t at)
{
    char c = text.at[at], before = at > 0 ? text.at[at - 1] : ' ';
    char after = at + 1 < text.len ? text.at[at + 1] : ' ';
    switch (c) {
    case '@':
        return !text_is_letter(before) && !text_is_digit(before);
    case '!':
        return !text_is_letter(before) || !text_is_letter(after);
    case '\xe1':
        return (unsigned char)after < 0xaa;
    case '\xe2':
        return after != '\x83' && after != '\xb1' && after != '\xb7';
    default:
        break;
    }
    bool is_double = text_is_letter(c) && c == before && c != after && c != 'v';
    char first = is_double && at > 1 ? text.at[at - 2] : ' ';
    return is_double && first != c && !text_is_vowel(c) && !text_is_vowel(first) &&
           (unsigned char)first < 0x80 && !text_is_digit(first) && !text_is_sign(first);
}

/* Looks at the word around `at`; returns where to look on. */
static size_t rewrite(struct skeleton *s, size_t at)
{
    size_t start = at;
    if (is_harmless(s->text, at)) {
        return at + 1;
    }
    while (start > s->copied &&
           (text_is_letter(s->text.at[start - 1]) || text_is_digit(s->text.at[start - 1]) ||
            text_is_sign(s->text.at[start - 1]))) {
        start--;
    }
    size_t end = read_word(s, start);
    if (end <= at) {
        return at + 1;
    }
    bool is_lone = s->letters->count == 1 && text_is_letter(s->letters->at[0].c);
    if (is_lone) {
        end = read_spaced(s, end);
        put_spaced(s);
        return end;
    }
    bool changed = end - start != s->letters->count; /* marks */
    changed |= text_leet_read(s->letters);
    changed |= text_letters_collapse(s->letters);
    if (changed) {
        copy(s, start);
        put_letters(s, 0, s->letters->count);
        s->copied = end;
    }
    return end;
}

/* The next place at or behind `at` to look at; the text's length if there is none. */
static size_t next_place(struct skeleton *s, size_t at)
{
    while (at < s->text.len) {
        size_t block_at = at / ASCII_BLOCK * ASCII_BLOCK;
        const unsigned char *block = (const unsigned char *)s->text.at + block_at;
        if (block_at != s->block_at || block_at == 0) {
            unsigned char first[ASCII_BLOCK + 2] = {0};
            if (block_at == 0) {
                memcpy(first + 1, block, ASCII_BLOCK + 1);
                block = first + 1;
            }
            s->mask = ascii_skeleton_block(block);
            s->block_at = block_at;
        }
        uint32_t mask = s->mask >> (at - block_at);
        if (mask != 0) {
            return at + (unsigned)__builtin_ctz(mask);
        }
        at = block_at + ASCII_BLOCK;
    }
    return s->text.len;
}

void text_skeleton_write(const struct text_out *folded, struct text_letters *letters,
                         struct text_out *out)
{
    struct skeleton s = {.in = folded,
                         .text = {.at = folded->bytes, .len = folded->len},
                         .letters = letters,
                         .out = out};
    text_out_clear(out);
    text_out_reserve(out, folded->len + 1);
    for (size_t at = next_place(&s, 0); at < s.text.len; at = next_place(&s, at)) {
        at = rewrite(&s, at);
    }
    copy(&s, s.text.len);
    assert(out->len <= folded->len);
}
