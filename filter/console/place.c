#include "filter/console/place.h"

#include <string.h>

#include "filter/console/script.h"
#include "filter/console/style.h"
#include "filter/text/utf8.h"

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

static bool is_among(char c, const char *others)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr(others, c) != NULL;
}

bool place_is_name(struct str text)
{
    bool is_name = text.len > 0 && text.len <= PLACE_NAME_MOST;
    for (size_t i = 0; is_name && i < text.len; i++) {
        is_name = text.at[i] != '\0' && is_among(text.at[i], "._-");
    }
    return is_name;
}

static bool parse_name(struct str text, char name[PLACE_NAME_MOST + 1])
{
    if (!place_is_name(text)) {
        return false;
    }
    memcpy(name, text.at, text.len);
    name[text.len] = '\0';
    return true;
}

static bool parse_said(struct str text, struct place *place)
{
    if (text.len != PLACE_SAID) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '\0' || !is_among(text.at[i], "") || text.at[i] > 'f') {
            return false;
        }
    }
    memcpy(place->said, text.at, text.len);
    place->said[text.len] = '\0';
    return true;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void place_put_after(const struct casebook_after *after, struct buf *out)
{
    buf_printf(out, "%d%016llx%016llx%016llx", after->is_fraud,
               (unsigned long long)after->opened_ms, (unsigned long long)after->order_ms,
               (unsigned long long)after->id);
}

/* Only what place_put_after writes: nothing has two names. */
static bool parse_after(struct str text, struct place *place)
{
    uint64_t numbers[3] = {0};
    if (text.len != PLACE_AFTER || (text.at[0] != '0' && text.at[0] != '1')) {
        return false;
    }
    for (size_t i = 1; i < text.len; i++) {
        if (text.at[i] == '\0' || !is_among(text.at[i], "") || text.at[i] > 'f') {
            return false;
        }
        numbers[(i - 1) / 16] = numbers[(i - 1) / 16] << 4 | (uint64_t)hex(text.at[i]);
    }
    place->after = (struct casebook_after){.is_fraud = text.at[0] == '1',
                                           .opened_ms = (int64_t)numbers[0],
                                           .order_ms = (int64_t)numbers[1],
                                           .id = (int64_t)numbers[2]};
    return place->after.id > 0;
}

/* Words as a form sends them (WHATWG URL, section 5): "+" is a space. */
static bool parse_words(struct str text, struct place *place)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++, len++) {
        char c = text.at[i] == '+' ? ' ' : text.at[i];
        if (c == '%') {
            int high = i + 2 < text.len ? hex(text.at[i + 1]) : -1;
            int low = i + 2 < text.len ? hex(text.at[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return false;
            }
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (len == PLACE_WORDS_MOST || (unsigned char)c < ' ') {
            return false;
        }
        place->words[len] = c;
    }
    place->words[len] = '\0';
    return utf8_is_valid((struct str){.at = place->words, .len = len});
}

static void put_words(struct buf *out, const char *words)
{
    for (; *words != '\0'; words++) {
        if (is_among(*words, "-._~") || (*words >= 'A' && *words <= 'Z')) {
            buf_put_char(out, *words);
        } else {
            buf_printf(out, "%%%02X", (unsigned char)*words);
        }
    }
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
    if (str_is(name, "rule")) {
        return value.len == 0 || parse_name(value, place->rule);
    }
    if (str_is(name, "q")) {
        return parse_words(value, place);
    }
    if (str_is(name, "kind")) {
        place->has_kind = true;
        place->is_urgent = str_is(value, "urgent");
        return place->is_urgent || casebook_kind_parse(value, &place->kind);
    }
    if (str_is(name, "after")) {
        return parse_after(value, place);
    }
    if (str_is(name, "said")) {
        return parse_said(value, place);
    }
    return parse_page(name, value, place);
}

static bool has_name(struct str query, struct str name)
{
    while (query.len > 0) {
        struct str pair = str_cut(&query, '&');
        if (str_equal(str_cut(&pair, '='), name)) {
            return true;
        }
    }
    return false;
}

static bool parse_query(struct str query, struct place *place)
{
    while (query.len > 0) {
        struct str value = str_cut(&query, '&');
        struct str name = str_cut(&value, '=');
        if (has_name(query, name) || !parse_choice(name, value, place)) {
            return false;
        }
    }
    return true;
}

static const char *const patterns[PLACE_ROUTES] = {
#define X(constant, pattern) [constant] = (pattern),
    PLACES(X)
#undef X
};

const char *place_pattern(enum place_route route)
{
    return patterns[route];
}

/* What a placeholder stands for: up to the next byte of the pattern. */
static bool match_part(const char *part, struct str value, struct place *place)
{
    if (strncmp(part, "{id}", 4) == 0) {
        return parse_number(value, INT64_MAX, &place->case_id);
    }
    return strncmp(part, "{tag}", 5) == 0 || parse_name(value, place->name);
}

static bool match(const char *pattern, struct str path, struct place *place)
{
    size_t at = 0;
    while (*pattern != '\0') {
        if (*pattern != '{') {
            if (at == path.len || path.at[at++] != *pattern++) {
                return false;
            }
            continue;
        }
        const char *part = pattern;
        pattern = strchr(pattern, '}') + 1;
        size_t start = at;
        while (at < path.len && path.at[at] != '/' && path.at[at] != *pattern) {
            at++;
        }
        if (!match_part(part, str_part(path, start, at), place)) {
            return false;
        }
    }
    return at == path.len;
}

static struct str current(enum place_route route)
{
    return route == ROUTE_SCRIPT ? script_path() : style_path();
}

enum place_answer place_parse(struct str target, struct place *place)
{
    struct str query = target, path = str_cut(&query, '?');
    for (size_t i = 0; i < PLACE_ROUTES; i++) {
        *place = place_of((enum place_route)i);
        if (match(patterns[i], path, place)) {
            place->is_current = str_equal(path, current(place->route));
            return parse_query(query, place) ? PLACE_FOUND : PLACE_BAD;
        }
    }
    *place = place_of(ROUTE_QUEUE);
    return PLACE_NONE;
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

static void put_path(const struct place *place, struct buf *out)
{
    const char *pattern = patterns[place->route];
    while (*pattern != '\0') {
        if (strncmp(pattern, "{id}", 4) == 0) {
            buf_put_int(out, place->case_id);
            pattern += 4;
        } else if (strncmp(pattern, "{name}", 6) == 0) {
            buf_put_string(out, place->name);
            pattern += 6;
        } else {
            buf_put_char(out, *pattern++);
        }
    }
}

void place_write(const struct place *place, struct buf *out)
{
    char joint = '?';
    if (place->route == ROUTE_STYLE || place->route == ROUTE_SCRIPT) {
        buf_put_str(out, current(place->route));
    } else {
        put_path(place, out);
    }
    if (place->has_language) {
        put_name(out, &joint, "lang");
        buf_put_string(out, language_tag(place->language));
    }
    if (place->only_class) {
        put_name(out, &joint, "class");
        buf_put_string(out, rule_class_name(place->class));
    }
    if (place->rule[0] != '\0') {
        put_name(out, &joint, "rule");
        buf_put_string(out, place->rule);
    }
    if (place->words[0] != '\0') {
        put_name(out, &joint, "q");
        put_words(out, place->words);
    }
    if (place->has_kind) {
        put_name(out, &joint, "kind");
        buf_put_string(out, place->is_urgent ? "urgent" : casebook_kind_name(place->kind));
    }
    if (place->states != STATES_LIVE) {
        put_name(out, &joint, "state");
        buf_put_string(out,
                       place->states == STATES_ALL ? "all" : casebook_state_name(place->state));
    }
#define X(member, name) put_number(out, &joint, name, place->member);
    PLACE_PAGES(X)
#undef X
    if (place->after.id > 0) {
        put_name(out, &joint, "after");
        place_put_after(&place->after, out);
    }
    if (place->said[0] != '\0') {
        put_name(out, &joint, "said");
        buf_put_string(out, place->said);
    }
}

void place_action(struct html *page, const struct place *place)
{
    struct buf target = BUF_EMPTY;
    place_write(place, &target);
    html_action(page, buf_str(&target));
    buf_fini(&target);
}

void place_link(struct html *page, const struct place *place)
{
    struct buf target = BUF_EMPTY;
    place_write(place, &target);
    html_local(page, buf_str(&target));
    buf_fini(&target);
}

void place_picture(struct html *page, const struct place *place, struct str words)
{
    struct buf target = BUF_EMPTY;
    place_write(place, &target);
    html_picture(page, buf_str(&target), words);
    buf_fini(&target);
}
