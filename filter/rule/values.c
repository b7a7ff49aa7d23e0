#include "filter/rule/values.h"

#include <assert.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"

enum {
    MAX_SMALL = 64 << 10, /* bytes of a language, a source or a part of a link */
    MAX_ARENA = 128 << 20,
};

enum rule_field rule_field_of(struct str name)
{
    static const char *const names[] = {
#define X(constant, field_name) [constant] = (field_name),
        RULE_FIELDS(X)
#undef X
    };
    for (enum rule_field i = 0; i < RULE_FIELD_UNKNOWN; i++) {
        if (str_is(name, names[i])) {
            return i;
        }
    }
    return RULE_FIELD_UNKNOWN;
}

void rule_values_init(struct rule_values *values)
{
    *values = (struct rule_values){.post = NULL};
    for (enum post_field i = 0; i < POST_FIELDS; i++) {
        values->folds[i] = text_fold_new(POST_MAX_BYTES);
    }
    values->fold = text_fold_new(MAX_SMALL);
    values->finder = text_links_new();
    values->arena = arena_new(MAX_ARENA);
    values->links = mem_zero(POST_MAX_LINKS, sizeof *values->links);
}

void rule_values_fini(struct rule_values *values)
{
    for (enum post_field i = 0; i < POST_FIELDS; i++) {
        text_fold_free(values->folds[i]);
    }
    text_fold_free(values->fold);
    text_links_free(values->finder);
    arena_free(values->arena);
    free(values->links);
}

/* Whether the text is its own folded view: hosts and domains are. */
static bool is_folded(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c <= ' ' || c >= 0x7f || (c >= 'A' && c <= 'Z')) {
            return false;
        }
    }
    return true;
}

/* A view of a short value, copied, as its fold is used for the next. */
static bool make_copied(struct rule_values *values, enum text_view_kind kind,
                        struct rule_value *value, struct err *err)
{
    struct text_view *view = &value->views[kind];
    if (kind == TEXT_FOLDED && is_folded(value->raw)) {
        *view = (struct text_view){.text = value->raw};
        return true;
    }
    if (!text_fold_view(values->fold, kind, value->raw, view, err)) {
        return false;
    }
    const char *copy = arena_copy(values->arena, view->text.at, view->text.len);
    *view = (struct text_view){.text = {.at = copy, .len = view->text.len}};
    return copy != NULL || err_set(err, "the post's links are too long together");
}

static bool make_views(struct rule_values *values, struct rule_value *value, struct str raw,
                       struct text_fold *fold, unsigned needs, struct err *err)
{
    value->raw = raw;
    value->made = raw.len > 0 ? needs : 0;
    value->views[TEXT_RAW] = (struct text_view){.text = raw};
    for (enum text_view_kind kind = TEXT_FOLDED; kind < TEXT_VIEW_KINDS; kind++) {
        if ((value->made >> kind & 1) == 0) {
            continue;
        }
        if (fold != NULL ? !text_fold_view(fold, kind, raw, &value->views[kind], err)
                         : !make_copied(values, kind, value, err)) {
            return false;
        }
    }
    return true;
}

/* The places of a `title`, a `text` and so on in the post. */
static struct str raw_of(const struct post *post, enum rule_field field)
{
    switch (field) {
    case RULE_FIELD_TITLE:
        return post->fields[POST_TITLE];
    case RULE_FIELD_TEXT:
        return post->fields[POST_TEXT];
    case RULE_FIELD_AUTHOR:
        return post->fields[POST_AUTHOR_NAME];
    case RULE_FIELD_LANG:
        return post->lang;
    default:
        assert(field == RULE_FIELD_SOURCE);
        return post->source;
    }
}

static struct text_fold *fold_of(const struct rule_values *values, enum rule_field field)
{
    switch (field) {
    case RULE_FIELD_TITLE:
        return values->folds[POST_TITLE];
    case RULE_FIELD_TEXT:
        return values->folds[POST_TEXT];
    case RULE_FIELD_AUTHOR:
        return values->folds[POST_AUTHOR_NAME];
    default:
        return NULL;
    }
}

static bool check_size(const struct post *post, struct err *err)
{
    size_t size = 0;
    for (enum post_field i = 0; i < POST_FIELDS; i++) {
        if (post->fields[i].len > POST_MAX_BYTES - size) {
            return err_set(err, "the post is over %d bytes", (int)POST_MAX_BYTES);
        }
        size += post->fields[i].len;
    }
    return true;
}

void rule_values_find_links(struct rule_values *values)
{
    if (!values->links_found) {
        values->link_count = text_links_find(values->finder, values->post, &values->found);
        values->links_found = true;
    }
}

static bool read_links(struct rule_values *values, const unsigned needs[RULE_FIELD_KINDS],
                       struct err *err)
{
    rule_values_find_links(values);
    for (size_t i = 0; i < values->link_count; i++) {
        const struct text_link *link = &values->found[i];
        const struct str parts[RULE_LINK_PARTS] = {link->url, link->host, link->domain, link->path};
        for (size_t part = 0; part < RULE_LINK_PARTS; part++) {
            if (!make_views(values, &values->links[i][part], parts[part], NULL,
                            needs[RULE_FIELD_URL + part], err)) {
                return false;
            }
        }
    }
    return true;
}

bool rule_values_read(struct rule_values *values, const struct post *post,
                      const unsigned needs[RULE_FIELD_KINDS], struct err *err)
{
    values->post = post;
    values->link_count = 0;
    values->links_found = false;
    if (!check_size(post, err)) {
        return false;
    }
    for (enum post_field i = 0; i < POST_FIELDS; i++) {
        text_fold_start(values->folds[i]);
    }
    arena_reset(values->arena);
    text_fold_start(values->fold);
    for (enum rule_field field = 0; field < RULE_FIELD_URL; field++) {
        /* A rule on `text` reads the title too. */
        unsigned views = needs[field] | (field == RULE_FIELD_TITLE ? needs[RULE_FIELD_TEXT] : 0);
        if (!make_views(values, &values->own[field], raw_of(post, field), fold_of(values, field),
                        views, err)) {
            return false;
        }
    }
    unsigned links = 0;
    for (size_t part = 0; part < RULE_LINK_PARTS; part++) {
        links |= needs[RULE_FIELD_URL + part];
    }
    return links == 0 || read_links(values, needs, err);
}

size_t rule_values_count(const struct rule_values *values, enum rule_field field)
{
    return field == RULE_FIELD_UNKNOWN ? 0
           : field >= RULE_FIELD_URL   ? values->link_count
           : field == RULE_FIELD_TEXT  ? 2
                                       : 1;
}

const struct rule_value *rule_values_at(const struct rule_values *values, enum rule_field field,
                                        size_t i)
{
    const struct rule_value *value =
        field >= RULE_FIELD_URL              ? &values->links[i][field - RULE_FIELD_URL]
        : field == RULE_FIELD_TEXT && i == 0 ? &values->own[RULE_FIELD_TITLE]
                                             : &values->own[field];
    return value->raw.len > 0 ? value : NULL;
}

struct str rule_values_folded(struct rule_values *values, enum post_field field)
{
    static const enum rule_field fields[POST_FIELDS] = {RULE_FIELD_TITLE, RULE_FIELD_TEXT,
                                                        RULE_FIELD_AUTHOR};
    struct rule_value *value = &values->own[fields[field]];
    struct err err = ERR_NONE;
    if (value->raw.len > 0 && (value->made >> TEXT_FOLDED & 1) == 0) {
        if (!text_fold_view(values->folds[field], TEXT_FOLDED, value->raw,
                            &value->views[TEXT_FOLDED], &err)) {
            return STR("");
        }
        value->made |= 1U << TEXT_FOLDED;
    }
    return value->raw.len > 0 ? value->views[TEXT_FOLDED].text : STR("");
}
