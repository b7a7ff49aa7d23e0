/* What of the published lists can be watched: whether they go on being made, and why not. */
#include <jansson.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/console/metrics.h"

enum { MANIFEST_BYTES = 1 << 20 };

static void put_gauge(struct buf *out, const char *name, const char *help, int64_t value)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %lld\n", name, help, name, name,
               (long long)value);
}

static int64_t seconds_in(const json_t *manifest, const char *name)
{
    const json_t *value = json_object_get(manifest, name);
    int64_t ms;
    return clock_parse((struct str){json_string_value(value), json_string_length(value)}, &ms)
               ? ms / 1000
               : 0;
}

static void put_manifest(struct buf *out, const json_t *manifest)
{
    put_gauge(out, "saring_lists_serial", "Serial of the published lists.",
              json_integer_value(json_object_get(manifest, "serial")));
    put_gauge(out, "saring_lists_entries", "Entries in the published lists.",
              json_integer_value(json_object_get(manifest, "entries")));
    put_gauge(out, "saring_lists_emptied",
              "1 if they were emptied: broken log, clock that went back, season over.",
              (int64_t)json_string_length(json_object_get(manifest, "empty")) > 0);
    put_gauge(out, "saring_lists_made_timestamp_seconds",
              "When they were made, in seconds since 1970.", seconds_in(manifest, "made"));
    put_gauge(out, "saring_lists_valid_until_timestamp_seconds",
              "Until when they may be used; then consumers block nothing.",
              seconds_in(manifest, "valid_until"));
}

void metrics_lists_put(struct buf *out, const char *link)
{
    struct buf path = BUF_EMPTY, bytes = BUF_EMPTY;
    struct err ignored = ERR_NONE;
    buf_printf(&path, "%s/manifest.json", link);
    json_t *manifest = file_read(path.bytes, MANIFEST_BYTES, &bytes, &ignored)
                           ? json_loadb(bytes.bytes, bytes.len, JSON_REJECT_DUPLICATES, NULL)
                           : NULL;
    put_gauge(out, "saring_lists_readable", "1 if there are published lists, with a manifest.",
              manifest != NULL);
    if (manifest != NULL) {
        put_manifest(out, manifest);
    }
    json_decref(manifest);
    buf_fini(&bytes);
    buf_fini(&path);
}
