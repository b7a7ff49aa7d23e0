#include "filter/console/openapi.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/casebook/figures.h"
#include "filter/console/asked.h"
#include "filter/console/json.h"

static json_t *ref(const char *kind, const char *name)
{
    char text[96];
    snprintf(text, sizeof text, "#/components/%s/%s", kind, name);
    return json_pack("{ss}", "$ref", text);
}

/* The content types of an answer of 200. NULL at the end. */
static const char *const *types_of(const struct route *route)
{
    static const char *const types[][3] = {
        [GIVES_PAGE] = {"text/html", "application/json"},
        [GIVES_JSON] = {"application/json"},
        [GIVES_BYTES] = {"application/octet-stream"},
        [GIVES_STYLE] = {"text/css"},
        [GIVES_SCRIPT] = {"text/javascript"},
        [GIVES_TEXT] = {"text/plain"},
    };
    return types[route->gives];
}

/* A list's own members beside what its head has. */
static json_t *list_schema(const struct shapes_answer *answer)
{
    json_t *schema = answer->head != NULL
                         ? shape_schema(answer->head)
                         : json_pack("{ss s{} s[] sb}", "type", "object", "properties", "required",
                                     "additionalProperties", 0);
    json_t *properties = json_object_get(schema, "properties");
    json_object_set_new(properties, "items",
                        json_pack("{ss so}", "type", "array", "items", shape_ref(answer->of)));
    json_object_set_new(properties, "next", ref("schemas", "after"));
    json_array_append_new(json_object_get(schema, "required"), json_string("items"));
    return schema;
}

static json_t *answer_schema(const struct shapes_answer *answer)
{
    if (answer->is_list) {
        char name[64];
        snprintf(name, sizeof name, "%s_list", answer->name);
        return ref("schemas", name);
    }
    return answer->other == NULL
               ? shape_ref(answer->of)
               : json_pack("{s[oo]}", "anyOf", shape_ref(answer->of), shape_ref(answer->other));
}

static json_t *schema_of(const struct route *route, const char *type)
{
    return strcmp(type, "application/json") == 0 ? answer_schema(route->json)
                                                 : json_pack("{ss}", "type", "string");
}

static json_t *content_of(const struct route *route)
{
    json_t *content = json_object();
    for (const char *const *type = types_of(route); *type != NULL; type++) {
        json_object_set_new(content, *type, json_pack("{so}", "schema", schema_of(route, *type)));
    }
    return content;
}

static json_t *responses_of(const struct route *route)
{
    json_t *responses = json_pack("{s{ss so} so}", "200", "description", "As asked.", "content",
                                  content_of(route), "default", ref("responses", "problem"));
    /* Who is not signed in is led to the pages for that, whose second comes after the first. */
    const bool leads_on = route->method == METHOD_POST || route->gives == GIVES_PAGE ||
                          (route->roles != 0 && route_is_for_people(route));
    if (leads_on) {
        json_object_set_new(responses, "303", ref("responses", "elsewhere"));
    }
    if (route->gives == GIVES_TEXT) {
        json_object_set_new(responses, "503", ref("responses", "not_ready"));
    }
    return responses;
}

/*
 * A form's field: the bound is in bytes of UTF-8, which is never less than in characters. In JSON a
 * number may be one.
 */
static json_t *field_schema(const struct form_field *field, bool is_json)
{
    json_t *text = json_pack("{ss sI}", "type", "string", "maxLength", (json_int_t)field->most);
    if (is_json) {
        json_object_set_new(text, "type", json_pack("[ss]", "string", "integer"));
    }
    return field->is_list ? json_pack("{ss so}", "type", "array", "items", text) : text;
}

static void put_fields(json_t *named, json_t *patterned, const struct form_field *fields,
                       bool is_json)
{
    for (; fields->name != NULL; fields++) {
        size_t len = strlen(fields->name);
        if (fields->name[len - 1] == '*') {
            char pattern[64];
            snprintf(pattern, sizeof pattern, "^%.*s", (int)(len - 1), fields->name);
            json_object_set_new(patterned, pattern, field_schema(fields, is_json));
        } else {
            json_object_set_new(named, fields->name, field_schema(fields, is_json));
        }
    }
}

static json_t *body_schema(const struct route *route, bool is_json)
{
    json_t *named = json_object(), *patterned = json_object();
    put_fields(named, patterned, route->fields, is_json);
    put_fields(named, patterned, route_always, is_json);
    return json_pack("{s{ss so so sb}}", "schema", "type", "object", "properties", named,
                     "patternProperties", patterned, "additionalProperties", 0);
}

static json_t *body_of(const struct route *route)
{
    return json_pack("{s{so so} sb}", "content", "application/x-www-form-urlencoded",
                     body_schema(route, false), "application/json", body_schema(route, true),
                     "required", 1);
}

static json_t *security_of(const struct route *route)
{
    json_t *security = json_array();
    if (route->roles != 0) {
        json_array_append_new(security, json_pack("{s[]}", "session"));
    }
    if (route->scope != SCOPE_NONE) {
        json_array_append_new(security,
                              json_pack("{s[s]}", "token", casebook_scope_name(route->scope)));
    }
    if (route->is_open_in_demo || (route->roles == 0 && route->scope != SCOPE_NONE)) {
        json_array_append_new(security, json_object());
    }
    return security;
}

static json_t *roles_of(const struct route *route)
{
    json_t *roles = json_array();
    for (int role = 0; role < (int)(ROLE_ADMIN + 1); role++) {
        if ((route->roles & (1u << role)) != 0) {
            json_array_append_new(roles, json_string(casebook_role_name((enum casebook_role)role)));
        }
    }
    return roles;
}

/* What a path's placeholder is: {id}, {name}, {tag}. */
static json_t *placeholder(const char *name)
{
    char pattern[48];
    json_t *schema;
    if (strcmp(name, "id") == 0) {
        schema = json_pack("{ss si}", "type", "integer", "minimum", 1);
    } else if (strcmp(name, "name") == 0) {
        snprintf(pattern, sizeof pattern, "^[a-z0-9._-]{1,%d}$", PLACE_NAME_MOST);
        schema = json_pack("{ss ss}", "type", "string", "pattern", pattern);
    } else {
        schema = json_pack("{ss}", "type", "string");
    }
    return json_pack("{ss ss sb so}", "name", name, "in", "path", "required", 1, "schema", schema);
}

static void put_placeholders(json_t *parameters, const char *pattern)
{
    while ((pattern = strchr(pattern, '{')) != NULL) {
        char name[16];
        const char *end = strchr(pattern, '}');
        snprintf(name, sizeof name, "%.*s", (int)(end - pattern - 1), pattern + 1);
        json_array_append_new(parameters, placeholder(name));
        pattern = end;
    }
}

/* The query's parameters: those of all pages, as place_parse reads them. */
static json_t *query_parameters(void)
{
    json_t *all = json_object(), *classes = json_array(),
           *states = json_pack("[ss]", "live", "all");
    json_t *kinds = json_pack("[s]", "urgent"), *languages = json_array();
    for (int i = 0; i < FIGURES_CLASSES; i++) {
        json_array_append_new(classes, json_string(rule_class_name((enum rule_class)i)));
    }
    for (int i = CASE_NONE + 1; i < CASEBOOK_STATE_COUNT; i++) {
        json_array_append_new(states, json_string(casebook_state_name((enum casebook_state)i)));
    }
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        json_array_append_new(languages, json_string(language_tag((enum language)i)));
    }
    for (int i = KIND_ENTRY; i <= KIND_REFERRAL; i++) {
        json_array_append_new(kinds, json_string(casebook_kind_name((enum casebook_kind)i)));
    }
    const struct {
        const char *name;
        json_t *schema;
    } parameters[] = {
        {"lang", json_pack("{so}", "enum", languages)},
        {"class", json_pack("{so}", "enum", classes)},
        {"state", json_pack("{so}", "enum", states)},
        {"kind", json_pack("{so}", "enum", kinds)},
        {"after", ref("schemas", "after")},
        {"rule", json_pack("{ss si}", "type", "string", "maxLength", PLACE_NAME_MOST)},
        {"q", json_pack("{ss si}", "type", "string", "maxLength", PLACE_WORDS_MOST)},
#define X(member, name) {name, json_pack("{ss si}", "type", "integer", "minimum", 1)},
        PLACE_PAGES(X)
#undef X
    };
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        json_object_set_new(all, parameters[i].name,
                            json_pack("{ss ss so}", "name", parameters[i].name, "in", "query",
                                      "schema", parameters[i].schema));
    }
    return all;
}

static json_t *parameters_of(const struct route *route, json_t *query)
{
    json_t *parameters = json_array();
    put_placeholders(parameters, place_pattern(route->place));
    if (route->method == METHOD_GET && route_is_for_people(route)) {
        for (void *at = json_object_iter(query); at != NULL;
             at = json_object_iter_next(query, at)) {
            json_array_append_new(parameters, ref("parameters", json_object_iter_key(at)));
        }
    }
    return parameters;
}

/* "get_cases_id_move": a name that is a path's own. */
static void write_id(const char *method, const char *pattern, struct buf *out)
{
    buf_put_string(out, method);
    buf_put_string(out, pattern[1] == '\0' ? "_queue" : "");
    for (const char *at = pattern; at[0] != '\0'; at++) {
        const bool is_plain = (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9');
        if (is_plain) {
            buf_put_char(out, *at);
        } else if (at[1] != '\0' && out->bytes[out->len - 1] != '_') {
            buf_put_char(out, '_');
        }
    }
    buf_put_char(out, '\0');
}

static void put_operation(json_t *paths, const struct route *route, json_t *query)
{
    const char *pattern = place_pattern(route->place);
    const char *method = route->method == METHOD_POST ? "post" : "get";
    struct buf id = BUF_EMPTY;
    write_id(method, pattern, &id);
    json_t *operation = json_pack("{ss so so so so}", "operationId", id.bytes, "parameters",
                                  parameters_of(route, query), "security", security_of(route),
                                  "x-roles", roles_of(route), "responses", responses_of(route));
    buf_fini(&id);
    if (route->method == METHOD_POST) {
        json_object_set_new(operation, "requestBody", body_of(route));
    }
    if (json_object_get(paths, pattern) == NULL) {
        json_object_set_new(paths, pattern, json_object());
    }
    json_object_set_new(json_object_get(paths, pattern), method, operation);
}

static json_t *responses(void)
{
    json_t *problem = json_pack("{s{so} s{s{ss}}}", JSON_PROBLEM_TYPE, "schema",
                                ref("schemas", "problem"), "text/html", "schema", "type", "string");
    return json_pack("{s{ss so} s{ss s{s{ss s{ss}}}} s{ss s{s{s{ss}} s{so}}}}", "problem",
                     "description", "Refused; a page unless JSON is asked for.", "content", problem,
                     "elsewhere", "description", "Go on there.", "headers", "Location",
                     "description", "A target of this console.", "schema", "type", "string",
                     "not_ready", "description", "Not ready.", "content", "text/plain", "schema",
                     "type", "string", JSON_PROBLEM_TYPE, "schema", ref("schemas", "problem"));
}

static void add_answer(const struct shapes_answer *answer, json_t *all)
{
    char name[64];
    shape_add_schemas(answer->of, all);
    if (answer->other != NULL) {
        shape_add_schemas(answer->other, all);
    }
    if (answer->head != NULL) {
        shape_add_schemas(answer->head, all);
    }
    if (answer->is_list) {
        snprintf(name, sizeof name, "%s_list", answer->name);
        json_object_set_new(all, name, list_schema(answer));
    }
}

static json_t *schemas(void)
{
    json_t *problem =
        json_pack("{ss s[ssss] s{s{ss} s{ss} s{ss} s{ss} s{ss}}}", "type", "object", "required",
                  "type", "title", "status", "error", "properties", "type", "type", "string",
                  "title", "type", "string", "status", "type", "integer", "detail", "type",
                  "string", "error", "type", "string");
    json_t *after = json_pack("{ss ss}", "type", "string", "pattern", "^[01][0-9a-f]{48}$");
    json_t *all = json_pack("{so so}", "problem", problem, "after", after);
    size_t count;
    const struct route *routes = route_all(&count);
    for (size_t i = 0; i < count; i++) {
        if (routes[i].json != NULL) {
            add_answer(routes[i].json, all);
        }
    }
    return all;
}

/* Tokens have scopes, for which OpenAPI 3.1 takes the names as roles of a bearer scheme. */
static json_t *security_schemes(void)
{
    return json_pack("{s{ss ss ss} s{ss ss ss}}", "session", "type", "apiKey", "in", "cookie",
                     "name", REQUEST_COOKIE, "token", "type", "http", "scheme", "bearer",
                     "description",
                     "Made by `saring token make`. The names required are its scopes; none moves, "
                     "signs, approves or proposes anything.");
}

bool openapi_put(struct buf *out)
{
    size_t count;
    const struct route *routes = route_all(&count);
    json_t *paths = json_object(), *query = query_parameters();
    for (size_t i = 0; i < count; i++) {
        put_operation(paths, &routes[i], query);
    }
    json_t *document = json_pack(
        "{ss s{ss ss ss} so s{so so so so}}", "openapi", "3.1.0", "info", "title", "saring",
        "version", "1", "description",
        "The console's routes, for pages by default and for programs with `Accept: "
        "application/json`. Forms are for people who are signed in: each carries `token` and "
        "`once` of GET /sign-in (or 32 characters of your own: sent again, the same `once` does "
        "nothing anew), as fields of a form, which ends with 303, or of a JSON object, which ends "
        "with JSON, and an Origin. A list "
        "is {items, next}: `next` is the `after` of what follows.",
        "paths", paths, "components", "schemas", schemas(), "responses", responses(), "parameters",
        query, "securitySchemes", security_schemes());
    char *text = document != NULL ? json_dumps(document, JSON_COMPACT) : NULL;
    if (text != NULL) {
        buf_put_string(out, text);
        buf_put_char(out, '\n');
    }
    free(text);
    json_decref(document);
    return text != NULL;
}
