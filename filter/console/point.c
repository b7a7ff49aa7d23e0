#include "filter/console/point.h"

#include <assert.h>
#include <stdio.h>
#include <utf8proc.h>

enum {
    GRAPHEME_JOINER = 0x34F,
    ZERO_WIDTH_NON_JOINER = 0x200C,
    ZERO_WIDTH_JOINER = 0x200D,
    BRAILLE_BLANK = 0x2800,
    OBJECT_REPLACEMENT = 0xFFFC,
    BAD = 0xFFFD,
};

static uint32_t decode(struct str text, size_t at, size_t *bytes)
{
    utf8proc_int32_t code;
    utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)text.at + at,
                                             (utf8proc_ssize_t)(text.len - at), &code);
    *bytes = used > 0 ? (size_t)used : 1;
    return used > 0 ? (uint32_t)code : BAD;
}

static bool is_within(uint32_t code, uint32_t first, uint32_t last)
{
    return code >= first && code <= last;
}

/* Letters and marks that draw nothing: Default_Ignorable_Code_Point outside the category Cf. */
static bool is_blank_letter(uint32_t code)
{
    return code == GRAPHEME_JOINER || is_within(code, 0x115F, 0x1160) ||
           is_within(code, 0x17B4, 0x17B5) || is_within(code, 0x180B, 0x180F) || code == 0x3164 ||
           code == 0xFFA0 || code == BRAILLE_BLANK || code == OBJECT_REPLACEMENT ||
           is_within(code, 0xE0000, 0xE0FFF);
}

/* Scripts and pictures that need joiners; in Latin text a joiner only hides a word from a search.
 */
static bool needs_joiner(uint32_t code)
{
    return code >= 0x600;
}

static bool is_selector(uint32_t code)
{
    return is_within(code, 0xFE00, 0xFE0F);
}

/* Pictures, and the digits and signs that become keycaps. */
static bool takes_selector(uint32_t code)
{
    return code >= 0x203C || code == 0xA9 || code == 0xAE || code == '#' || code == '*' ||
           is_within(code, '0', '9');
}

static bool is_seen(uint32_t code, uint32_t before, uint32_t after)
{
    if (code == '\n' || code == '\t') {
        return true;
    }
    if (code == ZERO_WIDTH_JOINER || code == ZERO_WIDTH_NON_JOINER) {
        return needs_joiner(before) && needs_joiner(after);
    }
    if (is_selector(code)) {
        return takes_selector(before);
    }
    switch (utf8proc_category((utf8proc_int32_t)code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    default:
        return !is_blank_letter(code);
    }
}

struct point point_read(struct str text, size_t at, uint32_t before)
{
    assert(at < text.len);
    struct point point = {.is_seen = true};
    point.code = decode(text, at, &point.bytes);
    if (point.code >= ' ' && point.code < 0x7F) {
        return point;
    }
    size_t next = at + point.bytes, bytes;
    uint32_t after = next < text.len ? decode(text, next, &bytes) : 0;
    point.is_seen = is_seen(point.code, before, after);
    return point;
}

char *point_number(uint32_t code, char out[POINT_TEXT])
{
    snprintf(out, POINT_TEXT, "U+%04X", (unsigned)code);
    return out;
}

size_t point_write(uint32_t code, char out[4])
{
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)code, (utf8proc_uint8_t *)out);
}
