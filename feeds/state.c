#include "feeds/state.h"

#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"

enum { MAX_FILE = 64 << 20, VERSION = 1, MAX_URL = 8192, MAX_FAILURES = 1000 };

void feeds_state_fini(struct feeds_state *state)
{
    free(state->moved);
    free(state->etag);
    free(state->last_modified);
    free(state->error);
    *state = (struct feeds_state){.due_ms = 0};
}

void feeds_state_set(char **value, struct str text, size_t most)
{
    bool fits = text.len > 0 && text.len <= most;
    for (size_t i = 0; fits && i < text.len; i++) {
        fits = text.at[i] >= ' ' && text.at[i] < 0x7F;
    }
    free(*value);
    *value = NULL;
    if (fits) {
        *value = mem_alloc(text.len + 1);
        memcpy(*value, text.at, text.len);
        (*value)[text.len] = '\0';
    }
}

static struct str place_of(const struct feeds_source *source)
{
    return source->url.len > 0 ? source->url : source->path;
}

static void take_text(const json_t *object, const char *name, size_t most, char **value)
{
    const json_t *text = json_object_get(object, name);
    if (json_is_string(text)) {
        feeds_state_set(value, (struct str){json_string_value(text), json_string_length(text)},
                        most);
    }
}

static void take_state(const json_t *object, const struct feeds_source *source,
                       struct feeds_state *state)
{
    const json_t *place = json_object_get(object, "place");
    if (!json_is_string(place) || !str_is(place_of(source), json_string_value(place))) {
        return;
    }
    take_text(object, "moved", MAX_URL, &state->moved);
    take_text(object, "etag", FEEDS_STATE_MAX_VALUE, &state->etag);
    take_text(object, "last_modified", FEEDS_STATE_MAX_VALUE, &state->last_modified);
    take_text(object, "error", FEEDS_STATE_MAX_ERROR, &state->error);
    state->due_ms = json_integer_value(json_object_get(object, "due"));
    state->every_ms = json_integer_value(json_object_get(object, "every"));
    state->fetched_ms = json_integer_value(json_object_get(object, "fetched"));
    state->changed_ms = json_integer_value(json_object_get(object, "changed"));
    json_int_t failures = json_integer_value(json_object_get(object, "failures"));
    state->failures = failures > 0 && failures < MAX_FAILURES ? (unsigned)failures : 0;
    state->is_gone = json_is_true(json_object_get(object, "gone"));
}

/* The object of sources; NULL, with what is wrong, if the text is no state of ours. */
static json_t *parse(struct str text, struct err *err)
{
    json_error_t why;
    json_t *root = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES, &why);
    if (root == NULL) {
        err_set_at(err, (unsigned)why.line, (unsigned)why.column, "is not JSON");
        return NULL;
    }
    json_t *sources = json_object_get(root, "sources");
    bool is_ours =
        json_integer_value(json_object_get(root, "version")) == VERSION && json_is_object(sources);
    json_t *kept = is_ours ? json_incref(sources) : NULL;
    json_decref(root);
    if (kept == NULL) {
        err_set(err, "is no state of sources, version %d", VERSION);
    }
    return kept;
}

void feeds_state_load(const char *path, const struct feeds_source *sources, size_t count,
                      struct feeds_state *states)
{
    struct buf text = BUF_EMPTY;
    struct err err = ERR_NONE;
    json_t *root = NULL;
    if (access(path, F_OK) != 0) {
        return;
    }
    if (file_read(path, MAX_FILE, &text, &err)) {
        buf_put(&text, "", 0);
        root = parse(buf_str(&text), &err);
    }
    if (root == NULL) {
        log_line(LOG_WARN, "sources_state_unreadable", LOG_TEXT("file", path),
                 LOG_TEXT("reason", err.message), LOG_NUMBER("line", err.line));
    }
    for (size_t i = 0; root != NULL && i < count; i++) {
        take_state(json_object_getn(root, sources[i].id.at, sources[i].id.len), &sources[i],
                   &states[i]);
    }
    json_decref(root);
    buf_fini(&text);
}

static void put_text(struct buf *out, const char *name, const char *value)
{
    if (value != NULL) {
        buf_put_json_field(out, name, str_of(value));
    }
}

bool feeds_state_save(const char *path, const struct feeds_source *sources, size_t count,
                      const struct feeds_state *states, struct err *err)
{
    struct buf out = BUF_EMPTY;
    buf_printf(&out, "{\"version\":%d,\"sources\":{", VERSION);
    for (size_t i = 0; i < count; i++) {
        const struct feeds_state *state = &states[i];
        buf_put_string(&out, i > 0 ? ",\n" : "\n");
        buf_put_json(&out, sources[i].id);
        buf_put_string(&out, ":{");
        buf_put_json_field(&out, "place", place_of(&sources[i]));
        put_text(&out, "moved", state->moved);
        put_text(&out, "etag", state->etag);
        put_text(&out, "last_modified", state->last_modified);
        put_text(&out, "error", state->error);
        buf_printf(&out, ",\"due\":%lld,\"every\":%lld,\"fetched\":%lld,\"changed\":%lld",
                   (long long)state->due_ms, (long long)state->every_ms,
                   (long long)state->fetched_ms, (long long)state->changed_ms);
        buf_printf(&out, ",\"failures\":%u,\"gone\":%s}", state->failures,
                   state->is_gone ? "true" : "false");
    }
    buf_put_string(&out, "\n}}\n");
    bool done = file_write(path, buf_str(&out), 0600, err);
    buf_fini(&out);
    return done;
}
