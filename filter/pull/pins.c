#include "filter/pull/pins.h"

#include <errno.h>
#include <jansson.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/canonical.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/file.h"

#define TYPE "saring-season-1"

enum { SEASON_BYTES = 256 * 1024, LONGEST_DAYS = 240 };

static struct str text_in(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return (struct str){json_string_value(value), json_string_length(value)};
}

bool pull_role_parse(struct str name, enum pull_role *role)
{
    static const char *const names[] = {"team", "independent", "appeals"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(name, names[i])) {
            *role = (enum pull_role)i;
            return true;
        }
    }
    return false;
}

static bool read_organisation(struct pull_pins *pins, const json_t *value, struct arena *arena,
                              struct err *err)
{
    struct str name = text_in(value, "name");
    const json_t *lines = json_object_get(value, "keys");
    struct pull_key one = {
        .organisation = {.at = arena_copy(arena, name.at, name.len), .len = name.len}};
    if (name.len == 0 || one.organisation.at == NULL ||
        !pull_role_parse(text_in(value, "role"), &one.role)) {
        return err_set(err, "names an organisation without a name or a role (team, independent, "
                            "appeals)");
    }
    one.is_off_server = one.role != PULL_TEAM;
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *line = json_array_get(lines, i);
        if (pins->key_count == PULL_KEYS_MOST) {
            return err_set(err, "names more than %d keys", PULL_KEYS_MOST);
        }
        if (!sshsig_key_parse((struct str){json_string_value(line), json_string_length(line)},
                              &one.key, err)) {
            return false;
        }
        /* By one key of two roles one person would be two organisations. */
        for (size_t k = 0; k < pins->key_count; k++) {
            if (sshsig_key_equal(&pins->keys[k].key, &one.key)) {
                return err_set(err, "names one key twice, of %.*s and of %.*s",
                               STR_FORMAT(pins->keys[k].organisation), STR_FORMAT(name));
            }
        }
        pins->keys[pins->key_count++] = one;
    }
    return true;
}

static bool read_season(struct pull_pins *pins, const json_t *object, struct arena *arena,
                        struct err *err)
{
    const json_t *list = json_object_get(object, "organisations");
    struct str name = text_in(object, "name");
    pins->keys = arena_array(arena, PULL_KEYS_MOST, sizeof *pins->keys);
    pins->name = (struct str){.at = arena_copy(arena, name.at, name.len), .len = name.len};
    if (pins->keys == NULL || pins->name.at == NULL || !str_is(text_in(object, "type"), TYPE)) {
        return err_set(err, "is no season's file (type %s)", TYPE);
    }
    if (!clock_parse(text_in(object, "start"), &pins->start_ms) ||
        !clock_parse(text_in(object, "end"), &pins->end_ms) || pins->end_ms <= pins->start_ms ||
        pins->end_ms - pins->start_ms > (int64_t)LONGEST_DAYS * 24 * 3600 * 1000) {
        return err_set(err, "has no start and end that are at most %d days apart", LONGEST_DAYS);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!read_organisation(pins, json_array_get(list, i), arena, err)) {
            return false;
        }
    }
    return pins->key_count >= 2 || err_set(err, "names fewer than two keys");
}

static bool load_season(struct pull_pins *pins, const char *path, struct arena *arena,
                        struct err *err)
{
    struct buf bytes = BUF_EMPTY;
    bool done = file_read(path, SEASON_BYTES, &bytes, err);
    json_t *object = done ? canonical_read(buf_str(&bytes), err) : NULL;
    done = object != NULL && read_season(pins, object, arena, err);
    if (done) {
        pins->season = hash_sha256(buf_str(&bytes));
    }
    json_decref(object);
    buf_fini(&bytes);
    return done || err_in_file(err, path);
}

static bool load_list_key(struct pull_pins *pins, const char *path, struct err *err)
{
    struct buf line = BUF_EMPTY;
    bool done = file_read(path, SSHSIG_MAX_BYTES, &line, err) &&
                sshsig_key_parse(str_trim(buf_str(&line)), &pins->list, err);
    buf_fini(&line);
    return done || err_in_file(err, path);
}

static bool load_off_server(struct pull_pins *pins, const char *path, struct err *err)
{
    struct buf bytes = BUF_EMPTY;
    if (access(path, F_OK) != 0 && errno == ENOENT) {
        return true;
    }
    bool done = file_read(path, SEASON_BYTES, &bytes, err);
    struct str left = buf_str(&bytes);
    for (unsigned number = 1; done && left.len > 0; number++) {
        const char *end = memchr(left.at, '\n', left.len);
        size_t len = end != NULL ? (size_t)(end - left.at) : left.len;
        struct str line = str_trim(str_part(left, 0, len));
        left = str_part(left, end != NULL ? len + 1 : len, left.len);
        struct sshsig_key key;
        if (line.len == 0 || line.at[0] == '#') {
            continue;
        }
        if (!sshsig_key_parse(line, &key, err)) {
            err->line = number;
            done = false;
        }
        if (done && sshsig_key_equal(&key, &pins->list)) {
            done = err_set_at(err, number, 1, "is the key that signs lists: it is on the server");
        }
        for (size_t i = 0; done && i < pins->key_count; i++) {
            pins->keys[i].is_off_server |= sshsig_key_equal(&pins->keys[i].key, &key);
        }
    }
    buf_fini(&bytes);
    return done || err_in_file(err, path);
}

bool pull_pins_load(struct pull_pins *pins, const char *folder, struct arena *arena,
                    struct err *err)
{
    struct buf season = BUF_EMPTY, list = BUF_EMPTY, off = BUF_EMPTY;
    *pins = (struct pull_pins){.keys = NULL};
    buf_printf(&season, "%s/season.json", folder);
    buf_printf(&list, "%s/list.pub", folder);
    buf_printf(&off, "%s/off-server.pub", folder);
    bool done = load_season(pins, season.bytes, arena, err) &&
                load_list_key(pins, list.bytes, err) && load_off_server(pins, off.bytes, err);
    buf_fini(&season);
    buf_fini(&list);
    buf_fini(&off);
    return done;
}

const struct pull_key *pull_pins_find(const struct pull_pins *pins, struct str line,
                                      enum pull_role role)
{
    struct sshsig_key key;
    struct err ignored = ERR_NONE;
    if (!sshsig_key_parse(line, &key, &ignored)) {
        return NULL;
    }
    for (size_t i = 0; i < pins->key_count; i++) {
        if (pins->keys[i].role == role && !pins->keys[i].is_revoked &&
            sshsig_key_equal(&pins->keys[i].key, &key)) {
            return &pins->keys[i];
        }
    }
    return NULL;
}
