#include "feeds/resolve.h"

#include <assert.h>
#include <stdbool.h>

size_t feeds_resolve_scheme(struct str url)
{
    for (size_t i = 0; i < url.len; i++) {
        char c = url.at[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (c == ':') {
            return i > 0 ? i + 1 : 0;
        }
        if (!is_letter &&
            (i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'))) {
            return 0;
        }
    }
    return 0;
}

/* Where any of `any` first stands from `at` on; the end if nowhere. */
static size_t find_any(struct str text, size_t at, const char *any)
{
    while (at < text.len && (text.at[at] == '\0' || strchr(any, text.at[at]) == NULL)) {
        at++;
    }
    return at;
}

/* Drops the last segment, from its '/' on, of the path that `out` holds from `start` on. */
static void drop_segment(struct buf *out, size_t start)
{
    while (out->len > start && out->bytes[out->len - 1] != '/') {
        out->len--;
    }
    if (out->len > start) {
        out->len--;
    }
}

/* Appends a path without its "." and ".." segments (section 5.2.4); it starts with '/'. */
static void put_path(struct str path, struct buf *out, size_t start)
{
    assert(path.at != NULL);
    for (size_t at = 0; at < path.len;) {
        size_t end = find_any(path, at + 1, "/");
        struct str segment = str_part(path, at, end); /* with its '/' in front */
        bool is_last = end == path.len;
        if (str_is(segment, "/..") || str_is(segment, "/.")) {
            if (segment.len == 3) {
                drop_segment(out, start);
            }
            if (is_last) {
                buf_put_char(out, '/');
            }
        } else {
            buf_put_str(out, segment);
        }
        at = end;
    }
}

void feeds_resolve(struct str base, struct str reference, struct buf *out)
{
    reference = str_trim(reference);
    size_t scheme = feeds_resolve_scheme(base);
    if (feeds_resolve_scheme(reference) > 0 || scheme == 0 || base.len < scheme + 2 ||
        base.at[scheme] != '/' || base.at[scheme + 1] != '/') {
        buf_put_str(out, reference);
        return;
    }
    size_t path = find_any(base, scheme + 2, "/?#");
    size_t query = find_any(base, path, "?#"), fragment = find_any(base, path, "#");
    if (str_starts(reference, STR("//"))) {
        buf_put_str(out, str_part(base, 0, scheme));
        buf_put_str(out, reference);
        return;
    }
    buf_put_str(out, str_part(base, 0, path));
    size_t start = out->len, own = find_any(reference, 0, "?#");
    if (reference.len == 0 || reference.at[0] == '#') {
        buf_put_str(out, str_part(base, path, fragment));
    } else if (own == 0) {
        buf_put_str(out, str_part(base, path, query));
    } else if (reference.at[0] == '/') {
        put_path(str_part(reference, 0, own), out, start);
    } else {
        put_path(str_part(base, path, query), out, start);
        while (out->len > start && out->bytes[out->len - 1] != '/') {
            out->len--;
        }
        /* Merged (section 5.2.3): the base's folder, then the reference below it. */
        struct buf merged = BUF_EMPTY;
        buf_put_str(&merged, (struct str){.at = out->bytes + start, .len = out->len - start});
        if (merged.len == 0) {
            buf_put_char(&merged, '/');
        }
        buf_put_str(&merged, str_part(reference, 0, own));
        out->len = start;
        put_path(buf_str(&merged), out, start);
        buf_fini(&merged);
    }
    buf_put_str(out, str_part(reference, own, reference.len));
}
