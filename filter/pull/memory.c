#include "filter/pull/memory.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/sshsig.h"

#define TYPE "saring-pull-1"

static const int64_t day_ms = (int64_t)24 * 3600 * 1000;

enum { BYTES_MOST = 64 << 20, LANE_MOST = 10, BARRED_DAYS = 30, KEPT_DAYS = 90 };

static int64_t number_in(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static struct str text_in(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return (struct str){json_string_value(value), json_string_length(value)};
}

/* Whatever is in a memory was written by us: what is not as we write it is in doubt as a whole. */
static bool is_serial(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) && json_integer_value(value) >= 0 &&
           json_integer_value(value) <= UINT32_MAX;
}

static bool is_time(const json_t *value)
{
    return json_is_integer(value) && json_integer_value(value) >= 0;
}

static bool is_installed(const json_t *value)
{
    return json_is_string(value);
}

/* Of a memory from before evidence was remembered there is none. */
static bool is_provisional(const json_t *value)
{
    const json_t *evidence = json_object_get(value, "evidence"), *one;
    size_t at;
    struct hash ignored;
    json_array_foreach(evidence, at, one)
    {
        if (!hash_parse((struct str){json_string_value(one), json_string_length(one)}, &ignored)) {
            return false;
        }
    }
    return is_time(json_object_get(value, "first")) &&
           json_is_string(json_object_get(value, "domain")) &&
           (evidence == NULL || json_is_array(evidence));
}

/* None at all in a memory from before keys were revoked here. */
static json_t *revoked_in(const json_t *object)
{
    json_t *value = json_object_get(object, "revoked"), *one;
    const char *line;
    if (value == NULL) {
        return json_object();
    }
    if (!json_is_object(value)) {
        return NULL;
    }
    json_object_foreach(value, line, one)
    {
        struct sshsig_key key;
        struct err ignored = ERR_NONE;
        if (!sshsig_key_parse(str_of(line), &key, &ignored) || !is_time(one)) {
            return NULL;
        }
    }
    return json_incref(value);
}

/* Entries by their ids; NULL if it is not as that. */
static json_t *entries_in(const json_t *object, const char *name,
                          bool (*is_fine)(const json_t *value))
{
    json_t *value = json_object_get(object, name), *one;
    const char *id;
    struct hash ignored;
    if (!json_is_object(value)) {
        return NULL;
    }
    json_object_foreach(value, id, one)
    {
        if (!hash_parse(str_of(id), &ignored) || !is_fine(one)) {
            return NULL;
        }
    }
    return json_incref(value);
}

static bool read_seen(struct pull_memory *memory, const json_t *object)
{
    const json_t *seen = json_object_get(object, "seen");
    if (seen == NULL) {
        return true;
    }
    memory->seen_serial = (uint32_t)number_in(seen, "serial");
    return is_serial(seen, "serial") && memory->seen_serial > 0 &&
           hash_parse(text_in(seen, "head"), &memory->seen_head);
}

static bool read_memory(struct pull_memory *memory, const json_t *object, struct err *err)
{
    memory->installed = entries_in(object, "installed", is_installed);
    memory->removed = entries_in(object, "removed", is_time);
    memory->provisional = entries_in(object, "provisional", is_provisional);
    memory->revoked = revoked_in(object);
    if (!str_is(text_in(object, "type"), TYPE) || memory->installed == NULL ||
        memory->removed == NULL || memory->provisional == NULL || memory->revoked == NULL ||
        !hash_parse(text_in(object, "manifest"), &memory->manifest) ||
        !is_serial(object, "serial") || !is_serial(object, "local") ||
        !is_time(json_object_get(object, "now")) ||
        !is_time(json_object_get(object, "valid_until")) ||
        !is_time(json_object_get(object, "removals_read")) ||
        !is_time(json_object_get(object, "removals_made")) || !read_seen(memory, object)) {
        return err_set(err,
                       "is not what saring-pull remembers (%s); remove it to begin anew, "
                       "with nothing installed",
                       TYPE);
    }
    memory->now_ms = number_in(object, "now");
    memory->valid_until_ms = number_in(object, "valid_until");
    memory->removals_ms = number_in(object, "removals_read");
    memory->removals_made_ms = number_in(object, "removals_made");
    memory->serial = (uint32_t)number_in(object, "serial");
    memory->local = (uint32_t)number_in(object, "local");
    return true;
}

struct pull_memory pull_memory_none(void)
{
    return (struct pull_memory){.installed = json_object(),
                                .removed = json_object(),
                                .provisional = json_object(),
                                .revoked = json_object()};
}

bool pull_memory_load(struct pull_memory *memory, const char *path, struct err *err)
{
    struct buf bytes = BUF_EMPTY;
    *memory = (struct pull_memory){.installed = NULL};
    if (access(path, F_OK) != 0 && errno == ENOENT) {
        *memory = pull_memory_none();
        return true;
    }
    bool done = file_read(path, BYTES_MOST, &bytes, err);
    json_t *object = done ? canonical_read(buf_str(&bytes), err) : NULL;
    done = object != NULL && read_memory(memory, object, err);
    json_decref(object);
    buf_fini(&bytes);
    return done || err_in_file(err, path);
}

bool pull_memory_save(const struct pull_memory *memory, const char *path, struct err *err)
{
    char hex[HASH_HEX];
    struct buf bytes = BUF_EMPTY;
    json_t *object = json_pack(
        "{sO sI ss sI sO sI sI sO sI ss sI}", "installed", memory->installed, "local",
        (json_int_t)memory->local, "manifest", hash_format(&memory->manifest, hex), "now",
        (json_int_t)memory->now_ms, "provisional", memory->provisional, "removals_made",
        (json_int_t)memory->removals_made_ms, "removals_read", (json_int_t)memory->removals_ms,
        "removed", memory->removed, "serial", (json_int_t)memory->serial, "type", TYPE,
        "valid_until", (json_int_t)memory->valid_until_ms);
    if (json_object_size(memory->revoked) > 0) {
        json_object_set(object, "revoked", memory->revoked);
    }
    if (memory->seen_serial != 0) {
        json_object_set_new(object, "seen",
                            json_pack("{ss sI}", "head", hash_format(&memory->seen_head, hex),
                                      "serial", (json_int_t)memory->seen_serial));
    }
    bool done = canonical_json(object, &bytes, err) && file_write(path, buf_str(&bytes), 0600, err);
    json_decref(object);
    buf_fini(&bytes);
    return done || err_in_file(err, path);
}

void pull_memory_fini(struct pull_memory *memory)
{
    json_decref(memory->installed);
    json_decref(memory->removed);
    json_decref(memory->provisional);
    json_decref(memory->revoked);
}

static bool has_evidence(const json_t *known, const struct pull_claim *claim)
{
    const json_t *one;
    size_t at;
    json_array_foreach(json_object_get(known, "evidence"), at, one)
    {
        for (size_t i = 0; i < claim->evidence_count; i++) {
            char hex[HASH_HEX];
            if (strcmp(json_string_value(one), hash_format(&claim->evidence[i], hex)) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void note(struct pull_memory *memory, const struct pull_claim *claim, int64_t now_ms)
{
    char hex[HASH_HEX];
    json_t *evidence = json_array();
    for (size_t i = 0; i < claim->evidence_count; i++) {
        json_array_append_new(evidence, json_string(hash_format(&claim->evidence[i], hex)));
    }
    json_object_set_new(memory->provisional, hash_format(&claim->entry, hex),
                        json_pack("{so so sI}", "domain",
                                  json_stringn(claim->domain.at, claim->domain.len), "evidence",
                                  evidence, "first", (json_int_t)now_ms));
}

enum pull_lane pull_memory_lane(struct pull_memory *memory, const struct pull_claim *claim,
                                int64_t now_ms, int64_t *end_ms)
{
    char hex[HASH_HEX];
    const char *id;
    json_t *one;
    size_t live = 0;
    json_t *known = json_object_get(memory->provisional, hash_format(&claim->entry, hex));
    if (known != NULL) {
        *end_ms = number_in(known, "first") + day_ms;
        return now_ms < *end_ms ? PULL_LANE_FREE : PULL_LANE_OVER;
    }
    json_object_foreach(memory->provisional, id, one)
    {
        int64_t lapse = number_in(one, "first") + day_ms;
        if (now_ms < lapse + BARRED_DAYS * day_ms &&
            (str_equal(text_in(one, "domain"), claim->domain) || has_evidence(one, claim))) {
            return PULL_LANE_BARRED;
        }
        live += now_ms < lapse ? 1 : 0;
    }
    if (live >= LANE_MOST) {
        return PULL_LANE_FULL;
    }
    note(memory, claim, now_ms);
    *end_ms = now_ms + day_ms;
    return PULL_LANE_FREE;
}

void pull_memory_tidy(struct pull_memory *memory, int64_t now_ms)
{
    const char *id;
    json_t *one;
    void *next;
    json_object_foreach_safe(memory->provisional, next, id, one)
    {
        if (now_ms >= number_in(one, "first") + (1 + BARRED_DAYS) * day_ms) {
            json_object_del(memory->provisional, id);
        }
    }
    /* An entry lasts 30 days, renewals 90 in all: a removal outlives what it removes. */
    json_object_foreach_safe(memory->removed, next, id, one)
    {
        if (now_ms >= json_integer_value(one) + KEPT_DAYS * day_ms) {
            json_object_del(memory->removed, id);
        }
    }
}
