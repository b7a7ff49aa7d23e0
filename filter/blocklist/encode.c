#include <sodium.h>
#include <stdlib.h>

#include "filter/base/mem.h"
#include "filter/base/uuid.h"
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
    uuid_put(hash->bytes, out);
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
