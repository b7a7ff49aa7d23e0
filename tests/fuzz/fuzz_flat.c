/* What flat_read takes is canonical JSON, and says what a real parser says. */
#include <jansson.h>
#include <stdlib.h>

#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/base/flat.h"
#include "tests/fuzz/fuzz.h"

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct flat flat;
    struct err err = ERR_NONE;
    if (!flat_read((struct str){.at = (const char *)data, .len = size}, &flat)) {
        return 0;
    }
    json_t *tree = canonical_read((struct str){.at = (const char *)data, .len = size}, &err);
    check(tree != NULL && json_object_size(tree) == flat.count);
    for (size_t i = 0; i < flat.count; i++) {
        struct buf name = BUF_EMPTY, text = BUF_EMPTY, raw = BUF_EMPTY;
        buf_put_str(&name, flat.members[i].name);
        flat_text(flat.members[i].raw, &text);
        const json_t *value = json_object_get(tree, name.bytes);
        check(str_equal(buf_str(&text),
                        (struct str){json_string_value(value), json_string_length(value)}));
        buf_put_json(&raw, buf_str(&text));
        check(str_equal(str_part(buf_str(&raw), 1, raw.len - 1), flat.members[i].raw));
        buf_fini(&name);
        buf_fini(&text);
        buf_fini(&raw);
    }
    json_decref(tree);
    return 0;
}
