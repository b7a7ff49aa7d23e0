#include "filter/text/internal.h"

char text_leet_letter(char c, char before, char after)
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
    while (from < count && text_is_letter(letters->at[from].c)) {
        from++;
    }
    to = from;
    while (to < count && text_is_digit(letters->at[to].c)) {
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
    bool between = (text_is_letter(before) || text_is_digit(before)) &&
                   (text_is_letter(after) || text_is_digit(after));
    if (sign == '!') {
        return between && text_is_letter(before) && !text_is_vowel(before) &&
               text_is_letter(after) && !text_is_vowel(after);
    }
    return between || (i == letters->count - 1 && i >= 3 && text_is_letter(before)) ||
           (sign == '$' && i == 0 && letters->count > 3 && text_is_letter(after));
}

bool text_leet_read(struct text_letters *letters)
{
    bool changed = false;
    char before = '\0'; /* as it stood */
    if (is_amount(letters)) {
        return false;
    }
    for (size_t i = 0; i < letters->count;) {
        size_t end = i + 1;
        while (text_is_digit(letters->at[i].c) && end < letters->count &&
               text_is_digit(letters->at[end].c)) {
            end++;
        }
        bool is_leet = text_is_digit(letters->at[i].c)  ? is_leet_run(letters, i, end)
                       : text_is_sign(letters->at[i].c) ? is_leet_sign(letters, i)
                                                        : false;
        for (; i < end; i++) {
            char after = i + 1 < letters->count ? letters->at[i + 1].c : '\0';
            char c = letters->at[i].c;
            if (is_leet) {
                letters->at[i].c = text_leet_letter(c, before, after);
            }
            before = c;
        }
        changed |= is_leet;
    }
    return changed;
}

bool text_letters_collapse(struct text_letters *letters)
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
        if (repeated > 1 && text_is_letter(c) &&
            (c == 'v' || text_is_vowel(c) || text_is_vowel(before) ||
             (repeated > 2 && text_is_letter(before)))) {
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
