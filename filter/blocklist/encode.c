#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/mem.h"
#include "filter/blocklist/renderers.h"

void blocklist_put_base64(struct buf *out, struct str bytes)
{
    char small[512], *text = small;
    size_t room = sodium_base64_ENCODED_LEN(bytes.len, sodium_base64_VARIANT_ORIGINAL);
    if (room > sizeof small) {
        text = mem_alloc(room);
    }
    sodium_bin2base64(text, room, (const unsigned char *)bytes.at, bytes.len,
                      sodium_base64_VARIANT_ORIGINAL);
    buf_put_string(out, text);
    if (text != small) {
        free(text);
    }
}

void blocklist_put_uuid(struct buf *out, const struct hash *hash)
{
    static const size_t ends[] = {4, 6, 8, 10, 16};
    unsigned char bytes[16];
    memcpy(bytes, hash->bytes, sizeof bytes);
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    for (size_t i = 0, at = 0; i < sizeof ends / sizeof *ends; at = ends[i++]) {
        if (at > 0) {
            buf_put_char(out, '-');
        }
        buf_put_hex(out, bytes + at, ends[i] - at);
    }
}

void blocklist_put_list_uuid(struct buf *out, const struct blocklist_opening *opening)
{
    struct buf name = BUF_EMPTY;
    buf_printf(&name, "saring-list\n%.*s\n%.*s", STR_FORMAT(opening->fingerprint),
               STR_FORMAT(opening->season));
    struct hash hash = hash_sha256(buf_str(&name));
    blocklist_put_uuid(out, &hash);
    buf_fini(&name);
}
