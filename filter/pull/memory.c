#include "filter/pull/memory.h"

#include <errno.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/base/file.h"

#define TYPE "saring-pull-1"

static const int64_t day_ms = (int64_t)24 * 3600 * 1000;

enum { BYTES_MOST = 64 << 20, LANE_MOST = 10, BARRED_DAYS = 30, KEPT_DAYS = 90 };

static json_t *object_in(const json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    return json_is_object(value) ? json_incref(value) : json_object();
}

static int64_t number_in(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static bool read_memory(struct pull_memory *memory, const json_t *object, struct err *err)
{
    const json_t *manifest = json_object_get(object, "manifest"),
                 *type = json_object_get(object, "type");
    if (!str_is((struct str){json_string_value(type), json_string_length(type)}, TYPE) ||
        !hash_parse((struct str){json_string_value(manifest), json_string_length(manifest)},
                    &memory->manifest)) {
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
    memory->installed = object_in(object, "installed");
    memory->removed = object_in(object, "removed");
    memory->provisional = object_in(object, "provisional");
    return true;
}

bool pull_memory_load(struct pull_memory *memory, const char *path, struct err *err)
{
    struct buf bytes = BUF_EMPTY;
    *memory = (struct pull_memory){.installed = NULL};
    if (access(path, F_OK) != 0 && errno == ENOENT) {
        memory->installed = json_object();
        memory->removed = json_object();
        memory->provisional = json_object();
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
}

enum pull_lane pull_memory_lane(struct pull_memory *memory, const struct hash *entry,
                                struct str domain, int64_t now_ms, int64_t *end_ms)
{
    char hex[HASH_HEX];
    const char *id;
    json_t *one;
    size_t live = 0;
    hash_format(entry, hex);
    json_t *known = json_object_get(memory->provisional, hex);
    if (known != NULL) {
        *end_ms = number_in(known, "first") + day_ms;
        return now_ms < *end_ms ? PULL_LANE_FREE : PULL_LANE_OVER;
    }
    json_object_foreach(memory->provisional, id, one)
    {
        const json_t *value = json_object_get(one, "domain");
        int64_t lapse = number_in(one, "first") + day_ms;
        if (str_equal((struct str){json_string_value(value), json_string_length(value)}, domain) &&
            now_ms < lapse + BARRED_DAYS * day_ms) {
            return PULL_LANE_BARRED;
        }
        live += now_ms < lapse ? 1 : 0;
    }
    if (live >= LANE_MOST) {
        return PULL_LANE_FULL;
    }
    json_object_set_new(memory->provisional, hex,
                        json_pack("{so sI}", "domain", json_stringn(domain.at, domain.len), "first",
                                  (json_int_t)now_ms));
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
