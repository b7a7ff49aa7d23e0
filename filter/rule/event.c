#include "filter/rule/event.h"

static bool is_scalar(const struct rule_json *value)
{
    return value->kind == RULE_JSON_BOOL || value->kind == RULE_JSON_NUMBER ||
           value->kind == RULE_JSON_STRING;
}

static void put_scalar(const struct rule_json *value, struct rule_facts *facts)
{
    rule_facts_put(facts, (struct rule_fact){.text = value->text,
                                             .is_number = value->kind == RULE_JSON_NUMBER});
}

/* Documents nest no deeper than json.c lets them. NOLINTBEGIN(misc-no-recursion) */
void rule_event_put(const struct rule_json *value, struct rule_facts *facts)
{
    facts->is_present = true;
    if (is_scalar(value)) {
        facts->is_full = true;
        put_scalar(value, facts);
    } else if (value->kind == RULE_JSON_MAP) {
        facts->is_full = true; /* and no text */
    } else if (value->kind == RULE_JSON_LIST) {
        facts->is_full = facts->is_full || value->first != NULL;
        for (const struct rule_json *item = value->first; item != NULL; item = item->next) {
            rule_event_put(item, facts);
        }
    }
}

void rule_event_put_all(const struct rule_json *value, struct rule_facts *facts)
{
    facts->is_present = facts->is_full = true;
    if (is_scalar(value)) {
        put_scalar(value, facts);
    }
    for (const struct rule_json *item = value->first; item != NULL; item = item->next) {
        rule_event_put_all(item, facts);
    }
}

/* Whether `name` without its spaces is `wanted` without its. */
static bool is_named(struct str name, struct str wanted)
{
    size_t w = 0;
    for (size_t n = 0; n < name.len; n++) {
        if (name.at[n] == ' ') {
            continue;
        }
        while (w < wanted.len && wanted.at[w] == ' ') {
            w++;
        }
        if (w == wanted.len || wanted.at[w++] != name.at[n]) {
            return false;
        }
    }
    while (w < wanted.len && wanted.at[w] == ' ') {
        w++;
    }
    return w == wanted.len;
}

static const struct rule_json *member(const struct rule_json *map, struct str name)
{
    const struct rule_json *found = NULL;
    for (const struct rule_json *item = map->first; item != NULL; item = item->next) {
        found = is_named(item->key, name) ? item : found;
    }
    return found;
}

bool rule_event_find(const struct rule_json *map, struct str path, struct rule_facts *facts)
{
    bool is_found = false;
    if (map->kind == RULE_JSON_LIST) {
        for (const struct rule_json *item = map->first; item != NULL; item = item->next) {
            is_found = rule_event_find(item, path, facts) || is_found;
        }
        return is_found;
    }
    if (map->kind != RULE_JSON_MAP) {
        return false;
    }
    const struct rule_json *whole = member(map, path);
    if (whole != NULL) {
        rule_event_put(whole, facts);
        return true;
    }
    for (size_t dot = 1; dot + 1 < path.len && !is_found; dot++) {
        const struct rule_json *inner =
            path.at[dot] == '.' ? member(map, str_part(path, 0, dot)) : NULL;
        is_found =
            inner != NULL && rule_event_find(inner, str_part(path, dot + 1, path.len), facts);
    }
    return is_found;
}
/* NOLINTEND(misc-no-recursion) */

void rule_event_look_up(const void *document, struct str field, struct rule_facts *facts)
{
    if (field.len == 0) {
        rule_event_put_all(document, facts);
    } else {
        (void)rule_event_find(document, field, facts);
    }
}
