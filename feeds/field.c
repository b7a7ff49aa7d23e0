#include "feeds/field.h"

#include <assert.h>

#include "feeds/date.h"
#include "filter/base/err.h"

static const struct {
    struct str name;
    size_t most;
} fields[] = {
#define X(constant, name, most) [constant] = {STR(name), most},
    FEEDS_FIELDS(X)
#undef X
};

const char *feeds_field_name(enum feeds_field field)
{
    assert((unsigned)field < FEEDS_FIELD_COUNT);
    return fields[field].name.at;
}

bool feeds_field_find(struct str name, enum feeds_field *field)
{
    for (unsigned i = 0; i < FEEDS_FIELD_COUNT; i++) {
        if (str_equal(name, fields[i].name)) {
            *field = (enum feeds_field)i;
            return true;
        }
    }
    return false;
}

static bool check_lengths(const struct feeds_fields *from, struct err *err)
{
    for (unsigned i = 0; i < FEEDS_FIELD_COUNT; i++) {
        if (from->texts[i].len > fields[i].most) {
            return err_set(err, "'%s' has %zu bytes; at most %zu are read", fields[i].name.at,
                           from->texts[i].len, fields[i].most);
        }
    }
    size_t together = from->texts[FEEDS_TITLE].len + from->texts[FEEDS_TEXT].len +
                      from->texts[FEEDS_AUTHOR_NAME].len;
    if (together > POST_MAX_BYTES) {
        return err_set(err, "title, text and author_name have %zu bytes; at most %d are read",
                       together, POST_MAX_BYTES);
    }
    return true;
}

bool feeds_fields_post(const struct feeds_fields *from, struct post *post, struct err *err)
{
    *post = POST_EMPTY;
    if (from->texts[FEEDS_TEXT].at == NULL) {
        return err_set(err, "'text' is missing");
    }
    if (!check_lengths(from, err)) {
        return false;
    }
    struct str published = from->texts[FEEDS_PUBLISHED];
    if (published.len > 0 && !feeds_date_parse(published, &post->published_ms)) {
        return err_set(err, "'published' must be a time, as 2026-11-24T07:00:00+08:00");
    }
    post->id = from->texts[FEEDS_ID];
    post->source = from->texts[FEEDS_SOURCE];
    post->url = from->texts[FEEDS_URL];
    post->fields[POST_TITLE] = from->texts[FEEDS_TITLE];
    post->fields[POST_TEXT] = from->texts[FEEDS_TEXT];
    post->fields[POST_AUTHOR_NAME] = from->texts[FEEDS_AUTHOR_NAME];
    post->lang = from->texts[FEEDS_LANG];
    post->links = from->links;
    post->link_count = from->link_count;
    return true;
}
