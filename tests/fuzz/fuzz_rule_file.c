/*
 * A rule file of any bytes loads or says what is wrong with it. What loads means the same when it
 * is read again: the same conditions, the same hashes.
 */
#include "tests/filter/rule/strict.h"
#include "tests/fuzz/fuzz.h"

/* Regexes are tried for explosions, so more of them than this is only slow. */
enum { MAX_INPUT = 4096 };

static bool load(const uint8_t *data, size_t size, bool has_basis, struct buf *out)
{
    struct buf said = BUF_EMPTY, loaded = BUF_EMPTY;
    struct str yaml = {.at = (const char *)data, .len = size};
    bool done = strict_load(yaml, has_basis, &said, &loaded);
    buf_put_str(out, buf_str(&said));
    buf_put_str(out, buf_str(&loaded));
    buf_fini(&said);
    buf_fini(&loaded);
    return done;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf once = BUF_EMPTY, again = BUF_EMPTY, plain = BUF_EMPTY;
    if (size > MAX_INPUT) {
        return 0;
    }
    bool loads = load(data, size, true, &once);
    strict_must(loads == load(data, size, true, &again));
    strict_must(str_equal(buf_str(&once), buf_str(&again)));
    /* What is sound with a basis is sound without one: strictness only takes away. */
    strict_must(load(data, size, false, &plain) || !loads);
    buf_fini(&once);
    buf_fini(&again);
    buf_fini(&plain);
    return 0;
}
