#include "feeds/edit.h"

#include <string.h>

#include "filter/base/err.h"

enum { MAX_ID = 48 };

const struct feeds_source *feeds_edit_find(const struct feeds_sources *sources,
                                           struct str id_or_url)
{
    size_t count;
    const struct feeds_source *list = feeds_sources_all(sources, &count);
    for (size_t i = 0; i < count; i++) {
        bool is_url = list[i].url.len > 0 && str_equal(list[i].url, id_or_url);
        if (is_url || str_equal(list[i].id, id_or_url)) {
            return &list[i];
        }
    }
    return NULL;
}

bool feeds_edit_is_among(const struct feeds_new_source *made, size_t count, struct str id_or_url)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(made[i].url, id_or_url) || str_equal(made[i].id, id_or_url)) {
            return true;
        }
    }
    return false;
}

/* Appends letters and digits in lower case, one '-' for all between. */
static void put_slug(struct str text, struct buf *id)
{
    for (size_t i = 0; i < text.len && id->len < MAX_ID; i++) {
        char c = text.at[i];
        c = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            buf_put_char(id, c);
        } else if (id->len > 0 && id->bytes[id->len - 1] != '-') {
            buf_put_char(id, '-');
        }
    }
    while (id->len > 0 && id->bytes[id->len - 1] == '-') {
        id->len--;
    }
}

static struct str host_of(struct str url)
{
    const char *mark = url.len > 0 ? memmem(url.at, url.len, "://", 3) : NULL;
    size_t start = mark != NULL ? (size_t)(mark - url.at) + 3 : 0, end = start;
    while (end < url.len && strchr("/?#:", url.at[end]) == NULL) {
        end++;
    }
    struct str host = str_part(url, start, end);
    return str_starts(host, STR("www.")) ? str_part(host, 4, host.len) : host;
}

struct naming {
    const struct feeds_sources *sources;
    const struct feeds_new_source *made;
    size_t count, slug_len;
    struct buf *id;
};

/* Makes it the id of this number, 1 the bare slug, and says whether that is taken. */
static bool is_taken(const struct naming *in, unsigned number)
{
    in->id->len = in->slug_len;
    if (number > 1) {
        buf_printf(in->id, "-%u", number);
    }
    return feeds_edit_find(in->sources, buf_str(in->id)) != NULL ||
           feeds_edit_is_among(in->made, in->count, buf_str(in->id));
}

void feeds_edit_make_id(const struct feeds_sources *sources, const struct feeds_new_source *made,
                        size_t count, struct str url, struct str title, struct buf *id)
{
    put_slug(title.len > 0 ? title : host_of(url), id);
    if (id->len == 0) {
        put_slug(host_of(url), id);
    }
    if (id->len == 0) {
        buf_put_string(id, "sumber");
    }
    /* A thousand feeds may have one title: numbers were given in turn, so halving finds the next.
     */
    const struct naming in = {sources, made, count, id->len, id};
    unsigned taken = 0, number = 1;
    while (is_taken(&in, number)) {
        taken = number;
        number *= 2;
    }
    while (number - taken > 1) {
        unsigned middle = taken + (number - taken) / 2;
        *(is_taken(&in, middle) ? &taken : &number) = middle;
    }
    (void)is_taken(&in, number);
}

/* Gives the new text out if it loads and has `count` sources. */
static bool accept(const struct buf *text, const char *path, size_t count, struct buf *out,
                   struct err *err)
{
    size_t found = 0;
    struct feeds_sources *sources = feeds_sources_parse(buf_str(text), path, err);
    if (sources == NULL) {
        return false;
    }
    feeds_sources_all(sources, &found);
    feeds_sources_free(sources);
    if (found != count) {
        return err_set(err, "is laid out in a way that only people can change; edit it by hand");
    }
    buf_put_str(out, buf_str(text));
    return true;
}

/*
 * Bytes of the line break at `at`, as libyaml counts them for a source's line: Unicode's as well,
 * which a feed's title may hold. 0 if none is there.
 */
static size_t break_length(struct str text, size_t at)
{
    static const struct str breaks[] = {STR("\r\n"),     STR("\n"),           STR("\r"),
                                        STR("\xC2\x85"), STR("\xE2\x80\xA8"), STR("\xE2\x80\xA9")};
    struct str rest = str_part(text, at, text.len);
    for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
        if (str_starts(rest, breaks[i])) {
            return breaks[i].len;
        }
    }
    return 0;
}

static size_t line_start(struct str text, unsigned line)
{
    size_t at = 0;
    while (line > 1 && at < text.len) {
        size_t len = break_length(text, at);
        line -= len > 0;
        at += len > 0 ? len : 1;
    }
    return at;
}

static size_t line_end(struct str text, size_t at)
{
    const char *end = at < text.len ? memchr(text.at + at, '\n', text.len - at) : NULL;
    return end != NULL ? (size_t)(end - text.at) + 1 : text.len;
}

/* A line of nothing but white space, or of a comment. */
static bool is_comment(struct str text, size_t at)
{
    struct str line = str_trim(str_part(text, at, line_end(text, at)));
    return line.len == 0 || line.at[0] == '#';
}

/* Where the source's lines are: from its "- " to the next source's, comments above that left out.
 */
struct place {
    size_t start, end, count; /* count: sources in the file */
    bool is_enabled;
};

static bool find_place(struct str text, const char *path, struct str id, struct place *place,
                       struct err *err)
{
    struct feeds_sources *sources = feeds_sources_parse(text, path, err);
    if (sources == NULL) {
        return false;
    }
    const struct feeds_source *list = feeds_sources_all(sources, &place->count);
    const struct feeds_source *source = feeds_edit_find(sources, id);
    bool done = false;
    if (source == NULL) {
        err_set(err, "has no source '%.*s'", STR_FORMAT(id));
    } else {
        place->is_enabled = source->is_enabled;
        place->start = line_start(text, source->line);
        bool is_last = source == &list[place->count - 1];
        place->end = is_last ? text.len : line_start(text, source[1].line);
        for (size_t at = place->start, end = at; at < place->end; at = line_end(text, at)) {
            end = is_comment(text, at) ? end : line_end(text, at);
            if (line_end(text, at) >= place->end) {
                place->end = end;
                break;
            }
        }
        struct str first = str_trim(str_part(text, place->start, line_end(text, place->start)));
        /* "- { id: … }", or several sources in a line, are for people to change. */
        done = str_starts(first, STR("- ")) && memchr(first.at, '{', first.len) == NULL &&
               place->end > place->start;
        if (!done) {
            err_set_at(err, source->line, 0,
                       "is laid out in a way that only people can change; edit it by hand");
            err_in_file(err, path);
        }
    }
    feeds_sources_free(sources);
    return done;
}

bool feeds_edit_remove(struct str text, const char *path, struct str id, struct buf *out,
                       struct err *err)
{
    struct place place;
    struct buf next = BUF_EMPTY;
    if (!find_place(text, path, id, &place, err)) {
        return false;
    }
    buf_put_str(&next, str_part(text, 0, place.start));
    buf_put_str(&next, str_part(text, place.end, text.len));
    bool done = accept(&next, path, place.count - 1, out, err);
    buf_fini(&next);
    return done;
}

bool feeds_edit_enable(struct str text, const char *path, struct str id, bool is_enabled,
                       struct buf *out, struct err *err)
{
    struct place place;
    struct buf next = BUF_EMPTY;
    const char *word = is_enabled ? "true" : "false";
    if (!find_place(text, path, id, &place, err)) {
        return false;
    }
    size_t at = place.start, first = line_end(text, at), indent = 0;
    while (text.at[at + indent] == ' ') {
        indent++;
    }
    bool is_written = false;
    buf_put_str(&next, str_part(text, 0, place.start));
    for (; at < place.end; at = line_end(text, at)) {
        struct str line = str_part(text, at, line_end(text, at)), bare = str_trim(line);
        if (str_starts(bare, STR("- "))) {
            bare = str_trim(str_part(bare, 2, bare.len));
        }
        if (str_starts(bare, STR("enabled:"))) {
            buf_put(&next, line.at, (size_t)(bare.at - line.at));
            buf_printf(&next, "enabled: %s\n", word);
            is_written = true;
        } else {
            buf_put_str(&next, line);
        }
    }
    if (!is_written) {
        /* Behind its first line, which has a line end then. */
        next.len = next.len - (place.end - first);
        if (next.bytes[next.len - 1] != '\n') {
            buf_put_char(&next, '\n');
        }
        buf_printf(&next, "%*senabled: %s\n", (int)indent + 2, "", word);
        buf_put_str(&next, str_part(text, first, place.end));
    }
    buf_put_str(&next, str_part(text, place.end, text.len));
    bool done = accept(&next, path, place.count, out, err);
    buf_fini(&next);
    return done;
}

static void put_field(struct buf *out, size_t indent, const char *name, struct str value)
{
    if (value.len > 0) {
        buf_printf(out, "%*s%s: ", (int)indent, "", name);
        buf_put_json(out, value); /* a JSON string is a YAML one */
        buf_put_char(out, '\n');
    }
}

static void put_source(struct buf *out, size_t indent, const struct feeds_new_source *made)
{
    buf_printf(out, "%*s- id: %.*s\n", (int)indent, "", STR_FORMAT(made->id));
    put_field(out, indent + 2, "name", made->name);
    buf_printf(out, "%*skind: %s\n", (int)indent + 2, "", feeds_kind_name(made->kind));
    put_field(out, indent + 2, "url", made->url);
    put_field(out, indent + 2, "organisation", made->organisation);
    put_field(out, indent + 2, "lang", made->lang);
    buf_printf(out, "%*senabled: %s\n", (int)indent + 2, "", made->is_enabled ? "true" : "false");
}

bool feeds_edit_add(struct str text, const char *path, const struct feeds_new_source *made,
                    size_t made_count, struct buf *out, struct err *err)
{
    struct feeds_sources *sources = feeds_sources_parse(text, path, err);
    struct buf next = BUF_EMPTY;
    size_t count = 0, indent = 2;
    if (sources == NULL) {
        return false;
    }
    const struct feeds_source *list = feeds_sources_all(sources, &count);
    if (count > 0) {
        size_t at = line_start(text, list[count - 1].line);
        for (indent = 0; at + indent < text.len && text.at[at + indent] == ' ';) {
            indent++;
        }
    }
    feeds_sources_free(sources);
    static const struct str none[] = {STR("sources: []"), STR("sources: null"), STR("sources:")};
    buf_put_str(&next, text);
    for (size_t at = 0; count == 0 && at < text.len; at = line_end(text, at)) {
        struct str line = str_trim(str_part(text, at, line_end(text, at)));
        if (str_equal(line, none[0]) || str_equal(line, none[1]) || str_equal(line, none[2])) {
            next.len = at;
            buf_put_str(&next, str_part(text, line_end(text, at), text.len));
        }
    }
    if (next.len > 0 && next.bytes[next.len - 1] != '\n') {
        buf_put_char(&next, '\n');
    }
    buf_put_string(&next, count == 0 ? "sources:\n" : "");
    for (size_t i = 0; i < made_count; i++) {
        put_source(&next, indent, &made[i]);
    }
    bool done = accept(&next, path, count + made_count, out, err);
    buf_fini(&next);
    return done;
}
