#include "filter/console/form.h"

#include <string.h>

#include "filter/text/utf8.h"

static int hex(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes in place of the copy; a lone "\r" and "\r\n" become "\n". False at what can't be. */
static bool decode(struct str coded, struct arena *arena, struct str *plain)
{
    coded = coded.len > 0 ? coded : STR("");
    char *out = arena_copy(arena, coded.at, coded.len);
    size_t len = 0;
    if (out == NULL) {
        return false;
    }
    for (size_t i = 0; i < coded.len; i++) {
        char c = coded.at[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            int high = i + 2 < coded.len ? hex(coded.at[i + 1]) : -1;
            int low = i + 2 < coded.len ? hex(coded.at[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return false;
            }
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (c == '\0') {
            return false;
        }
        if (c == '\n' && len > 0 && out[len - 1] == '\r') {
            out[len - 1] = '\n';
        } else {
            out[len++] = c;
        }
    }
    for (size_t i = 0; i < len; i++) {
        out[i] = out[i] == '\r' ? '\n' : out[i];
    }
    out[len] = '\0';
    *plain = (struct str){.at = out, .len = len};
    return utf8_is_valid(*plain);
}

enum form_fault form_parse(struct str body, struct arena *arena, struct form *form)
{
    form->count = 0;
    if (body.len > FORM_MOST_BYTES) {
        return FORM_MALFORMED;
    }
    while (body.len > 0) {
        struct str value = str_cut(&body, '&');
        if (value.len == 0) {
            continue;
        }
        struct str name = str_cut(&value, '=');
        struct form_value *one = &form->values[form->count];
        if (form->count == FORM_MOST_FIELDS || !decode(name, arena, &one->name) ||
            !decode(value, arena, &one->value)) {
            return FORM_MALFORMED;
        }
        form->count++;
    }
    return FORM_FINE;
}

static const struct form_field *find(const struct form_field *fields, struct str name)
{
    for (; fields != NULL && fields->name != NULL; fields++) {
        size_t len = strlen(fields->name);
        bool is_family = len > 1 && fields->name[len - 1] == '*';
        if (str_is(name, fields->name) ||
            (is_family && str_starts(name, (struct str){fields->name, len - 1}))) {
            return fields;
        }
    }
    return NULL;
}

enum form_fault form_check(const struct form *form, const struct form_field *fields,
                           const struct form_field *always, struct str *name)
{
    for (size_t i = 0; i < form->count; i++) {
        *name = form->values[i].name;
        const struct form_field *field = find(fields, *name);
        field = field != NULL ? field : find(always, *name);
        if (field == NULL) {
            return FORM_UNKNOWN;
        }
        if (form->values[i].value.len > field->most) {
            return FORM_TOO_LONG;
        }
        for (size_t k = 0; k < i && !field->is_list; k++) {
            if (str_equal(form->values[k].name, *name)) {
                return FORM_REPEATED;
            }
        }
    }
    *name = STR("");
    return FORM_FINE;
}

bool form_next(const struct form *form, const char *name, size_t *at, struct str *value)
{
    for (; *at < form->count; (*at)++) {
        if (str_is(form->values[*at].name, name)) {
            *value = form->values[(*at)++].value;
            return true;
        }
    }
    return false;
}

struct str form_raw(const struct form *form, const char *name)
{
    size_t at = 0;
    struct str value = STR("");
    return form_next(form, name, &at, &value) ? value : STR("");
}

struct str form_get(const struct form *form, const char *name)
{
    return str_trim(form_raw(form, name));
}

bool form_has(const struct form *form, const char *name)
{
    size_t at = 0;
    struct str value;
    return form_next(form, name, &at, &value);
}

int64_t form_number(const struct form *form, const char *name)
{
    struct str text = form_get(form, name);
    int64_t number = 0;
    if (text.len == 0 || text.len > 18 || text.at[0] == '0') {
        return 0;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return 0;
        }
        number = number * 10 + (text.at[i] - '0');
    }
    return number;
}
