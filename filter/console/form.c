#include "filter/console/form.h"

#include <jansson.h>
#include <stdio.h>
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

/* A lone "\r" and "\r\n" become "\n", in place; returns how long it is then. */
static size_t end_lines(char *text, size_t len)
{
    size_t to = 0;
    char before = '\0';
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c != '\n' || before != '\r') { /* else it is written already */
            text[to++] = c == '\r' ? '\n' : c;
        }
        before = c;
    }
    text[to] = '\0';
    return to;
}

/* Decodes in place of the copy. False at what can't be. */
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
        out[len++] = c;
    }
    *plain = (struct str){.at = out, .len = end_lines(out, len)};
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
        one->is_of_list = false;
        form->count++;
    }
    return FORM_FINE;
}

/* A string or a whole number; anything else is no field of a form. */
static bool take_json(const char *name, const json_t *value, bool is_of_list, struct arena *arena,
                      struct form *form)
{
    char number[24];
    const char *text = json_string_value(value);
    size_t len = json_string_length(value);
    struct form_value *one = &form->values[form->count];
    if (json_is_integer(value)) {
        len = (size_t)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        text = number;
    }
    if (text == NULL || form->count == FORM_MOST_FIELDS) {
        return false;
    }
    char *name_copy = arena_copy(arena, name, strlen(name));
    char *copy = arena_copy(arena, text, len);
    if (name_copy == NULL || copy == NULL) {
        return false;
    }
    *one = (struct form_value){.name = str_of(name_copy), .is_of_list = is_of_list};
    one->value = (struct str){.at = copy, .len = end_lines(copy, len)};
    form->count++;
    return true;
}

static bool take_object(json_t *object, struct arena *arena, struct form *form)
{
    const char *name;
    json_t *value, *each;
    size_t at;
    bool done = json_is_object(object);
    json_object_foreach(object, name, value)
    {
        if (!json_is_array(value)) {
            done = done && take_json(name, value, false, arena, form);
            continue;
        }
        json_array_foreach(value, at, each)
        {
            done = done && take_json(name, each, true, arena, form);
        }
    }
    return done;
}

enum form_fault form_parse_json(struct str body, struct arena *arena, struct form *form)
{
    form->count = 0;
    if (body.len == 0 || body.len > FORM_MOST_BYTES) {
        return FORM_MALFORMED;
    }
    /* Jansson takes neither bad UTF-8 nor, unless asked to, a NUL. */
    json_t *object = json_loadb(body.at, body.len, JSON_REJECT_DUPLICATES, NULL);
    bool done = take_object(object, arena, form);
    json_decref(object);
    return done ? FORM_FINE : FORM_MALFORMED;
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
        if (form->values[i].is_of_list && !field->is_list) {
            return FORM_REPEATED;
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
