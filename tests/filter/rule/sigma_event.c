#include "tests/filter/rule/sigma_event.h"

static struct rule_json *copy_of(const struct rule_json *from, struct arena *arena)
{
    struct rule_json *copy = arena_alloc(arena, sizeof *copy);
    if (copy != NULL) {
        *copy = (struct rule_json){.kind = from->kind, .text = from->text, .key = from->key};
    }
    return copy;
}

/* Documents nest no deeper than json.c lets them. NOLINTBEGIN(misc-no-recursion) */
static struct rule_json *unwrap(const struct rule_json *from, struct arena *arena);

/* Appends the items of `from`, unwrapped, behind `*last` of `to`. */
static bool unwrap_items(const struct rule_json *from, struct arena *arena, struct rule_json *to,
                         struct rule_json **last)
{
    for (const struct rule_json *item = from->first; item != NULL; item = item->next) {
        if (str_is(item->key, "#attributes") && item->kind == RULE_JSON_MAP) {
            if (!unwrap_items(item, arena, to, last)) {
                return false;
            }
            continue;
        }
        struct rule_json *copy = unwrap(item, arena);
        if (copy == NULL) {
            return false;
        }
        if (*last == NULL) {
            to->first = copy;
        } else {
            (*last)->next = copy;
        }
        *last = copy;
    }
    return true;
}

static struct rule_json *unwrap(const struct rule_json *from, struct arena *arena)
{
    const struct rule_json *text = rule_json_get(from, "#text");
    struct rule_json *last = NULL;
    if (text != NULL) {
        struct rule_json *value = unwrap(text, arena);
        if (value != NULL) {
            value->key = from->key;
        }
        return value;
    }
    struct rule_json *copy = copy_of(from, arena);
    return copy != NULL && unwrap_items(from, arena, copy, &last) ? copy : NULL;
}

static bool find_below(const struct rule_json *map, struct str field, struct rule_facts *facts)
{
    if (rule_event_find(map, field, facts)) {
        return true;
    }
    for (const struct rule_json *item = map->first; item != NULL; item = item->next) {
        if (find_below(item, field, facts)) {
            return true;
        }
    }
    return false;
}
/* NOLINTEND(misc-no-recursion) */

bool sigma_event_read(const struct rule_json *document, struct arena *arena,
                      struct sigma_event *event)
{
    event->original = document;
    event->plain = unwrap(document, arena);
    return event->plain != NULL;
}

/* Tag_Attribute; both may have more of the underscores. */
static bool find_attribute(const struct rule_json *system, struct str field,
                           struct rule_facts *facts)
{
    for (const struct rule_json *tag = system != NULL ? system->first : NULL; tag != NULL;
         tag = tag->next) {
        const struct rule_json *attributes = rule_json_get(tag, "#attributes");
        if (attributes != NULL && str_starts(field, tag->key) && field.len > tag->key.len &&
            field.at[tag->key.len] == '_' &&
            rule_event_find(attributes, str_part(field, tag->key.len + 1, field.len), facts)) {
            return true;
        }
    }
    return false;
}

/* <Data Name="field">, where the reader of the XML left it so. */
static bool find_data(const struct rule_json *data, struct str field, struct rule_facts *facts)
{
    const struct rule_json *item = data;
    bool is_found = false;
    if (data != NULL && data->kind == RULE_JSON_LIST) {
        item = data->first;
    }
    for (; item != NULL; item = data->kind == RULE_JSON_LIST ? item->next : NULL) {
        const struct rule_json *name = rule_json_get(rule_json_get(item, "#attributes"), "Name");
        const struct rule_json *text = rule_json_get(item, "#text");
        if (name != NULL && str_equal(name->text, field)) {
            facts->is_present = is_found = true;
            if (text != NULL) {
                rule_event_put(text, facts);
            }
        }
    }
    return is_found;
}

void sigma_event_look_up(const void *context, struct str field, struct rule_facts *facts)
{
    const struct sigma_event *event = context;
    const struct rule_json *inner = rule_json_get(event->plain, "Event");
    const struct rule_json *raw = rule_json_get(event->original, "Event");
    const struct rule_json *data = rule_json_get(inner, "EventData");
    const struct rule_json *system = rule_json_get(inner, "System");
    const struct rule_json *user = rule_json_get(inner, "UserData");
    if (field.len == 0) {
        rule_event_put_all(event->original, facts);
        return;
    }
    (void)((data != NULL && rule_event_find(data, field, facts)) ||
           find_data(rule_json_get(rule_json_get(raw, "EventData"), "Data"), field, facts) ||
           (system != NULL && rule_event_find(system, field, facts)) ||
           find_attribute(rule_json_get(raw, "System"), field, facts) ||
           (user != NULL && find_below(user, field, facts)) ||
           rule_event_find(event->plain, field, facts));
}
