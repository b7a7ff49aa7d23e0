/* A Redis' answers are the same however the socket cuts them. The first byte says how. */
#include <assert.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/verdict/redis_wire.h"
#include "tests/fuzz/fuzz.h"

static void read_all(const uint8_t *data, size_t size, size_t step, struct buf *out)
{
    struct verdict_redis_wire *wire = verdict_redis_wire_new();
    enum verdict_redis_answer answer = VERDICT_REDIS_MORE;
    struct err err = ERR_NONE;
    for (size_t at = 0; at < size && answer == VERDICT_REDIS_MORE; at += step) {
        size_t part = size - at < step ? size - at : step;
        struct str text;
        if (!verdict_redis_wire_feed(wire, (struct str){(const char *)data + at, part}, &err)) {
            break;
        }
        while ((answer = verdict_redis_wire_next(wire, &text, &err)) != VERDICT_REDIS_MORE &&
               answer != VERDICT_REDIS_BROKEN) {
            assert(answer != VERDICT_REDIS_NIL || text.len == 0);
            buf_printf(out, "%d:%zu:", answer, text.len);
            buf_put_str(out, text);
        }
    }
    buf_printf(out, "end %d", answer);
    verdict_redis_wire_free(wire);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf whole = BUF_EMPTY, parts = BUF_EMPTY;
    if (size < 1 || size > 100000) {
        return 0;
    }
    read_all(data + 1, size - 1, size, &whole);
    read_all(data + 1, size - 1, (size_t)data[0] + 1, &parts);
    assert(str_equal(buf_str(&whole), buf_str(&parts)));
    buf_fini(&whole);
    buf_fini(&parts);
    return 0;
}
