#include "filter/text/utf8.h"

#include <stdint.h>

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Bytes of plain ASCII from `at` on, eight at a time. */
static size_t ascii_run(const unsigned char *at, size_t len)
{
    size_t n = 0;
    for (; len - n >= 8; n += 8) {
        uint64_t eight;
        memcpy(&eight, at + n, sizeof eight);
        if ((eight & 0x8080808080808080u) != 0) {
            break;
        }
    }
    while (n < len && at[n] < 0x80) {
        n++;
    }
    return n;
}

/*
 * The length of the well-formed sequence that starts at `at` (Unicode table 3-7); 0 if it is ill-
 * formed, and then `*bad` is the length of its maximal part that could have been the start of one.
 */
static size_t sequence(const unsigned char *at, size_t len, size_t *bad)
{
    unsigned char lead = at[0], low = 0x80, high = 0xbf;
    size_t need;
    *bad = 1;
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
        need = 2;
    } else if ((lead & 0xf0) == 0xe0) {
        need = 3;
        low = lead == 0xe0 ? 0xa0 : 0x80;  /* overlong */
        high = lead == 0xed ? 0x9f : 0xbf; /* surrogates */
    } else if (lead >= 0xf0 && lead <= 0xf4) {
        need = 4;
        low = lead == 0xf0 ? 0x90 : 0x80;
        high = lead == 0xf4 ? 0x8f : 0xbf; /* past U+10FFFF */
    } else {
        return 0;
    }
    if (len < 2 || at[1] < low || at[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < need; i++) {
        if (i >= len || !is_continuation(at[i])) {
            *bad = i;
            return 0;
        }
    }
    return need;
}

/* Bytes of `bytes` up to the first ill-formed sequence. */
static size_t valid_run(struct str bytes)
{
    const unsigned char *at = (const unsigned char *)bytes.at;
    size_t n = 0, bad;
    while (n < bytes.len) {
        n += ascii_run(at + n, bytes.len - n);
        if (n == bytes.len) {
            break;
        }
        size_t len = sequence(at + n, bytes.len - n, &bad);
        if (len == 0) {
            break;
        }
        n += len;
    }
    return n;
}

bool utf8_is_valid(struct str bytes)
{
    return valid_run(bytes) == bytes.len;
}

size_t utf8_mend(struct str bytes, struct buf *out)
{
    size_t replaced = 0;
    while (bytes.len > 0) {
        size_t good = valid_run(bytes), bad = 0;
        buf_put(out, bytes.at, good);
        bytes = str_part(bytes, good, bytes.len);
        if (bytes.len == 0) {
            break;
        }
        (void)sequence((const unsigned char *)bytes.at, bytes.len, &bad);
        buf_put_string(out, "\xef\xbf\xbd");
        replaced++;
        bytes = str_part(bytes, bad, bytes.len);
    }
    return replaced;
}

bool utf8_is_boundary(struct str text, size_t at)
{
    return at == text.len || (at < text.len && !is_continuation((unsigned char)text.at[at]));
}
