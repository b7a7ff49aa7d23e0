#include "filter/base/yaml.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <yaml.h>

#include "filter/base/err.h"

enum { DEEPEST = 64, MAX_DOCUMENTS = 1024 };

struct reader {
    yaml_parser_t parser;
    yaml_event_t event;
    bool has_event;
    struct arena *arena;
    struct err *err;
};

static bool fail_parse(struct reader *in)
{
    const yaml_parser_t *parser = &in->parser;
    unsigned line = (unsigned)parser->problem_mark.line + 1;
    unsigned column = (unsigned)parser->problem_mark.column + 1;
    const char *problem = parser->problem != NULL ? parser->problem : "not YAML";
    if (strstr(problem, "cannot start any token") != NULL) {
        return err_set_at(in->err, line, column,
                          "%s: a tab or a reserved character (@ `) cannot start a value here; "
                          "indent with spaces, quote the text",
                          problem);
    }
    if (parser->error == YAML_READER_ERROR) {
        return err_set_at(in->err, 0, 0, "byte %zu: %s; the file must be UTF-8",
                          parser->problem_offset, problem);
    }
    return err_set_at(in->err, line, column, "%s%s%s", problem, parser->context != NULL ? " " : "",
                      parser->context != NULL ? parser->context : "");
}

static bool next_event(struct reader *in)
{
    if (in->has_event) {
        yaml_event_delete(&in->event);
        in->has_event = false;
    }
    if (yaml_parser_parse(&in->parser, &in->event) == 0) {
        return fail_parse(in);
    }
    in->has_event = true;
    return true;
}

static bool fail_here(struct reader *in, const char *message)
{
    return err_set_at(in->err, (unsigned)in->event.start_mark.line + 1,
                      (unsigned)in->event.start_mark.column + 1, "%s", message);
}

static bool is_one_of(struct str text, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (str_is(text, *words)) {
            return true;
        }
    }
    return false;
}

static bool is_int(struct str text)
{
    size_t at = text.len > 0 && (text.at[0] == '-' || text.at[0] == '+');
    const char *digits = "0123456789";
    if (at == 0 && text.len > 2 && text.at[0] == '0' && (text.at[1] == 'x' || text.at[1] == 'o')) {
        digits = text.at[1] == 'x' ? "0123456789abcdefABCDEF" : "01234567";
        at = 2;
    }
    /* The text has a NUL behind it, at which strspn stops. */
    return at < text.len && strspn(text.at + at, digits) == text.len - at;
}

static bool is_float(struct str text)
{
    static const char *const words[] = {".inf", ".Inf", ".INF", "+.inf", "-.inf",
                                        ".nan", ".NaN", ".NAN", NULL};
    if (is_one_of(text, words)) {
        return true;
    }
    if (text.len == 0 || strspn(text.at, "0123456789+-.eE") != text.len ||
        strpbrk(text.at, "0123456789") == NULL) {
        return false;
    }
    char *end = NULL;
    (void)strtod(text.at, &end);
    return end == text.at + text.len;
}

/* YAML 1.2.2, section 10.3.2. */
static enum yaml_type resolve(struct str text)
{
    static const char *const nulls[] = {"", "null", "Null", "NULL", "~", NULL};
    static const char *const bools[] = {"true", "True", "TRUE", "false", "False", "FALSE", NULL};
    if (is_one_of(text, nulls)) {
        return YAML_NULL;
    }
    if (is_one_of(text, bools)) {
        return YAML_BOOL;
    }
    if (is_int(text)) {
        return YAML_INT;
    }
    return is_float(text) ? YAML_FLOAT : YAML_STRING;
}

static struct yaml_node *new_node(struct reader *in, enum yaml_kind kind)
{
    struct yaml_node *node = arena_alloc(in->arena, sizeof *node);
    if (node == NULL) {
        fail_here(in, "the document is too large");
        return NULL;
    }
    node->kind = kind;
    node->line = (unsigned)in->event.start_mark.line + 1;
    node->column = (unsigned)in->event.start_mark.column + 1;
    return node;
}

static bool copy_scalar(struct reader *in, struct str *text)
{
    const char *value = (const char *)in->event.data.scalar.value;
    size_t len = in->event.data.scalar.length;
    if (memchr(value, '\0', len) != NULL) {
        return fail_here(in, "text with a NUL byte cannot be used");
    }
    text->at = arena_copy(in->arena, value, len);
    text->len = len;
    return text->at != NULL || fail_here(in, "the document is too large");
}

static struct yaml_node *read_node(struct reader *in, unsigned depth);

static struct yaml_node *read_scalar(struct reader *in)
{
    if (in->event.data.scalar.anchor != NULL || in->event.data.scalar.tag != NULL) {
        fail_here(in, "anchors and tags are not supported: write the value out");
        return NULL;
    }
    struct yaml_node *node = new_node(in, YAML_SCALAR);
    if (node == NULL || !copy_scalar(in, &node->text)) {
        return NULL;
    }
    bool plain = in->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->type = plain ? resolve(node->text) : YAML_STRING;
    return node;
}

static struct yaml_node *read_list(struct reader *in, unsigned depth)
{
    struct yaml_node *list = new_node(in, YAML_LIST);
    if (list == NULL) {
        return NULL;
    }
    struct yaml_node **end = &list->first;
    for (;;) {
        if (!next_event(in)) {
            return NULL;
        }
        if (in->event.type == YAML_SEQUENCE_END_EVENT) {
            return list;
        }
        *end = read_node(in, depth + 1);
        if (*end == NULL) {
            return NULL;
        }
        end = &(*end)->next;
        list->count++;
    }
}

static bool read_key(struct reader *in, const struct yaml_node *map, struct str *key)
{
    if (in->event.type != YAML_SCALAR_EVENT) {
        return fail_here(in, "a key must be plain text");
    }
    if (!copy_scalar(in, key)) {
        return false;
    }
    /* Linear, so bounded: large maps have no place in files that people write. */
    if (map->count >= 4096) {
        return fail_here(in, "more than 4096 keys in one map");
    }
    for (const struct yaml_node *node = map->first; node != NULL; node = node->next) {
        if (str_equal(node->key, *key)) {
            return err_set_at(in->err, (unsigned)in->event.start_mark.line + 1,
                              (unsigned)in->event.start_mark.column + 1,
                              "key '%.*s' is already there, in line %u; keep one of them",
                              STR_FORMAT(*key), node->key_line);
        }
    }
    return true;
}

static struct yaml_node *read_map(struct reader *in, unsigned depth)
{
    struct yaml_node *map = new_node(in, YAML_MAP);
    if (map == NULL) {
        return NULL;
    }
    struct yaml_node **end = &map->first;
    for (;;) {
        struct str key;
        if (!next_event(in)) {
            return NULL;
        }
        if (in->event.type == YAML_MAPPING_END_EVENT) {
            return map;
        }
        if (!read_key(in, map, &key)) {
            return NULL;
        }
        unsigned line = (unsigned)in->event.start_mark.line + 1;
        unsigned column = (unsigned)in->event.start_mark.column + 1;
        if (!next_event(in)) {
            return NULL;
        }
        struct yaml_node *value = read_node(in, depth + 1);
        if (value == NULL) {
            return NULL;
        }
        value->key = key;
        value->key_line = line;
        value->key_column = column;
        *end = value;
        end = &value->next;
        map->count++;
    }
}

/* The recursion is bounded by DEEPEST. */
static struct yaml_node *read_node(struct reader *in,
                                   unsigned depth) /* NOLINT(misc-no-recursion) */
{
    if (depth > DEEPEST) {
        fail_here(in, "nested deeper than 64 levels");
        return NULL;
    }
    switch (in->event.type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(in);
    case YAML_SEQUENCE_START_EVENT:
        if (in->event.data.sequence_start.anchor != NULL ||
            in->event.data.sequence_start.tag != NULL) {
            break;
        }
        return read_list(in, depth);
    case YAML_MAPPING_START_EVENT:
        if (in->event.data.mapping_start.anchor != NULL ||
            in->event.data.mapping_start.tag != NULL) {
            break;
        }
        return read_map(in, depth);
    case YAML_ALIAS_EVENT:
        fail_here(in, "aliases (*name) are not supported: write the value out");
        return NULL;
    default:
        fail_here(in, "a value was expected here");
        return NULL;
    }
    fail_here(in, "anchors and tags are not supported: write the value out");
    return NULL;
}

static bool read_documents(struct reader *in, struct yaml_node **roots, size_t *count)
{
    for (;;) {
        if (!next_event(in)) {
            return false;
        }
        if (in->event.type == YAML_STREAM_END_EVENT) {
            return true;
        }
        if (in->event.type != YAML_DOCUMENT_START_EVENT) {
            continue;
        }
        if (*count == MAX_DOCUMENTS) {
            return fail_here(in, "more than 1024 documents in one file");
        }
        if (!next_event(in)) {
            return false;
        }
        roots[*count] = read_node(in, 0);
        if (roots[*count] == NULL) {
            return false;
        }
        (*count)++;
    }
}

bool yaml_parse(struct arena *arena, struct str text, struct yaml_node ***documents, size_t *count,
                struct err *err)
{
    struct reader in = {.arena = arena, .err = err};
    struct yaml_node *roots[MAX_DOCUMENTS];
    *count = 0;
    if (yaml_parser_initialize(&in.parser) == 0) {
        return err_set(err, "libyaml cannot start");
    }
    /* libyaml skips a byte order mark only where it guesses the encoding. */
    if (str_starts(text, STR("\xef\xbb\xbf"))) {
        text = str_part(text, 3, text.len);
    }
    yaml_parser_set_encoding(&in.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&in.parser, (const unsigned char *)(text.len > 0 ? text.at : ""),
                                 text.len);
    bool done = read_documents(&in, roots, count);
    if (done) {
        *documents = arena_array(arena, *count, sizeof **documents);
        if (*documents == NULL) {
            done = err_set(err, "the document is too large");
        } else {
            memcpy(*documents, roots, *count * sizeof **documents);
        }
    }
    if (in.has_event) {
        yaml_event_delete(&in.event);
    }
    yaml_parser_delete(&in.parser);
    return done;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
    if (map == NULL || map->kind != YAML_MAP) {
        return NULL;
    }
    const struct yaml_node *node = map->first;
    while (node != NULL && !str_is(node->key, key)) {
        node = node->next;
    }
    return node;
}

const char *yaml_describe(const struct yaml_node *node)
{
    switch (node->kind) {
    case YAML_LIST:
        return "a list";
    case YAML_MAP:
        return "a map";
    case YAML_SCALAR:
        break;
    }
    switch (node->type) {
    case YAML_STRING:
        return "text";
    case YAML_NULL:
        return "null";
    case YAML_BOOL:
        return "true or false";
    case YAML_INT:
        return "a whole number";
    case YAML_FLOAT:
        return "a number";
    }
    return "unknown";
}

static bool fail_type(const struct yaml_node *node, const char *right, struct err *err)
{
    return err_set_at(err, node->line, node->column, "'%.*s' must be %s, not %s",
                      STR_FORMAT(node->key), right, yaml_describe(node));
}

bool yaml_text(const struct yaml_node *node, struct str *text, struct err *err)
{
    if (node->kind != YAML_SCALAR || node->type == YAML_NULL) {
        return fail_type(node, "text", err);
    }
    *text = node->text;
    return true;
}

bool yaml_bool(const struct yaml_node *node, bool *value, struct err *err)
{
    if (node->kind != YAML_SCALAR || node->type != YAML_BOOL) {
        return fail_type(node, "true or false", err);
    }
    *value = node->text.at[0] == 't' || node->text.at[0] == 'T';
    return true;
}

bool yaml_int(const struct yaml_node *node, int64_t least, int64_t most, int64_t *value,
              struct err *err)
{
    if (node->kind != YAML_SCALAR || node->type != YAML_INT) {
        return fail_type(node, "a whole number", err);
    }
    bool octal = str_starts(node->text, STR("0o"));
    bool hex = str_starts(node->text, STR("0x"));
    errno = 0;
    long long number = strtoll(node->text.at + (octal ? 2 : 0), NULL, octal ? 8 : hex ? 16 : 10);
    if (errno != 0 || number < least || number > most) {
        return err_set_at(err, node->line, node->column,
                          "'%.*s' must be from %" PRId64 " to %" PRId64 ", not %.*s",
                          STR_FORMAT(node->key), least, most, STR_FORMAT(node->text));
    }
    *value = number;
    return true;
}

/* How unlike two names are: letters that differ where they stand, and the rest. */
static size_t distance(struct str a, struct str b)
{
    size_t front = 0, back = 0;
    while (front < a.len && front < b.len && a.at[front] == b.at[front]) {
        front++;
    }
    while (back < a.len - front && back < b.len - front &&
           a.at[a.len - 1 - back] == b.at[b.len - 1 - back]) {
        back++;
    }
    size_t longer = a.len > b.len ? a.len : b.len;
    return longer - front - back;
}

bool yaml_only(const struct yaml_node *map, const char *const *allowed, struct err *err)
{
    for (const struct yaml_node *node = map->first; node != NULL; node = node->next) {
        if (is_one_of(node->key, allowed)) {
            continue;
        }
        const char *nearest = allowed[0];
        for (const char *const *name = allowed; *name != NULL; name++) {
            if (distance(node->key, str_of(*name)) < distance(node->key, str_of(nearest))) {
                nearest = *name;
            }
        }
        return err_set_at(err, node->key_line, node->key_column,
                          "unknown key '%.*s'; did you mean '%s'?", STR_FORMAT(node->key), nearest);
    }
    return true;
}
