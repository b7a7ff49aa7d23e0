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

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_vowel(char c)
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

static bool is_sign(char c)
{
    return c == '@' || c == '$' || c == '!';
}

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
    return count > 0 && count <= 8 && parts[0] < 0x80 && is_letter((char)parts[0]) ? (char)parts[0]
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
    if (is_letter(c) || is_digit(c) || is_sign(c)) {
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

/* What stands for the digit or sign between `before` and `after` (0: none); `c` if nothing. */
static char leet_letter(char c, char before, char after)
{
    switch (c) {
    case '0':
        return 'o';
    case '1':
        return before == 'i' || after == 'i' ? 'l' : 'i'; /* k1ik, kl1k: no word has "ii" */
    case '3':
        return 'e';
    case '4':
    case '@':
        return 'a';
    case '5':
    case '$':
        return 's';
    case '6':
    case '9':
        return 'g';
    case '7':
        return 't';
    case '8':
        return 'b';
    case '!':
        return 'i';
    default:
        return c; /* '2': after a word it doubles it (anak2) */
    }
}

/* Whether the letters [from, to) are one of the words in `list` (space before and after each). */
static bool is_listed(const struct text_letters *letters, size_t from, size_t to, const char *list)
{
    char word[12];
    size_t len = 0;
    if (to - from > sizeof word - 3) {
        return false;
    }
    word[len++] = ' ';
    for (size_t i = from; i < to; i++) {
        word[len++] = letters->at[i].c;
    }
    word[len++] = ' ';
    word[len] = '\0';
    return strstr(list, word) != NULL;
}

/* Whether the word is an amount with its currency or unit: rp150rb, 5jt, 10an. */
static bool is_amount(const struct text_letters *letters)
{
    static const char currencies[] = " rp idr usd rm sgd no ";
    static const char units[] =
        " rb ribu rebu jt jta juta k m t miliar milyar triliun x kg g gr gram gb mb tb km cm mm l "
        "an am pm wib wita wit jam mnt menit detik hr hari mgg minggu bln bulan th thn tahun org "
        "orang st nd rd th d s pcs unit buah persen suara kali ha ton cc pax v w kv kw mw ";
    size_t count = letters->count, from = 0, to;
    while (from < count && is_letter(letters->at[from].c)) {
        from++;
    }
    to = from;
    while (to < count && is_digit(letters->at[to].c)) {
        to++;
    }
    if (from == to || (from > 0 && !is_listed(letters, 0, from, currencies))) {
        return false;
    }
    return to == count || is_listed(letters, to, count, units);
}

/* Whether the digits [from, to) of the word stand for letters. */
static bool is_leet_run(const struct text_letters *letters, size_t from, size_t to)
{
    size_t digits = to - from, behind = letters->count - to;
    for (size_t i = from; i < to; i++) {
        if (letters->at[i].c == '2') {
            return false;
        }
    }
    if (from > 0 && behind > 0) {
        return digits <= 2; /* p1lkada, b4n50s */
    }
    /* sald0, 0nline; but covid19, tps12, g20, s1, 3d */
    return digits == 1 && (from >= 3 || behind >= 2);
}

/* Whether the sign at `i` stands for a letter: d@ftar, $aldo, kl!k; not @handle, 'awas!' */
static bool is_leet_sign(const struct text_letters *letters, size_t i)
{
    char sign = letters->at[i].c;
    char before = i > 0 ? letters->at[i - 1].c : ' ';
    char after = i + 1 < letters->count ? letters->at[i + 1].c : ' ';
    bool between = (is_letter(before) || is_digit(before)) && (is_letter(after) || is_digit(after));
    if (sign == '!') {
        return between && is_letter(before) && !is_vowel(before) && is_letter(after) &&
               !is_vowel(after);
    }
    return between || (i == letters->count - 1 && i >= 3 && is_letter(before)) ||
           (sign == '$' && i == 0 && letters->count > 3 && is_letter(after));
}

/* Puts letters for the digits and signs that stand for some; whether there were any. */
static bool read_leet(struct text_letters *letters)
{
    bool changed = false;
    char before = '\0'; /* as it stood */
    for (size_t i = 0; i < letters->count;) {
        size_t end = i + 1;
        while (is_digit(letters->at[i].c) && end < letters->count && is_digit(letters->at[end].c)) {
            end++;
        }
        bool is_leet = is_digit(letters->at[i].c)  ? is_leet_run(letters, i, end)
                       : is_sign(letters->at[i].c) ? is_leet_sign(letters, i)
                                                   : false;
        for (; i < end; i++) {
            char after = i + 1 < letters->count ? letters->at[i + 1].c : '\0';
            char c = letters->at[i].c;
            if (is_leet) {
                letters->at[i].c = leet_letter(c, before, after);
            }
            before = c;
        }
        changed |= is_leet;
    }
    return changed;
}

/*
 * Takes repeated letters out: hoaaax, daftarrr. Two consonants at the start or behind another one
 * stay, for they make words (pps, kk, kpps, tanggal). "vv" is w. Whether anything changed.
 */
static bool collapse(struct text_letters *letters)
{
    struct text_letter *at = letters->at;
    size_t kept = 0;
    for (size_t i = 0; i < letters->count;) {
        size_t end = i + 1;
        while (end < letters->count && at[end].c == at[i].c) {
            end++;
        }
        char c = at[i].c, before = kept > 0 ? at[kept - 1].c : ' ';
        size_t repeated = end - i;
        if (repeated > 1 && is_letter(c) &&
            (c == 'v' || is_vowel(c) || is_vowel(before) || (repeated > 2 && is_letter(before)))) {
            at[i].len = at[end - 1].view_at + at[end - 1].len - at[i].view_at;
            at[i].c = c == 'v' ? 'w' : c;
            at[kept++] = at[i];
        } else {
            memmove(at + kept, at + i, repeated * sizeof *at);
            kept += repeated;
        }
        i = end;
    }
    bool changed = kept != letters->count;
    letters->count = kept;
    return changed;
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

/* How far apart the gap between letters `i` and `i + 1` holds them: 0 no space, 1 one, 2 more. */
static int gap_weight(const struct skeleton *s, size_t i)
{
    const struct text_letter *left = &s->letters->at[i], *right = left + 1;
    size_t from = left->view_at + left->len, to = right->view_at;
    if (memchr(s->text.at + from, ' ', to - from) == NULL) {
        return 0;
    }
    struct text_view view = {.text = s->text, .runs = s->in->runs, .run_count = s->in->run_count};
    struct text_span origin = text_view_origin(&view, from, to);
    struct text_span next = text_view_origin(&view, to, to + 1);
    return next.start - origin.start > to - from ? 2 : 1;
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
              (is_letter(letters->at[before].c) ||
               (is_digit(letters->at[before].c) && letters->at[before].c != '2'));
    letters->count = is_lone ? before + 1 : before;
    return is_lone;
}

/* With one lone letter read, reads those behind it, with at most two digits between letters. */
static void read_spaced(struct skeleton *s, size_t end)
{
    struct text_letters *letters = s->letters;
    size_t digits = 0; /* at the end so far */
    while (digits < 3) {
        size_t gap = gap_len(s->text, end), next;
        if (gap == 0 || !read_lone(s, end + gap, &next)) {
            break;
        }
        digits = is_digit(letters->at[letters->count - 1].c) ? digits + 1 : 0;
        end = next;
    }
    letters->count -= digits;
}

/* Whether "w.a", "R-I": two letters with one sign between them. */
static bool is_tight_pair(const struct skeleton *s, size_t from)
{
    const struct text_letter *left = &s->letters->at[from], *right = left + 1;
    size_t gap = left->view_at + left->len, len = right->view_at - gap;
    return (len == 1 && strchr(".-_*", s->text.at[gap]) != NULL) || len == 2;
}

/* Writes the lone letters [from, to), each as a word of its own: without its marks. */
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

/* Writes the spaced letters [from, to) as one word, if they make one; digits at its ends do not. */
static void put_joined(struct skeleton *s, size_t from, size_t to)
{
    struct text_letter *at = s->letters->at;
    size_t first = from, last = to;
    while (first < last && is_digit(at[first].c)) {
        first++;
    }
    while (first < last && is_digit(at[last - 1].c)) {
        last--;
    }
    if (last - first < 2 || (last - first == 2 && !is_tight_pair(s, first))) {
        put_apart(s, from, to);
        return;
    }
    put_apart(s, from, first);
    size_t end = at[last - 1].view_at + at[last - 1].len;
    for (size_t i = first; i < last; i++) {
        if (is_digit(at[i].c)) {
            at[i].c = leet_letter(at[i].c, at[i - 1].c, at[i + 1].c);
        }
    }
    struct text_letters part = {.at = at + first, .count = last - first};
    collapse(&part);
    copy(s, at[first].view_at);
    put_letters(s, first, first + part.count);
    s->copied = end;
    put_apart(s, last, to);
}

/* As put_joined, but splits at a space between letters that no space holds apart: K.P.U R.I */
static void put_dotted(struct skeleton *s, size_t from, size_t to)
{
    size_t start = from;
    int before = 0, here = from + 1 < to ? gap_weight(s, from) : 0;
    for (size_t i = from; i + 1 < to; i++) {
        int after = i + 2 < to ? gap_weight(s, i + 1) : 0;
        bool is_only = i == from && i + 2 == to;
        if (here > 0 && before == 0 && after == 0 && !is_only) {
            put_joined(s, start, i + 1);
            start = i + 1;
        }
        before = here;
        here = after;
    }
    put_joined(s, start, to);
}

/* Writes the spaced letters, which gaps wider than others part into words: K P U  R I D O */
static void put_spaced(struct skeleton *s)
{
    size_t count = s->letters->count, start = 0, wide = 0;
    for (size_t i = 0; i + 1 < count; i++) {
        wide += gap_weight(s, i) == 2;
    }
    for (size_t i = 0; i + 1 < count && wide + 1 < count; i++) {
        if (gap_weight(s, i) == 2) {
            put_dotted(s, start, i + 1);
            start = i + 1;
        }
    }
    put_dotted(s, start, count);
}

/* Looks at the word around `at`; returns where to look on. */
static size_t rewrite(struct skeleton *s, size_t at)
{
    size_t start = at;
    while (start > s->copied &&
           (is_letter(s->text.at[start - 1]) || is_digit(s->text.at[start - 1]) ||
            is_sign(s->text.at[start - 1]))) {
        start--;
    }
    size_t end = read_word(s, start);
    if (end <= at) {
        return at + 1;
    }
    bool is_lone = s->letters->count == 1 && is_letter(s->letters->at[0].c);
    if (is_lone) {
        read_spaced(s, end);
        const struct text_letter *last = &s->letters->at[s->letters->count - 1];
        end = last->view_at + last->len;
        put_spaced(s);
        return end;
    }
    bool changed = end - start != s->letters->count; /* marks */
    if (!is_amount(s->letters)) {
        changed |= read_leet(s->letters);
    }
    changed |= collapse(s->letters);
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
