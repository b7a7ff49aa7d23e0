#include "feeds/source.h"

#include <stdlib.h>
#include <strings.h>

#include "feeds/connector/connector.h"
#include "feeds/single.h"
#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/base/yaml.h"

enum {
    MAX_FILE = 4 << 20,
    MAX_MEMORY = 64 << 20,
    MAX_SOURCES = 10000,
    MAX_ID = 64,
    MAX_URL = 8192
};

struct feeds_sources {
    struct arena *arena; /* holds all text */
    struct feeds_source *list;
    size_t count;
};

static const struct {
    const char *name;
    bool is_single_author;
} kinds[] = {
#define X(constant, name, single, read, token) [constant] = {name, single},
    FEEDS_KINDS(X)
#undef X
};

#define X(constant, name, single, read, token) ", " name
static const char kind_list[] = FEEDS_KINDS(X);
#undef X

const char *feeds_kind_name(enum feeds_kind kind)
{
    return kinds[kind].name;
}

bool feeds_kind_find(struct str name, enum feeds_kind *kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (str_is(name, kinds[i].name)) {
            *kind = (enum feeds_kind)i;
            return true;
        }
    }
    return false;
}

struct reader {
    struct feeds_sources *sources;
    const char *path;
    bool is_example; /* only files below the example's folder */
    struct err *err;
};

static bool fail_at(struct reader *in, const struct yaml_node *node, const char *message)
{
    return err_set_at(in->err, node->line, node->column, "%s", message);
}

/* Text of an optional key; empty if it is not there. */
static bool read_text(struct reader *in, const struct yaml_node *map, const char *key,
                      struct str *text)
{
    const struct yaml_node *node = yaml_get(map, key);
    if (node == NULL) {
        return true;
    }
    if (!yaml_text(node, text, in->err)) {
        return false;
    }
    if (text->len == 0 || memchr(text->at, '\n', text->len) != NULL) {
        return err_set_at(in->err, node->line, node->column, "'%s' must be one line of text", key);
    }
    return true;
}

static bool read_bool(struct reader *in, const struct yaml_node *map, const char *key, bool *value)
{
    const struct yaml_node *node = yaml_get(map, key);
    return node == NULL || yaml_bool(node, value, in->err);
}

static bool is_id(struct str id)
{
    for (size_t i = 0; i < id.len; i++) {
        char c = id.at[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                    (i > 0 && (c == '-' || c == '_' || c == '.'));
        if (!fits) {
            return false;
        }
    }
    return id.len > 0 && id.len <= MAX_ID;
}

static bool read_id(struct reader *in, const struct yaml_node *map, struct feeds_source *source)
{
    const struct yaml_node *node = yaml_get(map, "id");
    if (node == NULL) {
        return fail_at(in, map, "a source needs an 'id'");
    }
    if (!yaml_text(node, &source->id, in->err)) {
        return false;
    }
    if (!is_id(source->id)) {
        return fail_at(in, node,
                       "'id' must be at most 64 of a-z 0-9 . _ - and start with a letter or digit");
    }
    for (size_t i = 0; i < in->sources->count; i++) {
        if (str_equal(in->sources->list[i].id, source->id)) {
            return err_set_at(in->err, node->line, node->column,
                              "source '%.*s' is already there, in line %u", STR_FORMAT(source->id),
                              in->sources->list[i].line);
        }
    }
    return true;
}

static bool read_kind(struct reader *in, const struct yaml_node *map, struct feeds_source *source)
{
    const struct yaml_node *node = yaml_get(map, "kind");
    struct str text;
    if (node == NULL) {
        return err_set_at(in->err, map->line, map->column, "a source needs a 'kind', one of: %s",
                          kind_list + 2);
    }
    if (!yaml_text(node, &text, in->err)) {
        return false;
    }
    return feeds_kind_find(text, &source->kind) ||
           err_set_at(in->err, node->line, node->column,
                      "unknown kind '%.*s'; it must be one of: %s", STR_FORMAT(text),
                      kind_list + 2);
}

/* What stands between "://" and the path; empty if `url` is not http(s). */
static struct str authority(struct str url)
{
    size_t start = strncasecmp(url.at, "https://", 8) == 0  ? 8
                   : strncasecmp(url.at, "http://", 7) == 0 ? 7
                                                            : url.len;
    size_t end = start;
    while (end < url.len && strchr("/?#", url.at[end]) == NULL) {
        end++;
    }
    return str_part(url, start, end);
}

static bool check_url(struct reader *in, const struct yaml_node *node, struct str url)
{
    struct str host = authority(url);
    if (host.len == 0 || url.len > MAX_URL) {
        return fail_at(in, node, "'url' must be a whole http:// or https:// address");
    }
    if (memchr(host.at, '@', host.len) != NULL) {
        return fail_at(in, node, "'url' must hold no user name or password");
    }
    for (size_t i = 0; i < url.len; i++) {
        if ((unsigned char)url.at[i] <= ' ' || url.at[i] == 0x7F) {
            return fail_at(in, node, "'url' must hold no space");
        }
    }
    return true;
}

/* Whether a path leaves the folder it starts from. */
static bool leaves_folder(struct str path)
{
    if (path.at[0] == '/') {
        return true;
    }
    for (size_t at = 0; at < path.len;) {
        const char *slash = memchr(path.at + at, '/', path.len - at);
        size_t end = slash != NULL ? (size_t)(slash - path.at) : path.len;
        if (str_is(str_part(path, at, end), "..")) {
            return true;
        }
        at = end + 1;
    }
    return false;
}

/* A path from the file's own folder on. */
static bool place(struct reader *in, struct str *path)
{
    const char *slash = strrchr(in->path, '/');
    if (path->at[0] == '/' || slash == NULL) {
        return true;
    }
    struct buf whole = BUF_EMPTY;
    buf_put(&whole, in->path, (size_t)(slash - in->path) + 1);
    buf_put_str(&whole, *path);
    path->at = arena_copy(in->sources->arena, whole.bytes, whole.len);
    path->len = whole.len;
    buf_fini(&whole);
    return path->at != NULL || err_set(in->err, "is too large");
}

static bool read_place(struct reader *in, const struct yaml_node *map, struct feeds_source *source)
{
    const struct yaml_node *url = yaml_get(map, "url"), *path = yaml_get(map, "path");
    if (!read_text(in, map, "url", &source->url) || !read_text(in, map, "path", &source->path)) {
        return false;
    }
    if ((url == NULL) == (path == NULL)) {
        return fail_at(in, map, "a source needs either a 'url' or a 'path'");
    }
    if (path != NULL) {
        if (source->allow_private) {
            return fail_at(in, map, "'allow_private' belongs to a source with a 'url'");
        }
        if (in->is_example && leaves_folder(source->path)) {
            return fail_at(in, path, "the example reads only files in its own folder");
        }
        return place(in, &source->path);
    }
    if (in->is_example) {
        return fail_at(in, url, "the example reads only files: write 'path', not 'url'");
    }
    return check_url(in, url, source->url);
}

/* A token goes over TLS, to a service that takes one. */
static bool read_token(struct reader *in, const struct yaml_node *map, struct feeds_source *source)
{
    const struct yaml_node *node = yaml_get(map, "token_file");
    if (node == NULL || !read_text(in, map, "token_file", &source->token_file)) {
        return node == NULL;
    }
    if (feeds_connector_token_header(source->kind) == NULL) {
        return err_set_at(in->err, node->line, node->column, "kind '%s' takes no token",
                          kinds[source->kind].name);
    }
    if (!source->allow_private && strncasecmp(source->url.at, "https://", 8) != 0) {
        return fail_at(in, node, "a token is shown only to an https:// address");
    }
    return place(in, &source->token_file);
}

static bool check_organisation(struct reader *in, const struct yaml_node *map,
                               const struct feeds_source *source)
{
    bool is_single = kinds[source->kind].is_single_author ||
                     (source->url.len > 0 && feeds_single_author(source->url));
    if (is_single && source->organisation.len == 0) {
        return fail_at(in, map,
                       "a feed of a single author is read only if an organisation publishes it: "
                       "name it as 'organisation', or leave the source out (limit 5)");
    }
    return true;
}

static bool read_source(struct reader *in, const struct yaml_node *map)
{
    static const char *const keys[] = {
        "id",   "name",    "kind",          "url",        "path", "organisation",
        "lang", "enabled", "allow_private", "token_file", NULL};
    if (map->kind != YAML_MAP) {
        return err_set_at(in->err, map->line, map->column, "a source must be a map, not %s",
                          yaml_describe(map));
    }
    struct feeds_source *source = &in->sources->list[in->sources->count];
    *source = (struct feeds_source){.is_enabled = true, .line = map->line};
    if (!yaml_only(map, keys, in->err) || !read_id(in, map, source) ||
        !read_kind(in, map, source) || !read_text(in, map, "name", &source->name) ||
        !read_text(in, map, "organisation", &source->organisation) ||
        !read_text(in, map, "lang", &source->lang) ||
        !read_bool(in, map, "enabled", &source->is_enabled) ||
        !read_bool(in, map, "allow_private", &source->allow_private) ||
        !read_place(in, map, source) || !read_token(in, map, source) ||
        !check_organisation(in, map, source)) {
        return false;
    }
    if (source->name.len == 0) {
        source->name = source->id;
    }
    in->sources->count++;
    return true;
}

static bool read_root(struct reader *in, const struct yaml_node *root)
{
    static const char *const keys[] = {"sources", NULL};
    if (root->kind != YAML_MAP) {
        return err_set_at(in->err, root->line, root->column, "must be a map with 'sources', not %s",
                          yaml_describe(root));
    }
    if (!yaml_only(root, keys, in->err)) {
        return false;
    }
    const struct yaml_node *list = yaml_get(root, "sources");
    if (list == NULL || (list->kind == YAML_SCALAR && list->type == YAML_NULL)) {
        return true;
    }
    if (list->kind != YAML_LIST) {
        return err_set_at(in->err, list->line, list->column, "'sources' must be a list, not %s",
                          yaml_describe(list));
    }
    if (list->count > MAX_SOURCES) {
        return err_set_at(in->err, list->line, list->column, "more than %d sources", MAX_SOURCES);
    }
    in->sources->list = mem_zero(list->count, sizeof *in->sources->list);
    for (const struct yaml_node *item = list->first; item != NULL; item = item->next) {
        if (!read_source(in, item)) {
            return false;
        }
    }
    return true;
}

static struct feeds_sources *parse(struct str text, const char *path, bool is_example,
                                   struct err *err)
{
    struct feeds_sources *sources = mem_zero(1, sizeof *sources);
    struct reader in = {.sources = sources, .path = path, .is_example = is_example, .err = err};
    struct yaml_node **documents = NULL;
    size_t count = 0;
    sources->arena = arena_new(MAX_MEMORY);
    bool done = yaml_parse(sources->arena, text, &documents, &count, err);
    if (done && count > 1) {
        done = err_set(err, "holds %zu documents; sources are one", count);
    }
    done = done && (count == 0 || read_root(&in, documents[0]));
    if (!done) {
        err_in_file(err, path);
        feeds_sources_free(sources);
        return NULL;
    }
    return sources;
}

static struct feeds_sources *load(const char *path, bool is_example, struct err *err)
{
    struct buf text = BUF_EMPTY;
    struct feeds_sources *sources = NULL;
    if (file_read(path, MAX_FILE, &text, err)) {
        sources = parse(buf_str(&text), path, is_example, err);
    } else {
        err_in_file(err, path);
    }
    buf_fini(&text);
    return sources;
}

struct feeds_sources *feeds_sources_parse(struct str text, const char *path, struct err *err)
{
    return parse(text, path, false, err);
}

struct feeds_sources *feeds_sources_load(const char *path, struct err *err)
{
    return load(path, false, err);
}

struct feeds_sources *feeds_sources_example(const char *folder, struct err *err)
{
    struct buf path = BUF_EMPTY;
    buf_printf(&path, "%s/sources.yml", folder);
    struct feeds_sources *sources = load(path.bytes, true, err);
    buf_fini(&path);
    return sources;
}

void feeds_sources_free(struct feeds_sources *sources)
{
    if (sources == NULL) {
        return;
    }
    arena_free(sources->arena);
    free(sources->list);
    free(sources);
}

bool feeds_sources_is_organisation(const struct feeds_sources *sources, struct str id)
{
    for (size_t i = 0; i < sources->count; i++) {
        if (str_equal(sources->list[i].id, id)) {
            return sources->list[i].organisation.len > 0;
        }
    }
    return false;
}

const struct feeds_source *feeds_sources_all(const struct feeds_sources *sources, size_t *count)
{
    *count = sources->count;
    return sources->list;
}
