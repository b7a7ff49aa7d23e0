#include "filter/console/site_data.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/base/canonical.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/hash.h"
#include "filter/base/mem.h"
#include "filter/blocklist/seal.h"

enum { MANIFEST_MOST = 64 << 10 };

#define SIGN_ANEW_MS ((int64_t)24 * 3600 * 1000)

struct site_data {
    const char *folder;
    struct {
        const char *name;
        struct hash sha256;
        size_t bytes;
    } files[SITE_FILES_MOST];
    size_t count, written;
};

struct site_data *site_data_new(const char *folder)
{
    struct site_data *data = mem_zero(1, sizeof *data);
    data->folder = folder;
    return data;
}

void site_data_free(struct site_data *data)
{
    free(data);
}

size_t site_data_written(const struct site_data *data)
{
    return data->written;
}

static struct buf path_of(const struct site_data *data, const char *name)
{
    struct buf path = BUF_EMPTY;
    buf_printf(&path, "%s/%s", data->folder, name);
    return path;
}

bool site_data_page(struct site_data *data, const char *name, struct str bytes, struct err *err)
{
    struct buf path = path_of(data, name), old = BUF_EMPTY;
    struct err none = ERR_NONE;
    bool is_same =
        file_read(path.bytes, SITE_FILE_MOST, &old, &none) && str_equal(buf_str(&old), bytes);
    bool done = is_same || file_write(path.bytes, bytes, 0644, err);
    data->written += done && !is_same ? 1 : 0;
    buf_fini(&path);
    buf_fini(&old);
    return done;
}

bool site_data_put(struct site_data *data, const char *name, struct str bytes, struct err *err)
{
    assert(data->count < SITE_FILES_MOST);
    data->files[data->count].name = name;
    data->files[data->count].sha256 = hash_sha256(bytes);
    data->files[data->count++].bytes = bytes.len;
    return site_data_page(data, name, bytes, err);
}

void site_data_keep(struct site_data *data, const char *name)
{
    struct buf path = path_of(data, name), bytes = BUF_EMPTY;
    struct err none = ERR_NONE;
    assert(data->count < SITE_FILES_MOST);
    if (file_read(path.bytes, SITE_FILE_MOST, &bytes, &none)) {
        data->files[data->count].name = name;
        data->files[data->count].sha256 = hash_sha256(buf_str(&bytes));
        data->files[data->count++].bytes = bytes.len;
    }
    buf_fini(&path);
    buf_fini(&bytes);
}

bool site_data_at(const struct site_data *data, size_t at, struct str *name, size_t *bytes)
{
    if (at >= data->count) {
        return false;
    }
    *name = str_of(data->files[at].name);
    *bytes = data->files[at].bytes;
    return true;
}

static json_t *head_json(const struct casebook_head *head)
{
    char hex[HASH_HEX];
    return json_pack("{ss sI}", "hash", hash_format(&head->hash, hex), "seq",
                     (json_int_t)head->seq);
}

/* All of the manifest but "key" and "made". */
static json_t *describe(const struct site_data *data, const struct site_sealing *sealing)
{
    json_t *files = json_array();
    for (size_t i = 0; i < data->count; i++) {
        char hex[HASH_HEX];
        json_array_append_new(files,
                              json_pack("{sI ss ss}", "bytes", (json_int_t)data->files[i].bytes,
                                        "name", data->files[i].name, "sha256",
                                        hash_format(&data->files[i].sha256, hex)));
    }
    return json_pack("{sb so so so ss}", "demo", !sealing->is_season, "files", files, "head",
                     head_json(&sealing->head), "log", head_json(&sealing->log), "type",
                     SITE_MANIFEST_TYPE);
}

/* Whether the manifest that stands there says the same, lately. */
static bool is_current(const struct site_data *data, const json_t *wanted, int64_t now_ms)
{
    struct buf path = path_of(data, SITE_MANIFEST), bytes = BUF_EMPTY;
    struct err none = ERR_NONE;
    json_t *old = file_read(path.bytes, MANIFEST_MOST, &bytes, &none)
                      ? canonical_read(buf_str(&bytes), &none)
                      : NULL;
    const char *made = json_string_value(json_object_get(old, "made"));
    int64_t made_ms = 0;
    bool is_fresh = made != NULL && clock_parse(str_of(made), &made_ms) && made_ms <= now_ms &&
                    now_ms - made_ms < SIGN_ANEW_MS;
    json_object_del(old, "made");
    json_object_del(old, "key");
    bool is_same = is_fresh && json_equal(old, wanted);
    json_decref(old);
    buf_fini(&path);
    buf_fini(&bytes);
    return is_same;
}

/* The signature goes first: who reads in between sees one that does not fit, and reads again. */
static bool sign(struct site_data *data, json_t *manifest, const struct blocklist_seal *seal,
                 int64_t now_ms, struct err *err)
{
    char fingerprint[SSHSIG_FINGERPRINT], made[CLOCK_TEXT];
    struct buf bytes = BUF_EMPTY, signature = BUF_EMPTY, line = BUF_EMPTY;
    json_object_set_new(manifest, "key",
                        json_string(sshsig_key_fingerprint(&seal->key, fingerprint)));
    json_object_set_new(manifest, "made", json_string(clock_format(now_ms, made)));
    bool done = canonical_json(manifest, &bytes, err);
    if (done) {
        blocklist_seal_sign(seal, buf_str(&bytes), &signature);
        sshsig_key_format(&seal->key, &line);
        buf_put_string(&line, " saring-list\n");
        done = site_data_page(data, SITE_KEY, buf_str(&line), err) &&
               site_data_page(data, SITE_SIGNATURE, buf_str(&signature), err) &&
               site_data_page(data, SITE_MANIFEST, buf_str(&bytes), err);
    }
    buf_fini(&bytes);
    buf_fini(&signature);
    buf_fini(&line);
    return done;
}

bool site_data_seal(struct site_data *data, const struct site_sealing *sealing, struct err *err)
{
    struct blocklist_seal seal;
    bool done = true;
    if (sealing->state == NULL) {
        return true;
    }
    json_t *manifest = describe(data, sealing);
    if (!is_current(data, manifest, sealing->now_ms)) {
        done = blocklist_seal_key(&seal, sealing->state,
                                  sealing->is_season ? BLOCKLIST_SEAL_SEASON : BLOCKLIST_SEAL_DEMO,
                                  err);
        if (done) {
            done = sign(data, manifest, &seal, sealing->now_ms, err);
            blocklist_seal_close(&seal);
        }
    }
    json_decref(manifest);
    return done;
}
