#include "filter/pipeline/config.h"

#include <stdio.h>
#include <string.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/yaml.h"
#include "filter/pipeline/config_pairs.h"

enum { MAX_FILE = 1 << 20, MAX_WORKERS = 256, MAX_FOLDERS = 32 };

static const char *const default_rules[] = {"rules", NULL};

static const struct config defaults = {
    .user = "nobody",
    .rules = default_rules,
    .example = "feeds/example",
    .sources = "feeds/sources.yml",
    .shorteners = "feeds/shorteners.txt",
    .console_address = "127.0.0.1",
    .console_port = 8420,
    .public_address = "127.0.0.1",
};

struct reader {
    struct arena *arena;
    const char *path;
    struct err *err;
};

static bool too_large(struct reader *in)
{
    return err_set(in->err, "the configuration is too large");
}

static bool read_text(struct reader *in, const struct yaml_node *map, const char *key,
                      const char **value)
{
    const struct yaml_node *node = yaml_get(map, key);
    struct str text;
    if (node == NULL) {
        return true;
    }
    if (!yaml_text(node, &text, in->err)) {
        return false;
    }
    if (text.len == 0) {
        return err_set_at(in->err, node->line, node->column, "'%s' must not be empty", key);
    }
    *value = text.at; /* yaml puts a NUL behind it */
    return true;
}

/* A path, taken from the configuration file's own folder on. */
static bool place(struct reader *in, const char *path, const char **value)
{
    const char *slash = strrchr(in->path, '/');
    if (path[0] == '/' || slash == NULL) {
        *value = path;
        return true;
    }
    struct buf whole = BUF_EMPTY;
    buf_put(&whole, in->path, (size_t)(slash - in->path) + 1);
    buf_put_string(&whole, path);
    *value = arena_copy(in->arena, whole.bytes, whole.len);
    buf_fini(&whole);
    return *value != NULL || too_large(in);
}

static bool read_path(struct reader *in, const struct yaml_node *map, const char *key,
                      const char **value)
{
    const char *path = NULL;
    return read_text(in, map, key, &path) && (path == NULL || place(in, path, value));
}

static bool read_rules(struct reader *in, const struct yaml_node *map, struct config *config)
{
    const struct yaml_node *list = yaml_get(map, "rules");
    if (list == NULL) {
        return true;
    }
    if (list->kind != YAML_LIST || list->count == 0) {
        return err_set_at(in->err, list->line, list->column,
                          "'rules' must be a list of folders, as [rules], not %s",
                          yaml_describe(list));
    }
    if (list->count > MAX_FOLDERS) {
        return err_set_at(in->err, list->line, list->column,
                          "'rules' names %zu folders; the most "
                          "is %d",
                          list->count, MAX_FOLDERS);
    }
    const char **folders = arena_array(in->arena, list->count + 1, sizeof *folders);
    if (folders == NULL) {
        return too_large(in);
    }
    size_t count = 0;
    for (const struct yaml_node *item = list->first; item != NULL; item = item->next) {
        struct str path;
        if (!yaml_text(item, &path, in->err) || !place(in, path.at, &folders[count++])) {
            return false;
        }
    }
    config->rules = folders;
    return true;
}

static bool read_number(struct reader *in, const struct yaml_node *map, const char *key,
                        unsigned most, unsigned *value)
{
    const struct yaml_node *node = yaml_get(map, key);
    int64_t number = 0;
    if (node == NULL) {
        return true;
    }
    if (!yaml_int(node, 0, most, &number, in->err)) {
        return false;
    }
    *value = (unsigned)number;
    return true;
}

/* A map under `key`, with only these keys; *part is NULL if it is not there. */
static bool read_part(struct reader *in, const struct yaml_node *map, const char *key,
                      const char *const *allowed, const struct yaml_node **part)
{
    *part = yaml_get(map, key);
    if (*part == NULL) {
        return true;
    }
    if ((*part)->kind != YAML_MAP) {
        return err_set_at(in->err, (*part)->line, (*part)->column, "'%s' must be a map, not %s",
                          key, yaml_describe(*part));
    }
    return yaml_only(*part, allowed, in->err);
}

static bool read_tls(struct reader *in, const struct yaml_node *console, struct config *config)
{
    if (!read_path(in, console, "certificate", &config->console_certificate) ||
        !read_path(in, console, "key", &config->console_key) ||
        !read_text(in, console, "origin", &config->console_origin) ||
        !read_text(in, console, "proxy", &config->console_proxy)) {
        return false;
    }
    const char *origin = config->console_origin;
    if ((config->console_certificate == NULL) != (config->console_key == NULL)) {
        return err_set_at(in->err, console->line, console->column,
                          "'console' must have both 'certificate' and 'key', or neither");
    }
    if (origin != NULL && (strncmp(origin, "https://", 8) != 0 || origin[8] == '\0' ||
                           strpbrk(origin + 8, "/?#@ ") != NULL)) {
        return err_set_at(in->err, console->line, console->column,
                          "'origin' must be as https://saring.example.id, without a path, not "
                          "'%.80s'",
                          origin);
    }
    return true;
}

/* The address goes into a message's head: nothing that could end a line of it. */
static bool is_address(const char *text)
{
    const char *at = strchr(text, '@');
    return at != NULL && at != text && at[1] != '\0' && strpbrk(text, " <>,;:\"\\\r\n\t") == NULL &&
           strchr(at + 1, '@') == NULL;
}

static bool read_notify(struct reader *in, const struct yaml_node *root, struct config *config)
{
    static const char *const notify_keys[] = {
        "smtp", "from", "user", "password_file", "webhook", "webhook_secret_file", "ca", NULL};
    const struct yaml_node *notify;
    if (!read_part(in, root, "notify", notify_keys, &notify)) {
        return false;
    }
    if (notify == NULL) {
        return true;
    }
    if (!read_text(in, notify, "smtp", &config->notify_smtp) ||
        !read_text(in, notify, "from", &config->notify_from) ||
        !read_text(in, notify, "user", &config->notify_user) ||
        !read_path(in, notify, "password_file", &config->notify_password_file) ||
        !read_text(in, notify, "webhook", &config->notify_webhook) ||
        !read_path(in, notify, "webhook_secret_file", &config->notify_webhook_secret) ||
        !read_path(in, notify, "ca", &config->notify_ca)) {
        return false;
    }
    const char *smtp = config->notify_smtp, *webhook = config->notify_webhook;
    if (smtp != NULL && strncmp(smtp, "smtp://", 7) != 0 && strncmp(smtp, "smtps://", 8) != 0) {
        return err_set_at(in->err, notify->line, notify->column,
                          "'smtp' must be smtp://HOST:PORT or smtps://HOST:PORT, not '%.80s'",
                          smtp);
    }
    if (smtp != NULL && strchr(smtp, '@') != NULL) {
        return err_set_at(in->err, notify->line, notify->column,
                          "'smtp' holds no name or password: 'user' and 'password_file' do");
    }
    if (smtp != NULL && (config->notify_from == NULL || !is_address(config->notify_from))) {
        return err_set_at(in->err, notify->line, notify->column,
                          "'notify' must have 'from', as saring@tim.example.id, with 'smtp'");
    }
    if (webhook != NULL && strncmp(webhook, "https://", 8) != 0 &&
        strncmp(webhook, "http://", 7) != 0) {
        return err_set_at(in->err, notify->line, notify->column,
                          "'webhook' must be https://… or http://…, not '%.80s'", webhook);
    }
    if ((config->notify_user == NULL) != (config->notify_password_file == NULL)) {
        return err_set_at(in->err, notify->line, notify->column,
                          "'user' and 'password_file' belong together");
    }
    return true;
}

static bool read_config(struct reader *in, const struct yaml_node *root, struct config *config)
{
    static const char *const keys[] = {
        "state", "user",    "rules",  "example", "sources", "shorteners", "contact", "proxy",
        "redis", "console", "public", "notify",  "workers", "pairs",      "lists",   NULL};
    static const char *const redis_keys[] = {"url", NULL};
    static const char *const console_keys[] = {"address", "port",  "certificate", "key",
                                               "origin",  "proxy", NULL};
    static const char *const public_keys[] = {"folder", "lists", "origin", "address", "port", NULL};
    static const char *const lists_keys[] = {"resolver", NULL};
    const struct yaml_node *redis, *console, *public_part, *lists;
    if (root->kind != YAML_MAP) {
        return err_set_at(in->err, root->line, root->column,
                          "the configuration must be a map of settings, not %s",
                          yaml_describe(root));
    }
    return yaml_only(root, keys, in->err) && read_path(in, root, "state", &config->state) &&
           read_text(in, root, "user", &config->user) && read_rules(in, root, config) &&
           read_path(in, root, "example", &config->example) &&
           read_path(in, root, "sources", &config->sources) &&
           read_path(in, root, "shorteners", &config->shorteners) &&
           read_text(in, root, "contact", &config->contact) &&
           read_text(in, root, "proxy", &config->proxy) &&
           read_part(in, root, "redis", redis_keys, &redis) &&
           read_text(in, redis, "url", &config->redis) &&
           read_part(in, root, "console", console_keys, &console) &&
           read_text(in, console, "address", &config->console_address) &&
           read_number(in, console, "port", 65535, &config->console_port) &&
           read_tls(in, console, config) && read_notify(in, root, config) &&
           read_part(in, root, "lists", lists_keys, &lists) &&
           read_text(in, lists, "resolver", &config->lists_resolver) &&
           read_part(in, root, "public", public_keys, &public_part) &&
           read_path(in, public_part, "folder", &config->public_folder) &&
           read_path(in, public_part, "lists", &config->public_lists) &&
           read_text(in, public_part, "origin", &config->public_origin) &&
           read_text(in, public_part, "address", &config->public_address) &&
           read_number(in, public_part, "port", 65535, &config->public_port) &&
           read_number(in, root, "workers", MAX_WORKERS, &config->workers) &&
           config_pairs(yaml_get(root, "pairs"), in->arena, &config->pairs, &config->pair_count,
                        in->err);
}

bool config_load(const char *path, struct arena *arena, struct config *config, struct err *err)
{
    *config = defaults;
    if (path == NULL) {
        return true;
    }
    struct reader in = {.arena = arena, .path = path, .err = err};
    struct buf text = BUF_EMPTY;
    struct yaml_node **documents = NULL;
    size_t count = 0;
    bool done = file_read(path, MAX_FILE, &text, err) &&
                yaml_parse(arena, buf_str(&text), &documents, &count, err);
    if (done && count > 1) {
        done = err_set(err, "holds %zu documents; a configuration is one", count);
    }
    done = done && (count == 0 || read_config(&in, documents[0], config));
    buf_fini(&text);
    return done || err_in_file(err, path);
}
