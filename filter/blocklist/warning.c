#define PCRE2_CODE_UNIT_WIDTH 8

#include "filter/blocklist/warning.h"

#include <errno.h>
#include <jansson.h>
#include <pcre2.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/blocklist/name.h"
#include "filter/rule/cidr.h"
#include "filter/text/url.h"

enum {
    MOST_FILES = 1024,
    MOST_BYTES = 64 << 20, /* of one file */
    MOST_ARENA = 1 << 30,
    REGEX_STEPS = 100000,
    REGEX_DEPTH = 1000,
    REGEX_HEAP_KIB = 1024,
};

enum type { TYPE_STRING, TYPE_HOSTNAME, TYPE_SUBSTRING, TYPE_REGEX, TYPE_CIDR, TYPES };

static const char *const types[TYPES] = {"string", "hostname", "substring", "regex", "cidr"};

struct source {
    const char *title;
    bool asks_urls, asks_hosts; /* by its matching_attributes */
};

/* A name, or what a name is not: a string that is compared as it is. */
struct value {
    struct str text;
    const struct source *source;
};

struct pattern {
    pcre2_code *code;
    struct str text;
    const struct source *source;
};

struct range {
    struct rule_cidr cidr;
    const struct source *source;
};

struct values {
    struct value *at;
    size_t count, room;
};

struct blocklist_warnings {
    struct arena *arena;
    struct values names, strings, substrings; /* the first two sorted */
    struct pattern *patterns;
    size_t pattern_count, pattern_room;
    struct range *ranges;
    size_t range_count, range_room;
};

static int compare_names(const void *a, const void *b)
{
    return blocklist_name_compare(((const struct value *)a)->text, ((const struct value *)b)->text);
}

static int compare_strings(const void *a, const void *b)
{
    return str_compare(((const struct value *)a)->text, ((const struct value *)b)->text);
}

static bool add_value(struct blocklist_warnings *warnings, struct values *values, struct str text,
                      const struct source *source, struct err *err)
{
    struct value one = {.source = source};
    one.text = (struct str){arena_copy(warnings->arena, text.at, text.len), text.len};
    if (one.text.at == NULL) {
        return err_set(err, "leaves no room for more values: 1 GiB is enough");
    }
    mem_grow(&values->at, &values->room, values->count + 1, sizeof *values->at);
    values->at[values->count++] = one;
    return true;
}

static struct str lower(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        buf_put_char(out, c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c);
    }
    return buf_str(out);
}

/* ".google.com", "*.google.com", "https://google.com/" and "google.com" name one host. */
static struct str trim_host(struct str text)
{
    const char *scheme = memmem(text.at, text.len, "://", 3);
    if (scheme != NULL) {
        text = str_part(text, (size_t)(scheme - text.at) + 3, text.len);
        text.len -= str_ends(text, STR("/")) ? 1 : 0;
    }
    while (text.len > 0 && (text.at[0] == '.' || text.at[0] == '*')) {
        text = str_part(text, 1, text.len);
    }
    return text;
}

static bool add_name(struct blocklist_warnings *warnings, struct str text,
                     const struct source *source, struct err *err)
{
    struct buf out = BUF_EMPTY;
    struct str host;
    struct err why = ERR_NONE;
    bool is_name = url_host(trim_host(text), &out, &host, &why) && blocklist_name_check(host, &why);
    bool done = is_name ? add_value(warnings, &warnings->names, host, source, err)
                        : add_value(warnings, &warnings->strings, text, source, err);
    buf_fini(&out);
    return done;
}

/* As PHP writes them, /…/i, or bare; the letters that PCRE knows as well. */
static bool add_regex(struct blocklist_warnings *warnings, struct str text,
                      const struct source *source, struct err *err)
{
    struct pattern one = {.source = source};
    uint32_t flags = PCRE2_CASELESS | PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C;
    size_t end = text.len;
    if (end > 1 && text.at[0] == '/') {
        while (end > 1 && text.at[end - 1] >= 'a' && text.at[end - 1] <= 'z') {
            end--;
        }
        bool is_closed = end > 1 && text.at[end - 1] == '/';
        text = is_closed ? str_part(text, 1, end - 1) : text;
    }
    int number;
    size_t at;
    one.text = (struct str){arena_copy(warnings->arena, text.at, text.len), text.len};
    if (one.text.at == NULL) {
        return err_set(err, "leaves no room for more values: 1 GiB is enough");
    }
    one.code = pcre2_compile((PCRE2_SPTR)text.at, text.len, flags, &number, &at, NULL);
    if (one.code == NULL) {
        PCRE2_UCHAR why[128];
        pcre2_get_error_message(number, why, sizeof why);
        return err_set(err, "is no regular expression: %s (at its byte %zu)", (char *)why, at + 1);
    }
    mem_grow(&warnings->patterns, &warnings->pattern_room, warnings->pattern_count + 1,
             sizeof *warnings->patterns);
    warnings->patterns[warnings->pattern_count++] = one;
    return true;
}

static bool add_range(struct blocklist_warnings *warnings, struct str text,
                      const struct source *source, struct err *err)
{
    struct range one = {.source = source};
    if (!rule_cidr_parse(text, &one.cidr, err)) {
        return false;
    }
    mem_grow(&warnings->ranges, &warnings->range_room, warnings->range_count + 1,
             sizeof *warnings->ranges);
    warnings->ranges[warnings->range_count++] = one;
    return true;
}

static bool add(struct blocklist_warnings *warnings, enum type type, struct str text,
                const struct source *source, struct err *err)
{
    struct buf low = BUF_EMPTY;
    bool done = false;
    switch (type) {
    case TYPE_STRING:
    case TYPE_HOSTNAME:
        done = add_name(warnings, text, source, err);
        break;
    case TYPE_SUBSTRING:
        done = add_value(warnings, &warnings->substrings, lower(text, &low), source, err);
        break;
    case TYPE_REGEX:
        done = add_regex(warnings, text, source, err);
        break;
    case TYPE_CIDR:
        done = add_range(warnings, text, source, err);
        break;
    case TYPES:
        break;
    }
    buf_fini(&low);
    return done;
}

static bool is_one_of(const char *text, const char *const *all)
{
    for (; *all != NULL; all++) {
        if (strcmp(text, *all) == 0) {
            return true;
        }
    }
    return false;
}

/* What a list without attributes is about nobody knows: it is asked about all. */
static struct source *read_source(struct blocklist_warnings *warnings, const json_t *object)
{
    static const char *const urls[] = {"url", "uri", "link", NULL};
    static const char *const hosts[] = {"domain", "hostname",    "domain|ip",   "hostname|port",
                                        "url",    "uri",         "link",        "ip-src",
                                        "ip-dst", "ip-src|port", "ip-dst|port", NULL};
    const json_t *all = json_object_get(object, "matching_attributes"), *one;
    struct source *source = arena_alloc(warnings->arena, sizeof *source);
    const json_t *name = json_object_get(object, "name");
    if (source == NULL) {
        return NULL;
    }
    source->title = arena_copy(warnings->arena, json_string_value(name), json_string_length(name));
    source->asks_urls = source->asks_hosts = json_array_size(all) == 0;
    size_t at;
    json_array_foreach(all, at, one)
    {
        const char *text = json_is_string(one) ? json_string_value(one) : "";
        source->asks_urls |= is_one_of(text, urls);
        source->asks_hosts |= is_one_of(text, hosts);
    }
    return source->title != NULL ? source : NULL;
}

static bool read_list(struct blocklist_warnings *warnings, const json_t *object, struct err *err)
{
    const json_t *list = json_object_get(object, "list"), *type = json_object_get(object, "type");
    if (!json_is_string(json_object_get(object, "name")) || !json_is_array(list)) {
        return err_set(err, "is no warning list: an object with \"name\", \"type\" and \"list\"");
    }
    size_t kind = 0;
    while (kind < TYPES &&
           (!json_is_string(type) || strcmp(json_string_value(type), types[kind]) != 0)) {
        kind++;
    }
    if (kind == TYPES) {
        return err_set(err, "has a \"type\" that is none of string, hostname, substring, regex, "
                            "cidr");
    }
    const struct source *source = read_source(warnings, object);
    if (source == NULL) {
        return err_set(err, "leaves no room for more values: 1 GiB is enough");
    }
    for (size_t i = 0; source->asks_hosts && i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        struct str text = str_trim((struct str){json_string_value(one), json_string_length(one)});
        struct err why = ERR_NONE;
        if (text.len == 0) {
            return err_set(err, "has a value that is no text, number %zu of \"list\"", i + 1);
        }
        if (!add(warnings, (enum type)kind, text, source, &why)) {
            return err_set(err, "value %zu of \"list\" %s", i + 1, why.message);
        }
    }
    return true;
}

static bool read_file(struct blocklist_warnings *warnings, const char *path, struct err *err)
{
    struct buf bytes = BUF_EMPTY;
    json_error_t why;
    bool done = file_read(path, MOST_BYTES, &bytes, err);
    json_t *object = done ? json_loadb(bytes.bytes != NULL ? bytes.bytes : "", bytes.len,
                                       JSON_REJECT_DUPLICATES, &why)
                          : NULL;
    if (done && object == NULL) {
        done =
            err_set_at(err, (unsigned)why.line, (unsigned)why.column, "is no JSON: %s", why.text);
    } else if (done) {
        done = read_list(warnings, object, err);
    }
    json_decref(object);
    buf_fini(&bytes);
    return done || err_in_file(err, path);
}

static bool read_folder(struct blocklist_warnings *warnings, const char *folder, struct err *err)
{
    struct buf path = BUF_EMPTY;
    struct file_list files = {.paths = NULL};
    buf_printf(&path, "%s/warnings", folder);
    bool done = (access(path.bytes, F_OK) != 0 && errno == ENOENT) ||
                file_find(path.bytes, ".json", MOST_FILES, &files, err);
    for (size_t i = 0; done && i < files.count; i++) {
        done = read_file(warnings, files.paths[i], err);
    }
    file_list_fini(&files);
    buf_fini(&path);
    return done;
}

static void sort(struct values *values, int (*compare)(const void *a, const void *b))
{
    if (values->count > 0) {
        qsort(values->at, values->count, sizeof *values->at, compare);
    }
}

struct blocklist_warnings *blocklist_warnings_load(const char *const *folders, struct err *err)
{
    struct blocklist_warnings *warnings = mem_zero(1, sizeof *warnings);
    warnings->arena = arena_new(MOST_ARENA);
    for (; *folders != NULL; folders++) {
        if (!read_folder(warnings, *folders, err)) {
            blocklist_warnings_free(warnings);
            return NULL;
        }
    }
    sort(&warnings->names, compare_names);
    sort(&warnings->strings, compare_strings);
    return warnings;
}

void blocklist_warnings_free(struct blocklist_warnings *warnings)
{
    if (warnings == NULL) {
        return;
    }
    for (size_t i = 0; i < warnings->pattern_count; i++) {
        pcre2_code_free(warnings->patterns[i].code);
    }
    free(warnings->names.at);
    free(warnings->strings.at);
    free(warnings->substrings.at);
    free(warnings->patterns);
    free(warnings->ranges);
    arena_free(warnings->arena);
    free(warnings);
}

struct question {
    const struct blocklist_warnings *warnings;
    enum blocklist_scope scope;
    struct str host, url;
};

static bool asks(const struct question *question, const struct source *source)
{
    return question->url.len > 0 ? source->asks_urls : source->asks_hosts;
}

static bool refuse(struct err *err, const struct source *source, struct str value)
{
    return err_set(err, "the warning list \"%.120s\" names it: %.*s", source->title,
                   (int)(value.len < 120 ? value.len : 120), value.at);
}

/* The first of `values` that is not before `text`. */
static size_t find(const struct values *values, struct str text,
                   int (*compare)(const void *a, const void *b))
{
    const struct value key = {.text = text};
    size_t low = 0, high = values->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&values->at[middle], &key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool check_equal(const struct question *question, const struct values *values,
                        struct str text, int (*compare)(const void *a, const void *b),
                        struct err *err)
{
    for (size_t i = find(values, text, compare);
         i < values->count && str_equal(values->at[i].text, text); i++) {
        if (asks(question, values->at[i].source)) {
            return refuse(err, values->at[i].source, text);
        }
    }
    return true;
}

static bool check_names(const struct question *question, struct err *err)
{
    const struct values *names = &question->warnings->names;
    for (struct str up = question->host; up.len > 0; up = blocklist_name_above(up)) {
        bool counts = up.len == question->host.len || !url_is_public_suffix(up);
        if (counts && !check_equal(question, names, up, compare_names, err)) {
            return false;
        }
    }
    if (question->scope != BLOCKLIST_DOMAIN) {
        return true;
    }
    for (size_t i = find(names, question->host, compare_names);
         i < names->count && blocklist_name_covers(question->host, names->at[i].text); i++) {
        if (asks(question, names->at[i].source)) {
            return refuse(err, names->at[i].source, names->at[i].text);
        }
    }
    return true;
}

static bool check_substrings(const struct question *question, struct str text, struct err *err)
{
    const struct values *values = &question->warnings->substrings;
    for (size_t i = 0; i < values->count; i++) {
        const struct value *one = &values->at[i];
        if (asks(question, one->source) &&
            memmem(text.at, text.len, one->text.at, one->text.len) != NULL) {
            return refuse(err, one->source, one->text);
        }
    }
    return true;
}

static bool check_patterns(const struct question *question, struct str text, struct err *err)
{
    const struct blocklist_warnings *warnings = question->warnings;
    if (warnings->pattern_count == 0) {
        return true;
    }
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    bool done = context != NULL && data != NULL;
    if (done) {
        pcre2_set_match_limit(context, REGEX_STEPS);
        pcre2_set_depth_limit(context, REGEX_DEPTH);
        pcre2_set_heap_limit(context, REGEX_HEAP_KIB);
    }
    for (size_t i = 0; done && i < warnings->pattern_count; i++) {
        const struct pattern *one = &warnings->patterns[i];
        if (asks(question, one->source)) {
            int found = pcre2_match(one->code, (PCRE2_SPTR)text.at, text.len, 0, 0, data, context);
            done = found == PCRE2_ERROR_NOMATCH || refuse(err, one->source, one->text);
        }
    }
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    return done || err_set(err, "no regular expression of the warning lists could be asked");
}

static bool check_ranges(const struct question *question, struct err *err)
{
    const struct blocklist_warnings *warnings = question->warnings;
    for (size_t i = 0; i < warnings->range_count; i++) {
        if (rule_cidr_contains(&warnings->ranges[i].cidr, question->host)) {
            return refuse(err, warnings->ranges[i].source, question->host);
        }
    }
    return true;
}

bool blocklist_warnings_check(const struct blocklist_warnings *warnings, enum blocklist_scope scope,
                              struct str host, struct str url, bool is_narrow, struct err *err)
{
    const struct question question = {warnings, scope, host, url};
    struct buf low = BUF_EMPTY;
    struct str text = lower(url.len > 0 ? url : host, &low);
    bool done = (is_narrow || (check_names(&question, err) && check_ranges(&question, err))) &&
                check_equal(&question, &warnings->strings, url.len > 0 ? url : host,
                            compare_strings, err) &&
                check_substrings(&question, text, err) && check_patterns(&question, text, err) &&
                (is_narrow || url.len == 0 || check_patterns(&question, host, err));
    buf_fini(&low);
    return done;
}
