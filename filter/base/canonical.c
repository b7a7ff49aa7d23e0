#include "filter/base/canonical.h"

#include <stdlib.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"

enum { DEEPEST = 32 };

static const json_int_t largest = ((json_int_t)1 << 53) - 1;

/*
 * RFC 8785 sorts by UTF-16 code units. That is byte order, but for code points past U+FFFF, whose
 * surrogates sort below U+E000 while their UTF-8 sorts above U+FFFF.
 */
static int compare_keys(const void *a, const void *b)
{
    const unsigned char *one = *(const unsigned char *const *)a;
    const unsigned char *two = *(const unsigned char *const *)b;
    while (*one == *two && *one != '\0') {
        one++;
        two++;
    }
    if (*one >= 0xee && *two >= 0xee && (*one >= 0xf0) != (*two >= 0xf0)) {
        return *one >= 0xf0 ? -1 : 1;
    }
    return *one - *two;
}

static bool put(const json_t *value, unsigned depth, struct buf *out, struct err *err);

static bool put_object(const json_t *object, unsigned depth, struct buf *out, struct err *err)
{
    size_t count = json_object_size(object), i = 0;
    const char **keys = mem_alloc(count * sizeof *keys);
    const char *key;
    json_t *member;
    bool done = true;
    json_object_foreach((json_t *)object, key, member)
    {
        keys[i++] = key;
    }
    qsort(keys, count, sizeof *keys, compare_keys);
    buf_put_char(out, '{');
    for (i = 0; done && i < count; i++) {
        if (i > 0) {
            buf_put_char(out, ',');
        }
        buf_put_json(out, str_of(keys[i]));
        buf_put_char(out, ':');
        done = put(json_object_get(object, keys[i]), depth + 1, out, err);
    }
    buf_put_char(out, '}');
    free(keys);
    return done;
}

static bool put_array(const json_t *array, unsigned depth, struct buf *out, struct err *err)
{
    buf_put_char(out, '[');
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i > 0) {
            buf_put_char(out, ',');
        }
        if (!put(json_array_get(array, i), depth + 1, out, err)) {
            return false;
        }
    }
    buf_put_char(out, ']');
    return true;
}

static bool put(const json_t *value, unsigned depth, struct buf *out, struct err *err)
{
    if (depth > DEEPEST) {
        return err_set(err, "is nested more than %d deep", DEEPEST);
    }
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return put_object(value, depth, out, err);
    case JSON_ARRAY:
        return put_array(value, depth, out, err);
    case JSON_STRING:
        buf_put_json(out, (struct str){json_string_value(value), json_string_length(value)});
        return true;
    case JSON_INTEGER:
        if (json_integer_value(value) > largest || json_integer_value(value) < -largest) {
            return err_set(err, "holds a number beyond 2^53 - 1");
        }
        buf_put_int(out, json_integer_value(value));
        return true;
    case JSON_REAL:
        return err_set(err, "holds a number that is not whole");
    case JSON_TRUE:
        buf_put_string(out, "true");
        return true;
    case JSON_FALSE:
        buf_put_string(out, "false");
        return true;
    case JSON_NULL:
        buf_put_string(out, "null");
        return true;
    }
    return err_set(err, "holds a value of no JSON type");
}

bool canonical_json(const json_t *value, struct buf *out, struct err *err)
{
    size_t was = out->len;
    if (!put(value, 0, out, err)) {
        out->len = was;
        return false;
    }
    return true;
}

json_t *canonical_read(struct str bytes, struct err *err)
{
    json_error_t why;
    json_t *value = json_loadb(bytes.len > 0 ? bytes.at : "", bytes.len,
                               JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    if (value == NULL) {
        err_set_at(err, (unsigned)why.line, (unsigned)why.column, "is no JSON: %s", why.text);
        return NULL;
    }
    struct buf again = BUF_EMPTY;
    bool same = json_is_object(value) && canonical_json(value, &again, err) &&
                str_equal(buf_str(&again), bytes);
    buf_fini(&again);
    if (!same) {
        err_set(err, "is no canonical JSON object (RFC 8785): white space, order of keys or "
                     "escapes differ");
        json_decref(value);
        return NULL;
    }
    return value;
}
