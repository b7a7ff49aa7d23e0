#include "feeds/connector/tree.h"

#include "filter/base/err.h"

json_t *feeds_tree_read(struct str text, struct err *err)
{
    json_error_t why;
    json_t *root = json_loadb(text.at, text.len, 0, &why);
    if (root == NULL) {
        err_set_at(err, (unsigned)why.line, (unsigned)why.column, "is not JSON");
    }
    return root;
}

const json_t *feeds_tree_at(const json_t *at, const char *path)
{
    while (at != NULL && *path != '\0') {
        size_t len = strcspn(path, ".");
        at = json_object_getn(at, path, len);
        path += len + (path[len] == '.');
    }
    return at;
}

struct str feeds_tree_text(const json_t *at, const char *path)
{
    const json_t *value = feeds_tree_at(at, path);
    if (!json_is_string(value)) {
        return STR("");
    }
    return (struct str){.at = json_string_value(value), .len = json_string_length(value)};
}

void feeds_tree_copy(struct feeds_build *build, enum feeds_slot slot, const json_t *at,
                     const char *path)
{
    feeds_build_copy(build, slot, 1, feeds_tree_text(at, path));
}

void feeds_tree_html(struct feeds_build *build, enum feeds_slot slot, const json_t *at,
                     const char *path)
{
    feeds_build_html(build, slot, 1, feeds_tree_text(at, path));
}

void feeds_tree_moment(struct feeds_build *build, enum feeds_moment moment, const json_t *at,
                       const char *path)
{
    struct str text = feeds_tree_text(at, path);
    if (text.len > 0) {
        feeds_build_moment(build, moment, 1, text);
    }
}

void feeds_tree_link(struct feeds_build *build, const json_t *at, const char *path)
{
    feeds_build_link(build, feeds_tree_text(at, path));
}
