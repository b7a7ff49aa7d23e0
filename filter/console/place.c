#include "filter/console/place.h"

#include <string.h>

#include "filter/console/style.h"

enum { MAX_PAGE = 1000000 };

struct place place_of(enum place_route route)
{
    struct place place = {.route = route};
#define X(member, name) place.member = 1;
    PLACE_PAGES(X)
#undef X
    return place;
}

/* A whole number from 1 on, without sign or leading zero. */
static bool parse_number(struct str text, int64_t most, int64_t *number)
{
    if (text.len == 0 || text.len > 18 || text.at[0] == '0') {
        return false;
    }
    *number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return false;
        }
        *number = *number * 10 + (text.at[i] - '0');
    }
    return *number <= most;
}

static bool parse_state(struct str value, struct place *place)
{
    if (str_is(value, "live")) {
        place->states = STATES_LIVE;
    } else if (str_is(value, "all")) {
        place->states = STATES_ALL;
    } else if (casebook_state_parse(value, &place->state) && place->state != CASE_NONE) {
        place->states = STATES_ONE;
    } else {
        return false;
    }
    return true;
}

static bool parse_page(struct str name, struct str value, struct place *place)
{
    unsigned *member = NULL;
#define X(field, word)                                                                             \
    if (str_is(name, word)) {                                                                      \
        member = &place->field;                                                                    \
    }
    PLACE_PAGES(X)
#undef X
    int64_t number;
    if (member == NULL || !parse_number(value, MAX_PAGE, &number)) {
        return false;
    }
    *member = (unsigned)number;
    return true;
}

/* A form sends "class=" for "all of them". */
static bool parse_choice(struct str name, struct str value, struct place *place)
{
    if (str_is(name, "lang")) {
        place->has_language = true;
        return value.len == 2 && language_parse(value, &place->language);
    }
    if (str_is(name, "class")) {
        place->only_class = value.len > 0;
        return value.len == 0 || rule_class_parse(value, &place->class);
    }
    if (str_is(name, "state")) {
        return parse_state(value, place);
    }
    return parse_page(name, value, place);
}

static struct str cut(struct str *rest, char at)
{
    const char *found = rest->len > 0 ? memchr(rest->at, at, rest->len) : NULL;
    struct str first = *rest;
    if (found == NULL) {
        *rest = STR("");
        return first;
    }
    first.len = (size_t)(found - rest->at);
    *rest = str_part(*rest, first.len + 1, rest->len);
    return first;
}

static bool has_name(struct str query, struct str name)
{
    while (query.len > 0) {
        struct str pair = cut(&query, '&');
        if (str_equal(cut(&pair, '='), name)) {
            return true;
        }
    }
    return false;
}

static bool parse_query(struct str query, struct place *place)
{
    while (query.len > 0) {
        struct str value = cut(&query, '&');
        struct str name = cut(&value, '=');
        if (has_name(query, name) || !parse_choice(name, value, place)) {
            return false;
        }
    }
    return true;
}

static bool is_style(struct str path)
{
    return str_starts(path, STR("/style-")) && str_ends(path, STR(".css"));
}

enum place_answer place_parse(struct str target, struct place *place)
{
    struct str query = target, path = cut(&query, '?');
    *place = place_of(ROUTE_QUEUE);
    if (str_is(path, "/healthz")) {
        place->route = ROUTE_HEALTH;
    } else if (is_style(path)) {
        place->route = ROUTE_STYLE;
        place->is_current = str_equal(path, style_path());
    } else if (str_starts(path, STR("/cases/"))) {
        place->route = ROUTE_CASE;
        path = str_part(path, sizeof "/cases/" - 1, path.len);
        if (!parse_number(path, INT64_MAX, &place->case_id)) {
            return PLACE_NONE;
        }
    } else if (!str_is(path, "/")) {
        return PLACE_NONE;
    }
    return parse_query(query, place) ? PLACE_FOUND : PLACE_BAD;
}

static void put_name(struct buf *out, char *joint, const char *name)
{
    buf_put_char(out, *joint);
    buf_put_string(out, name);
    buf_put_char(out, '=');
    *joint = '&';
}

static void put_number(struct buf *out, char *joint, const char *name, unsigned number)
{
    if (number > 1) {
        put_name(out, joint, name);
        buf_put_int(out, number);
    }
}

void place_write(const struct place *place, struct buf *out)
{
    char joint = '?';
    switch (place->route) {
    case ROUTE_QUEUE:
        buf_put_char(out, '/');
        break;
    case ROUTE_CASE:
        buf_put_string(out, "/cases/");
        buf_put_int(out, place->case_id);
        break;
    case ROUTE_STYLE:
        buf_put_str(out, style_path());
        break;
    case ROUTE_HEALTH:
        buf_put_string(out, "/healthz");
        break;
    }
    if (place->has_language) {
        put_name(out, &joint, "lang");
        buf_put_string(out, language_tag(place->language));
    }
    if (place->only_class) {
        put_name(out, &joint, "class");
        buf_put_string(out, rule_class_name(place->class));
    }
    if (place->states != STATES_LIVE) {
        put_name(out, &joint, "state");
        buf_put_string(out,
                       place->states == STATES_ALL ? "all" : casebook_state_name(place->state));
    }
#define X(member, name) put_number(out, &joint, name, place->member);
    PLACE_PAGES(X)
#undef X
}

void place_link(struct html *page, const struct place *place)
{
    struct buf target = BUF_EMPTY;
    place_write(place, &target);
    html_local(page, buf_str(&target));
    buf_fini(&target);
}
