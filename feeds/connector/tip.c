#include "feeds/connector/connector.h"
#include "feeds/connector/tree.h"
#include "filter/base/err.h"

/*
 * Text and link, and nothing else: whatever a form sends along (a name, a number, an address, a
 * time) is not looked at. The id is made of what the tip says, so that a tip sent twice is one.
 */
static bool add_tip(struct feeds_build *build, const json_t *tip)
{
    struct str text = feeds_tree_text(tip, "text"), link = feeds_tree_text(tip, "link");
    if (str_trim(text).len == 0 && str_trim(link).len == 0) {
        return false;
    }
    feeds_build_open(build);
    feeds_build_copy(build, FEEDS_SLOT_CONTENT, 1, text);
    feeds_build_link(build, str_trim(link));
    feeds_build_copy(build, FEEDS_SLOT_ID, 1, str_trim(text).len == 0 ? link : STR(""));
    feeds_build_close(build);
    return true;
}

static bool read_line(struct feeds_build *build, struct str line, struct err *err)
{
    json_t *root = feeds_tree_read(line, err);
    bool done =
        root != NULL && (add_tip(build, root) ||
                         err_set(err, "a tip is an object with a \"text\", a \"link\" or both"));
    json_decref(root);
    return done;
}

/* One object a line; a line that is none is counted, as in NDJSON. */
bool feeds_connector_tip(struct str text, struct feeds_build *build, struct err *err)
{
    struct err first = ERR_NONE;
    unsigned number = 1;
    for (; text.len > 0 && !build->is_stopped; number++) {
        const char *end = memchr(text.at, '\n', text.len);
        size_t len = end != NULL ? (size_t)(end - text.at) : text.len;
        struct str line = str_trim(str_part(text, 0, len));
        struct err why = ERR_NONE;
        text = str_part(text, len + (end != NULL), text.len);
        if (line.len > 0 && !read_line(build, line, &why)) {
            build->head->bad++;
            build->is_stopped = build->head->bad >= FEEDS_MAX_ENTRIES;
            if (!err_is_set(&first)) {
                first = why;
                first.line = number;
            }
        }
    }
    build->in_entry = false;
    build->head->is_broken |= build->head->bad > 0;
    if (build->head->entries == 0 && err_is_set(&first)) {
        *err = first;
        return false;
    }
    return true;
}
