/* Forms as strangers send them: what was read is valid, bounded, and of fields that there are. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "filter/console/form.h"
#include "filter/text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct form_field fields[] = {
        {"action", 16, false}, {"list", 8, true}, {"version-*", 4, false}, {NULL, 0, false}};
    struct arena *arena = arena_new(4 << 20);
    struct form *form = calloc(1, sizeof *form);
    struct str body = {.at = (const char *)data, .len = size}, name;
    if (form != NULL && form_parse(body, arena, form) == FORM_FINE) {
        assert(form->count <= FORM_MOST_FIELDS);
        for (size_t i = 0; i < form->count; i++) {
            const struct form_value *one = &form->values[i];
            assert(utf8_is_valid(one->name) && utf8_is_valid(one->value));
            assert(one->name.len + one->value.len <= size);
            assert(memchr(one->value.at, '\0', one->value.len) == NULL);
            assert(memchr(one->value.at, '\r', one->value.len) == NULL);
        }
        if (form_check(form, fields, fields, &name) == FORM_FINE) {
            assert(form_get(form, "action").len <= 16);
            for (size_t i = 0; i < form->count; i++) {
                assert(str_is(form->values[i].name, "action") ||
                       str_is(form->values[i].name, "list") ||
                       str_starts(form->values[i].name, STR("version-")));
            }
        }
    }
    free(form);
    arena_free(arena);
    return 0;
}
