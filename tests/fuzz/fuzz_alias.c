/*
 * A DNS answer, as whoever owns a listed name writes it: what is read of it are names that a list
 * can hold, at most sixteen; and where the bytes are no answer, nothing that would be believed.
 */
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/blocklist/name.h"
#include "filter/pipeline/alias.h"
#include "tests/fuzz/fuzz.h"

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf chain = BUF_EMPTY;
    bool is_read = alias_read(data, size, &chain);
    struct str left = buf_str(&chain);
    size_t count = 0;
    require(is_read || size < 12 || chain.len <= 16 * 254);
    for (; left.len > 0; count++) {
        struct err ignored = ERR_NONE;
        require(blocklist_name_check(alias_next(&left), &ignored));
    }
    require(count <= ALIAS_CHAIN_MOST);
    buf_fini(&chain);
    return 0;
}
