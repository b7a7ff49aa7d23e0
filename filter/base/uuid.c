#include "filter/base/uuid.h"

#include <sodium.h>
#include <string.h>

void uuid_put(const unsigned char bytes[UUID_BYTES], struct buf *out)
{
    static const size_t ends[] = {4, 6, 8, 10, UUID_BYTES};
    unsigned char set[UUID_BYTES];
    memcpy(set, bytes, sizeof set);
    set[6] = (unsigned char)((set[6] & 0x0f) | 0x40);
    set[8] = (unsigned char)((set[8] & 0x3f) | 0x80);
    for (size_t i = 0, at = 0; i < sizeof ends / sizeof *ends; at = ends[i++]) {
        if (at > 0) {
            buf_put_char(out, '-');
        }
        buf_put_hex(out, set + at, ends[i] - at);
    }
}

void uuid_put_random(struct buf *out)
{
    unsigned char bytes[UUID_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    uuid_put(bytes, out);
}
