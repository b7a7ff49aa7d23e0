#include "filter/text/caseless.h"

#include <utf8proc.h>

#include "filter/text/internal.h"

/*
 * The small letter of the capital, so that letters with one capital are one (ς and σ, ſ and s);
 * not for the two Turkish ones, whose other half is a letter that everybody uses.
 */
static uint32_t fold(uint32_t code)
{
    enum { DOTTED_CAPITAL = 0x130, DOTLESS_SMALL = 0x131 };
    if (code == DOTTED_CAPITAL || code == DOTLESS_SMALL) {
        return code;
    }
    return (uint32_t)utf8proc_tolower(utf8proc_toupper((utf8proc_int32_t)code));
}

void text_caseless(struct str text, struct buf *out)
{
    for (size_t at = 0; at < text.len;) {
        unsigned char c = (unsigned char)text.at[at];
        size_t len = 1;
        if (c < 0x80) {
            buf_put_char(out, (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c));
        } else {
            char bytes[4];
            uint32_t code = fold(text_decode(text.at + at, &len));
            buf_put(out, bytes, text_encode(code, bytes));
        }
        at += len;
    }
}
