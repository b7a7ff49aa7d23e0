#include "filter/rule/json.h"

#include <assert.h>
#include <stdlib.h>
#include <yajl/yajl_parse.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/text/utf8.h"

enum { DEEPEST = 128 };

/* A list or map that is not yet closed. */
struct open {
    struct rule_json *node, *last;
    struct str key; /* the one whose value comes next */
};

struct reading {
    struct arena *arena;
    struct rule_json *root;
    struct open open[DEEPEST];
    unsigned depth;
    struct err *err;
};

static bool fail_full(struct reading *in)
{
    return err_set(in->err, "the event is too large");
}

static bool copy(struct reading *in, const unsigned char *bytes, size_t len, struct str *out)
{
    struct str text = {.at = (const char *)bytes, .len = len};
    struct buf mended = BUF_EMPTY;
    if (!utf8_is_valid(text)) {
        utf8_mend(text, &mended);
        text = buf_str(&mended);
    }
    out->at = arena_copy(in->arena, text.len > 0 ? text.at : "", text.len);
    out->len = text.len;
    buf_fini(&mended);
    return out->at != NULL || fail_full(in);
}

/* A new node where the next value belongs. */
static struct rule_json *add(struct reading *in, enum rule_json_kind kind)
{
    struct rule_json *node = arena_alloc(in->arena, sizeof *node);
    if (node == NULL) {
        fail_full(in);
        return NULL;
    }
    node->kind = kind;
    if (in->depth == 0) {
        in->root = node;
        return node;
    }
    struct open *open = &in->open[in->depth - 1];
    node->key = open->key;
    if (open->last == NULL) {
        open->node->first = node;
    } else {
        open->last->next = node;
    }
    open->last = node;
    return node;
}

static int add_text(struct reading *in, enum rule_json_kind kind, const unsigned char *bytes,
                    size_t len)
{
    struct rule_json *node = add(in, kind);
    return node != NULL && copy(in, bytes, len, &node->text);
}

static int on_null(void *context)
{
    return add(context, RULE_JSON_NULL) != NULL;
}

static int on_boolean(void *context, int value)
{
    const char *text = value != 0 ? "true" : "false";
    return add_text(context, RULE_JSON_BOOL, (const unsigned char *)text, strlen(text));
}

static int on_number(void *context, const char *digits, size_t len)
{
    return add_text(context, RULE_JSON_NUMBER, (const unsigned char *)digits, len);
}

static int on_string(void *context, const unsigned char *bytes, size_t len)
{
    return add_text(context, RULE_JSON_STRING, bytes, len);
}

static int on_key(void *context, const unsigned char *bytes, size_t len)
{
    struct reading *in = context;
    return copy(in, bytes, len, &in->open[in->depth - 1].key);
}

static int begin(struct reading *in, enum rule_json_kind kind)
{
    if (in->depth == DEEPEST) {
        return err_set(in->err, "nested deeper than %d levels", (int)DEEPEST);
    }
    struct rule_json *node = add(in, kind);
    if (node == NULL) {
        return 0;
    }
    in->open[in->depth++] = (struct open){.node = node};
    return 1;
}

static int on_map(void *context)
{
    return begin(context, RULE_JSON_MAP);
}

static int on_list(void *context)
{
    return begin(context, RULE_JSON_LIST);
}

static int on_end(void *context)
{
    struct reading *in = context;
    in->depth--;
    return 1;
}

static void say_why(yajl_handle yajl, struct str text, struct err *err)
{
    unsigned char *why = yajl_get_error(yajl, 0, (const unsigned char *)text.at, text.len);
    err_set_at(err, 0, (unsigned)yajl_get_bytes_consumed(yajl), "not JSON: %.*s",
               (int)strcspn((const char *)why, "\n"), (const char *)why);
    yajl_free_error(yajl, why);
}

const struct rule_json *rule_json_parse(struct arena *arena, struct str text, struct err *err)
{
    static const yajl_callbacks callbacks = {.yajl_null = on_null,
                                             .yajl_boolean = on_boolean,
                                             .yajl_number = on_number,
                                             .yajl_string = on_string,
                                             .yajl_start_map = on_map,
                                             .yajl_map_key = on_key,
                                             .yajl_end_map = on_end,
                                             .yajl_start_array = on_list,
                                             .yajl_end_array = on_end};
    struct reading in = {.arena = arena, .err = err};
    yajl_handle yajl = yajl_alloc(&callbacks, NULL, &in);
    if (yajl == NULL) {
        abort(); /* out of memory, as in base/mem */
    }
    bool done = yajl_parse(yajl, (const unsigned char *)text.at, text.len) == yajl_status_ok &&
                yajl_complete_parse(yajl) == yajl_status_ok;
    if (!done && !err_is_set(err)) {
        say_why(yajl, text, err);
    }
    yajl_free(yajl);
    assert(!done || in.root != NULL); /* yajl takes no empty document */
    return done ? in.root : NULL;
}

const struct rule_json *rule_json_get(const struct rule_json *map, const char *key)
{
    const struct rule_json *found = NULL;
    if (map == NULL || map->kind != RULE_JSON_MAP) {
        return NULL;
    }
    for (const struct rule_json *item = map->first; item != NULL; item = item->next) {
        if (str_is(item->key, key)) {
            found = item;
        }
    }
    return found;
}
