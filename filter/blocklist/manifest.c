#include "filter/blocklist/manifest.h"

#include <jansson.h>

#include "filter/base/canonical.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"

static json_t *text_of(struct str text)
{
    return json_stringn(text.len > 0 ? text.at : "", text.len);
}

static json_t *describe(const struct blocklist_file *file)
{
    char hex[HASH_HEX];
    return json_pack("{s:s, s:o, s:s, s:I, s:I, s:I, s:I, s:I}", "format", file->format, "name",
                     text_of(file->name), "sha256", hash_format(&file->sha256, hex), "bytes",
                     (json_int_t)file->bytes, "written", (json_int_t)file->counts.written,
                     "covered", (json_int_t)file->counts.covered, "narrowed",
                     (json_int_t)file->counts.narrowed, "skipped",
                     (json_int_t)file->counts.skipped);
}

bool blocklist_manifest(const struct blocklist_opening *opening, size_t entries,
                        const struct blocklist_file *files, size_t file_count, struct buf *out,
                        struct err *err)
{
    char made[CLOCK_TEXT], until[CLOCK_TEXT], hex[HASH_HEX];
    json_t *list = json_array();
    for (size_t i = 0; i < file_count; i++) {
        if (json_array_append_new(list, describe(&files[i])) != 0) {
            json_decref(list);
            return err_set(err, "a manifest cannot hold a file name that is no UTF-8");
        }
    }
    json_t *manifest = json_pack(
        "{s:s, s:b, s:o, s:I, s:o, s:s, s:o, s:s, s:o, s:I, s:s}", "type", "saring-manifest-1",
        "demo", opening->season.len == 0, "empty", text_of(opening->empty), "entries",
        (json_int_t)entries, "files", list, "head", hash_format(&opening->head, hex), "key",
        text_of(opening->fingerprint), "made", clock_format(opening->made_ms, made), "season",
        text_of(opening->season), "serial", (json_int_t)opening->serial, "valid_until",
        clock_format(opening->valid_until_ms, until));
    if (manifest == NULL) {
        return err_set(err, "a manifest cannot hold text that is no UTF-8");
    }
    bool done = canonical_json(manifest, out, err);
    json_decref(manifest);
    return done;
}
