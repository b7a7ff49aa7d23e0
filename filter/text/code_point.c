#include <assert.h>
#include <string.h>
#include <utf8proc.h>

#include "filter/text/internal.h"

/* A character's full decomposition has at most 18 code points (U+FDFA). */
enum { DECOMPOSED_MAX = 18 };

struct confusable {
    uint32_t code;
    char reads[4];
};

static const struct confusable confusables[] = {
#define CONFUSABLE(code, reads) {code, reads},
#include "filter/text/confusables.tbl"
#undef CONFUSABLE
};

/* What `code` reads as; NULL if it is no look-alike. */
static const char *confusable_reading(uint32_t code)
{
    size_t low = 0, high = sizeof confusables / sizeof *confusables;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (confusables[middle].code == code) {
            return confusables[middle].reads;
        }
        if (confusables[middle].code < code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

uint32_t text_decode(const char *at, size_t *len)
{
    const unsigned char *byte = (const unsigned char *)at;
    if (byte[0] < 0x80) {
        *len = 1;
        return byte[0];
    }
    if (byte[0] < 0xe0) {
        *len = 2;
        return (byte[0] & 0x1fu) << 6 | (byte[1] & 0x3fu);
    }
    if (byte[0] < 0xf0) {
        *len = 3;
        return (byte[0] & 0x0fu) << 12 | (byte[1] & 0x3fu) << 6 | (byte[2] & 0x3fu);
    }
    *len = 4;
    return (byte[0] & 0x07u) << 18 | (byte[1] & 0x3fu) << 12 | (byte[2] & 0x3fu) << 6 |
           (byte[3] & 0x3fu);
}

size_t text_encode(uint32_t code, char out[4])
{
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)code, (utf8proc_uint8_t *)out);
}

/* White space (Unicode White_Space), and the empty Braille cell, which looks like it. */
static bool is_space(uint32_t code)
{
    switch (code) {
    case 0x20:
    case 0x85:
    case 0xa0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202f:
    case 0x205f:
    case 0x2800:
    case 0x3000:
        return true;
    default:
        return (code >= 9 && code <= 13) || (code >= 0x2000 && code <= 0x200a);
    }
}

/* Default_Ignorable, controls, and the interlinear annotation marks: nobody sees them. */
static bool is_invisible(uint32_t code)
{
    const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)code);
    return property->ignorable || property->category == UTF8PROC_CATEGORY_CC ||
           (code >= 0xfff9 && code <= 0xfffb);
}

/* Whether `code`, decomposed, composes with or belongs to what stands before it. */
static bool joins_backwards(uint32_t code)
{
    const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)code);
    return property->combining_class != 0 || property->category == UTF8PROC_CATEGORY_MN ||
           property->category == UTF8PROC_CATEGORY_MC ||
           property->category == UTF8PROC_CATEGORY_ME || (code >= 0x1160 && code <= 0x11ff);
}

/* Appends a reading as code points; returns how many. */
static size_t put_reading(const char *reads, utf8proc_int32_t *out)
{
    size_t count = 0, len;
    for (; *reads != '\0'; reads += len) {
        out[count++] = (utf8proc_int32_t)text_decode(reads, &len);
    }
    return count;
}

/* Decomposes and case-folds `code`, look-alikes as ASCII, into `out`; returns how many. */
static size_t decompose(uint32_t code, utf8proc_int32_t out[DECOMPOSED_MAX])
{
    if (is_space(code)) {
        out[0] = ' ';
        return 1;
    }
    const char *reads = code < 0x80 ? NULL : confusable_reading(code);
    if (reads != NULL) {
        return put_reading(reads, out);
    }
    if (is_invisible(code)) {
        return 0;
    }
    int boundary = 0;
    utf8proc_int32_t raw[DECOMPOSED_MAX];
    utf8proc_ssize_t found =
        utf8proc_decompose_char((utf8proc_int32_t)code, raw, DECOMPOSED_MAX,
                                UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                                    UTF8PROC_CASEFOLD | UTF8PROC_IGNORE,
                                &boundary);
    assert(found >= 0 && found <= DECOMPOSED_MAX);
    if (found > 1 && raw[0] == ' ') {
        out[0] = (utf8proc_int32_t)code; /* a mark that stands alone: no space of its own */
        return 1;
    }
    size_t count = 0;
    for (utf8proc_ssize_t i = 0; i < found; i++) {
        reads = raw[i] < 0x80 ? NULL : confusable_reading((uint32_t)raw[i]);
        /* A reading of two letters fits only where the decomposition left room for it. */
        if (reads != NULL && count + strlen(reads) + (size_t)(found - i - 1) <= DECOMPOSED_MAX) {
            count += put_reading(reads, out + count);
        } else {
            out[count++] = raw[i];
        }
    }
    return count;
}

/* Marks into the order of their combining classes, equal ones as they stood. */
static void order_marks(utf8proc_int32_t *codes, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        utf8proc_int32_t code = codes[i];
        utf8proc_propval_t class = utf8proc_get_property(code)->combining_class;
        size_t at = i;
        while (class != 0 && at > 0 &&
               utf8proc_get_property(codes[at - 1])->combining_class > class) {
            codes[at] = codes[at - 1];
            at--;
        }
        codes[at] = code;
    }
}

size_t text_compose(int32_t *codes, size_t count)
{
    order_marks(codes, count);
    utf8proc_ssize_t composed = utf8proc_normalize_utf32(codes, (utf8proc_ssize_t)count,
                                                         UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    return composed < 0 ? 0 : (size_t)composed;
}

size_t text_segment_fold(const uint32_t *codes, size_t count, char out[TEXT_SEGMENT_BYTES])
{
    utf8proc_int32_t all[TEXT_SEGMENT_MAX * DECOMPOSED_MAX];
    size_t found = 0, len = 0;
    assert(count <= TEXT_SEGMENT_MAX);
    for (size_t i = 0; i < count; i++) {
        found += decompose(codes[i], all + found);
    }
    order_marks(all, found);
    utf8proc_ssize_t composed =
        utf8proc_normalize_utf32(all, (utf8proc_ssize_t)found, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    for (utf8proc_ssize_t i = 0; i < composed; i++) {
        len += text_encode((uint32_t)all[i], out + len);
    }
    return len;
}

static void fold_alone(uint32_t code, struct text_code_point *answer)
{
    char bytes[TEXT_SEGMENT_BYTES];
    utf8proc_int32_t first[DECOMPOSED_MAX];
    size_t count = decompose(code, first);
    size_t len = text_segment_fold(&code, 1, bytes);
    answer->code = code + 1;
    answer->is_removed = count == 0;
    answer->joins = count > 0 && joins_backwards((uint32_t)first[0]);
    answer->len = (unsigned char)len;
    if (len <= sizeof answer->bytes) {
        memcpy(answer->bytes, bytes, len);
    }
}

const struct text_code_point *text_code_point_fold(struct text_cache *cache, uint32_t code,
                                                   struct text_code_point *slot)
{
    if (cache != NULL) {
        slot = &cache->slots[(code ^ code >> 10) % TEXT_CACHE_SLOTS];
        if (slot->code == code + 1) {
            return slot;
        }
    }
    fold_alone(code, slot);
    return slot;
}
