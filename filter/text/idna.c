#include "filter/text/idna.h"

#include <idn2.h>
#include <utf8proc.h>

#include "filter/base/err.h"
#include "filter/text/internal.h"
#include "filter/text/punycode.h"

/* A mapped name: its code points, and whether any of its labels is written right to left. */
struct name {
    int32_t codes[IDNA_MAX_BYTES * 2];
    size_t count;
    bool has_rtl;
};

enum {
    MAX_CODES = IDNA_MAX_BYTES * 2,
    SHARP_S = 0xdf,
    CAPITAL_SHARP_S = 0x1e9e,
    FINAL_SIGMA = 0x3c2
};
enum { ZWNJ = 0x200c, ZWJ = 0x200d, IDEOGRAPHIC_STOP = 0x3002 };

/* Invisible code points that UTS #46 (16.0) refuses, where others are just taken out. */
static bool is_refused_ignorable(int32_t code)
{
    return code == 0x61c || code == 0x200e || code == 0x200f ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2065 && code <= 0x2069) ||
           (code >= 0xfff0 && code <= 0xfff8) || (code >= 0xe0000 && code <= 0xe00ff) ||
           (code >= 0xe01f0 && code <= 0xe0fff);
}

/* Whether `code` is one of the full stops that part labels. */
static bool is_stop(int32_t code)
{
    return code == '.' || code == IDEOGRAPHIC_STOP || code == 0xff0e || code == 0xff61;
}

/* UTS #46 section 4, step 1: appends what `code` maps to. */
static bool map_code(struct name *name, int32_t code)
{
    int boundary = 0;
    if (code == CAPITAL_SHARP_S) {
        code = SHARP_S;
    }
    if (name->count + 18 > MAX_CODES || is_refused_ignorable(code)) {
        return false;
    }
    if (code == SHARP_S || code == FINAL_SIGMA || code == ZWNJ || code == ZWJ) {
        name->codes[name->count++] = code;
        return true;
    }
    utf8proc_ssize_t found = utf8proc_decompose_char(
        code, name->codes + name->count, (utf8proc_ssize_t)(MAX_CODES - name->count),
        UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
            UTF8PROC_IGNORE,
        &boundary);
    if (found < 0) {
        return false;
    }
    for (utf8proc_ssize_t i = 0; i < found; i++) {
        int32_t *to = &name->codes[name->count + (size_t)i];
        *to = *to == IDEOGRAPHIC_STOP ? '.' : *to;
        if (*to == '.' && !is_stop(code)) {
            return false; /* "1." in one character, an ellipsis */
        }
    }
    name->count += (size_t)found;
    return true;
}

static bool map_name(struct str text, struct name *name)
{
    name->count = 0;
    name->has_rtl = false;
    for (size_t at = 0, len; at < text.len; at += len) {
        if (!map_code(name, (int32_t)text_decode(text.at + at, &len))) {
            return false;
        }
    }
    name->count = text_compose(name->codes, name->count);
    return true;
}

/*
 * Letters that are newer than the Unicode 14 of libutf8proc 2.8: ideographs of 15, 15.1 and 17 and
 * hieroglyphs of 16. They have no case and no decomposition, so that nothing else need be known.
 */
static bool is_newer_letter(int32_t code)
{
    return (code >= 0x31350 && code <= 0x323af) || (code >= 0x2ebf0 && code <= 0x2ee5d) ||
           (code >= 0x323b0 && code <= 0x33479) || (code >= 0x13460 && code <= 0x143fa);
}

/* Whether a code point that mapping left alone may stand in a label (UTS #46, section 4.1). */
static bool is_valid_code(int32_t code)
{
    if (code == ZWNJ || code == ZWJ) {
        return true;
    }
    if (code == 0xfffc || code == 0xfffd || (code >= 0x2ff0 && code <= 0x2fff)) {
        return false;
    }
    switch (utf8proc_get_property(code)->category) {
    case UTF8PROC_CATEGORY_CN:
        return is_newer_letter(code);
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return code < 0x80; /* ASCII is judged by the host parser */
    default:
        return true;
    }
}

static bool is_mark(int32_t code)
{
    int category = utf8proc_get_property(code)->category;
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
           category == UTF8PROC_CATEGORY_ME;
}

/*
 * RFC 5892, appendix A.1: whether the non-joiner at `at` stands between letters that join. Which do
 * is known to libidn2, which is asked about those letters alone.
 */
static bool parts_joining_letters(const int32_t *codes, size_t count, size_t at)
{
    char label[(TEXT_SEGMENT_MAX * 2 + 1) * 4 + 1], *ascii = NULL;
    size_t from = at, to = at + 1, len = 0;
    do {
        if (from == 0 || at - from == TEXT_SEGMENT_MAX) {
            return false;
        }
        from--;
    } while (is_mark(codes[from]));
    do {
        if (to == count || to - at > TEXT_SEGMENT_MAX) {
            return false;
        }
        to++;
    } while (is_mark(codes[to - 1]));
    for (size_t i = from; i < to; i++) {
        len += text_encode((uint32_t)codes[i], label + len);
    }
    label[len] = '\0';
    int status = idn2_to_ascii_8z(label, &ascii, IDN2_NONTRANSITIONAL);
    idn2_free(ascii);
    return status == IDN2_OK;
}

/* RFC 5892, appendix A.1 and A.2: joiners behind a virama, or a non-joiner as above. */
static bool joiners_are_valid(const int32_t *codes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool is_joiner = codes[i] == ZWNJ || codes[i] == ZWJ;
        bool behind_virama = i > 0 && utf8proc_get_property(codes[i - 1])->combining_class == 9;
        if (is_joiner && !behind_virama &&
            (codes[i] == ZWJ || !parts_joining_letters(codes, count, i))) {
            return false;
        }
    }
    return true;
}

static int bidi_class(int32_t code)
{
    return is_newer_letter(code) ? UTF8PROC_BIDI_CLASS_L : utf8proc_get_property(code)->bidi_class;
}

static bool is_rtl(int32_t code)
{
    int class = bidi_class(code);
    return class == UTF8PROC_BIDI_CLASS_R || class == UTF8PROC_BIDI_CLASS_AL ||
           class == UTF8PROC_BIDI_CLASS_AN;
}

/* RFC 5893, section 2, of one label of a name with right-to-left labels. */
static bool bidi_is_valid(const int32_t *codes, size_t count)
{
    int first = bidi_class(codes[0]);
    bool rtl = first == UTF8PROC_BIDI_CLASS_R || first == UTF8PROC_BIDI_CLASS_AL;
    bool has_en = false, has_an = false;
    size_t end = count;
    if (!rtl && first != UTF8PROC_BIDI_CLASS_L) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        switch (bidi_class(codes[i])) {
        case UTF8PROC_BIDI_CLASS_R:
        case UTF8PROC_BIDI_CLASS_AL:
            if (!rtl) {
                return false;
            }
            break;
        case UTF8PROC_BIDI_CLASS_AN:
            has_an = true;
            if (!rtl) {
                return false;
            }
            break;
        case UTF8PROC_BIDI_CLASS_L:
            if (rtl) {
                return false;
            }
            break;
        case UTF8PROC_BIDI_CLASS_EN:
            has_en = true;
            break;
        case UTF8PROC_BIDI_CLASS_ES:
        case UTF8PROC_BIDI_CLASS_CS:
        case UTF8PROC_BIDI_CLASS_ET:
        case UTF8PROC_BIDI_CLASS_ON:
        case UTF8PROC_BIDI_CLASS_BN:
        case UTF8PROC_BIDI_CLASS_NSM:
            break;
        default:
            return false;
        }
    }
    while (end > 1 && bidi_class(codes[end - 1]) == UTF8PROC_BIDI_CLASS_NSM) {
        end--;
    }
    int last = bidi_class(codes[end - 1]);
    if (last == UTF8PROC_BIDI_CLASS_EN) {
        return !(rtl && has_an);
    }
    return rtl ? (is_rtl(codes[end - 1]) && !(has_en && has_an)) : last == UTF8PROC_BIDI_CLASS_L;
}

/* UTS #46, section 4.1, but for the bidi rule. */
static bool label_is_valid(const int32_t *codes, size_t count)
{
    if (count == 0) {
        return true;
    }
    if (is_mark(codes[0])) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_valid_code(codes[i])) {
            return false;
        }
    }
    return joiners_are_valid(codes, count);
}

static bool is_ascii(const int32_t *codes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (codes[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* Whether mapping leaves the decoded label as it is: only such a label may be in Punycode. */
static bool is_mapped(const int32_t *codes, size_t count)
{
    struct name again = {.count = 0};
    for (size_t i = 0; i < count; i++) {
        if (codes[i] == IDEOGRAPHIC_STOP || !map_code(&again, codes[i])) {
            return false;
        }
    }
    again.count = text_compose(again.codes, again.count);
    return again.count == count && memcmp(again.codes, codes, count * sizeof *codes) == 0;
}

static bool is_a_label(const int32_t *codes, size_t count)
{
    return count >= 4 && codes[0] == 'x' && codes[1] == 'n' && codes[2] == '-' && codes[3] == '-';
}

/* The label as code points that people read; false if it is an A-label that is none. */
static bool decode_label(const int32_t *codes, size_t count, int32_t *decoded, size_t *length)
{
    char ascii[MAX_CODES];
    if (!is_a_label(codes, count)) {
        memcpy(decoded, codes, count * sizeof *codes);
        *length = count;
        return true;
    }
    if (!is_ascii(codes, count)) {
        return false;
    }
    for (size_t i = 4; i < count; i++) {
        ascii[i - 4] = (char)codes[i];
    }
    return punycode_decode((struct str){.at = ascii, .len = count - 4}, decoded, MAX_CODES,
                           length) &&
           *length > 0 && !is_ascii(decoded, *length) && is_mapped(decoded, *length);
}

static bool put_label(const int32_t *codes, size_t count, struct buf *out)
{
    if (!is_ascii(codes, count)) {
        buf_put_string(out, "xn--");
        return punycode_encode(codes, count, out);
    }
    for (size_t i = 0; i < count; i++) {
        buf_put_char(out, (char)codes[i]);
    }
    return true;
}

/* The end of the label that starts at `at`. */
static size_t label_end(const struct name *name, size_t at)
{
    while (at < name->count && name->codes[at] != '.') {
        at++;
    }
    return at;
}

/* Calls for each label: first to find right-to-left ones, then to check and write. */
static bool put_labels(struct name *name, struct buf *out)
{
    int32_t label[MAX_CODES];
    size_t length;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t at = 0, end; at <= name->count; at = end + 1) {
            end = label_end(name, at);
            if (!decode_label(name->codes + at, end - at, label, &length)) {
                return false;
            }
            if (pass == 0) {
                for (size_t i = 0; i < length; i++) {
                    name->has_rtl |= is_rtl(label[i]);
                }
                continue;
            }
            if (!label_is_valid(label, length) ||
                (name->has_rtl && length > 0 && !bidi_is_valid(label, length)) ||
                !put_label(label, length, out)) {
                return false;
            }
            if (end < name->count) {
                buf_put_char(out, '.');
            }
        }
    }
    return true;
}

bool idna_to_ascii(struct str text, struct buf *out, struct err *err)
{
    size_t before = out->len;
    bool ascii = true;
    if (text.len > IDNA_MAX_BYTES) {
        return err_set(err, "a host name of %zu bytes; at most %d are read", text.len,
                       IDNA_MAX_BYTES);
    }
    for (size_t i = 0; i < text.len; i++) {
        ascii = ascii && (unsigned char)text.at[i] < 0x80;
    }
    if (ascii) {
        char lower[IDNA_MAX_BYTES];
        for (size_t i = 0; i < text.len; i++) {
            char c = text.at[i];
            lower[i] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
        }
        buf_put(out, lower, text.len);
        return true;
    }
    struct name name;
    if (!map_name(text, &name) || !put_labels(&name, out)) {
        out->len = before;
        return err_set(err, "the host name has characters that no domain name may have");
    }
    return true;
}
