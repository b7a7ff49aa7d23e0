#include "filter/console/shape.h"

#include <stdio.h>
#include <string.h>

#include "filter/base/clock.h"
#include "filter/text/utf8.h"

/* A comma, unless the object or array was just opened. */
static void join(struct buf *out)
{
    char last = out->len > 0 ? out->bytes[out->len - 1] : '{';
    if (last != '{' && last != '[' && last != '\n') {
        buf_put_char(out, ',');
    }
}

static void put_name(struct buf *out, const char *name)
{
    join(out);
    buf_printf(out, "\"%s\":", name);
}

static int64_t read_int(const char *at, size_t size)
{
    int64_t wide;
    uint32_t narrow; /* what is counted and named here is never negative */
    if (size == sizeof wide) {
        memcpy(&wide, at, sizeof wide);
        return wide;
    }
    memcpy(&narrow, at, sizeof narrow);
    return narrow;
}

static struct str read_text(const struct shape_field *field, const char *at)
{
    struct str text;
    if (field->kind == SHAPE_KIND_CHARS) {
        return str_of(at);
    }
    memcpy(&text, at, sizeof text);
    return text;
}

/* A file's name, or a message that was cut within a letter, need not be UTF-8: JSON is. */
static void put_string(struct buf *out, struct str text)
{
    struct buf mended = BUF_EMPTY;
    if (utf8_is_valid(text)) {
        buf_put_json(out, text);
        return;
    }
    utf8_mend(text, &mended);
    buf_put_json(out, buf_str(&mended));
    buf_fini(&mended);
}

static void put_text(struct buf *out, const struct shape_field *field, const char *at)
{
    struct str text = read_text(field, at);
    if (text.len > 0 && field->kind == SHAPE_KIND_JSON) {
        put_name(out, field->name);
        buf_put_str(out, text);
    } else if (text.len > 0) {
        put_name(out, field->name);
        put_string(out, text);
    }
}

static void put_time(struct buf *out, const struct shape_field *field, const char *at)
{
    char text[CLOCK_TEXT];
    int64_t time_ms = read_int(at, field->size);
    if (time_ms != CLOCK_NEVER && time_ms != INT64_MAX) { /* the casebook's word for never */
        buf_put_json_field(out, field->name, str_of(clock_format(time_ms, text)));
    }
}

static void put_list(struct buf *out, const struct shape_field *field, const char *at,
                     const char *record)
{
    const char *first;
    size_t count;
    memcpy(&first, at, sizeof first);
    memcpy(&count, record + field->count_at, sizeof count);
    put_name(out, field->name);
    buf_put_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (field->kind == SHAPE_KIND_LIST) {
            shape_put(field->of, first + i * field->size, out);
        } else {
            join(out);
            put_string(out, ((const struct str *)(const void *)first)[i]);
        }
    }
    buf_put_char(out, ']');
}

static void put_numbers(struct buf *out, const struct shape_field *field, const char *at)
{
    put_name(out, field->name);
    buf_put_char(out, '[');
    for (size_t i = 0; i < field->size / sizeof(uint32_t); i++) {
        join(out);
        buf_put_int(out, read_int(at + i * sizeof(uint32_t), sizeof(uint32_t)));
    }
    buf_put_char(out, ']');
}

static void put_plain(struct buf *out, const struct shape_field *field, const char *at)
{
    char hex[HASH_HEX];
    struct hash hash;
    bool is_true;
    put_name(out, field->name);
    if (field->kind == SHAPE_KIND_BOOL) {
        memcpy(&is_true, at, sizeof is_true);
        buf_put_string(out, is_true ? "true" : "false");
    } else if (field->kind == SHAPE_KIND_HASH) {
        memcpy(&hash, at, sizeof hash);
        buf_put_json(out, str_of(hash_format(&hash, hex)));
    } else if (field->kind == SHAPE_KIND_ENUM) {
        buf_put_json(out, str_of(field->names->name((unsigned)read_int(at, field->size))));
    } else {
        buf_put_int(out, read_int(at, field->size));
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the tables are */
static void put_field(struct buf *out, const struct shape_field *field, const char *record)
{
    const char *at = record + field->at;
    const void *other;
    switch (field->kind) {
    case SHAPE_KIND_BOOL:
    case SHAPE_KIND_INT:
    case SHAPE_KIND_HASH:
    case SHAPE_KIND_ENUM:
        put_plain(out, field, at);
        break;
    case SHAPE_KIND_TEXT:
    case SHAPE_KIND_CHARS:
    case SHAPE_KIND_JSON:
        put_text(out, field, at);
        break;
    case SHAPE_KIND_TIME:
        put_time(out, field, at);
        break;
    case SHAPE_KIND_RECORD:
        put_name(out, field->name);
        buf_put_char(out, '{');
        shape_put_fields(field->of, at, out);
        buf_put_char(out, '}');
        break;
    case SHAPE_KIND_MAYBE:
        memcpy(&other, at, sizeof other);
        if (other != NULL) {
            put_name(out, field->name);
            buf_put_char(out, '{');
            shape_put_fields(field->of, other, out);
            buf_put_char(out, '}');
        }
        break;
    case SHAPE_KIND_LIST:
    case SHAPE_KIND_STRINGS:
        put_list(out, field, at, record);
        break;
    case SHAPE_KIND_NUMBERS:
        put_numbers(out, field, at);
        break;
    }
}

/* NOLINTNEXTLINE(misc-no-recursion) */
void shape_put_fields(const struct shape *shape, const void *record, struct buf *out)
{
    for (const struct shape_field *field = shape->fields; field->name != NULL; field++) {
        put_field(out, field, record);
    }
}

/* NOLINTNEXTLINE(misc-no-recursion) */
void shape_put(const struct shape *shape, const void *record, struct buf *out)
{
    join(out);
    buf_put_char(out, '{');
    shape_put_fields(shape, record, out);
    buf_put_char(out, '}');
}

json_t *shape_ref(const struct shape *shape)
{
    char text[96];
    snprintf(text, sizeof text, "#/components/schemas/%s", shape->name);
    return json_pack("{ss}", "$ref", text);
}

static json_t *array_of(json_t *items)
{
    return json_pack("{ss so}", "type", "array", "items", items);
}

static json_t *names_of(const struct shape_names *names)
{
    json_t *all = json_array();
    for (unsigned i = 0; i < names->count; i++) {
        const char *name = names->name(i);
        if (name != NULL) {
            json_array_append_new(all, json_string(name));
        }
    }
    return json_pack("{ss so}", "type", "string", "enum", all);
}

static json_t *field_schema(const struct shape_field *field)
{
    switch (field->kind) {
    case SHAPE_KIND_BOOL:
        return json_pack("{ss}", "type", "boolean");
    case SHAPE_KIND_INT:
        return json_pack("{ss si}", "type", "integer", "minimum", 0);
    case SHAPE_KIND_TEXT:
    case SHAPE_KIND_CHARS:
        return json_pack("{ss si}", "type", "string", "minLength", 1);
    case SHAPE_KIND_HASH:
        return json_pack("{ss ss}", "type", "string", "pattern", "^[0-9a-f]{64}$");
    case SHAPE_KIND_TIME:
        return json_pack("{ss ss ss}", "type", "string", "format", "date-time", "pattern",
                         "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$");
    case SHAPE_KIND_ENUM:
        return names_of(field->names);
    case SHAPE_KIND_JSON:
        return json_pack("{ss}", "type", "object");
    case SHAPE_KIND_RECORD:
    case SHAPE_KIND_MAYBE:
        return shape_ref(field->of);
    case SHAPE_KIND_LIST:
        return array_of(shape_ref(field->of));
    case SHAPE_KIND_STRINGS:
        return array_of(json_pack("{ss}", "type", "string"));
    case SHAPE_KIND_NUMBERS:
        return array_of(json_pack("{ss si}", "type", "integer", "minimum", 0));
    }
    return NULL;
}

static bool is_always_there(const struct shape_field *field)
{
    switch (field->kind) {
    case SHAPE_KIND_TEXT:
    case SHAPE_KIND_CHARS:
    case SHAPE_KIND_JSON:
    case SHAPE_KIND_TIME:
    case SHAPE_KIND_MAYBE:
        return false;
    case SHAPE_KIND_BOOL:
    case SHAPE_KIND_INT:
    case SHAPE_KIND_HASH:
    case SHAPE_KIND_ENUM:
    case SHAPE_KIND_RECORD:
    case SHAPE_KIND_LIST:
    case SHAPE_KIND_STRINGS:
    case SHAPE_KIND_NUMBERS:
        break;
    }
    return true;
}

json_t *shape_schema(const struct shape *shape)
{
    json_t *properties = json_object(), *required = json_array();
    const struct shape_field *field = shape->fields;
    if (field == NULL) {
        json_decref(properties);
        json_decref(required);
        return json_pack("{ss}", "type", "object");
    }
    for (; field->name != NULL; field++) {
        json_object_set_new(properties, field->name, field_schema(field));
        if (is_always_there(field)) {
            json_array_append_new(required, json_string(field->name));
        }
    }
    return json_pack("{ss so so sb}", "type", "object", "properties", properties, "required",
                     required, "additionalProperties", 0);
}

/* NOLINTNEXTLINE(misc-no-recursion): ends, as a name is added once */
void shape_add_schemas(const struct shape *shape, json_t *schemas)
{
    if (json_object_get(schemas, shape->name) != NULL) {
        return;
    }
    json_object_set_new(schemas, shape->name, shape_schema(shape));
    for (const struct shape_field *field = shape->fields; field != NULL && field->name != NULL;
         field++) {
        if (field->of != NULL) {
            shape_add_schemas(field->of, schemas);
        }
    }
}
