/* Hashes of rule documents: of what they say, and with the lists that they name. */
#include <string.h>

#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/base/yaml.h"
#include "filter/rule/compiler.h"
#include "filter/rule/lists.h"
#include "filter/rule/loader.h"

/* The tree in one unambiguous form, so that layout and comments do not change the hash. */
static void put_tree(const struct yaml_node *node, struct buf *out) /* NOLINT(misc-no-recursion) */
{
    buf_printf(out, "%d:%d:%zu:", (int)node->kind, (int)node->type,
               node->kind == YAML_SCALAR ? node->text.len : node->count);
    if (node->kind == YAML_SCALAR) {
        buf_put_str(out, node->text);
        return;
    }
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        buf_printf(out, "%zu:", item->key.len);
        buf_put_str(out, item->key);
        put_tree(item, out);
    }
}

struct hash rule_hash_tree(const struct yaml_node *root)
{
    struct buf form = BUF_EMPTY;
    put_tree(root, &form);
    struct hash hash = hash_sha256(buf_str(&form));
    buf_fini(&form);
    return hash;
}

/* The hash of each list that the text names: %NAME%. */
static void put_named(const struct rule_lists *lists, struct str text, struct buf *out)
{
    const char *from = text.len > 0 ? memchr(text.at, '%', text.len) : NULL;
    while (from != NULL) {
        size_t start = (size_t)(from - text.at) + 1;
        const char *to = memchr(from + 1, '%', text.len - start);
        const struct rule_list *list =
            to != NULL ? rule_lists_get(lists, str_part(text, start, (size_t)(to - text.at)))
                       : NULL;
        if (list != NULL) {
            buf_put(out, list->hash.bytes, HASH_BYTES);
        }
        from = to;
    }
}

/* As deep as YAML nests. */
static void put_lists(const struct rule_lists *lists, const struct yaml_node *node,
                      struct buf *out) /* NOLINT(misc-no-recursion) */
{
    if (node->kind == YAML_SCALAR) {
        put_named(lists, node->text, out);
    }
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        put_lists(lists, item, out);
    }
}

struct hash rule_hash_document(const struct rule_compiler *compiler, const struct yaml_node *root,
                               const struct hash *content)
{
    struct buf form = BUF_EMPTY;
    buf_put(&form, content->bytes, HASH_BYTES);
    put_lists(compiler->lists, root, &form);
    struct hash hash = hash_sha256(buf_str(&form));
    buf_fini(&form);
    return hash;
}
