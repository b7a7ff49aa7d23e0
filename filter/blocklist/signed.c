#include "filter/blocklist/signed.h"

#include <jansson.h>

#include "filter/base/canonical.h"
#include "filter/base/err.h"

static void put_hand(const struct blocklist_hand *hand, const char *name, struct buf *out)
{
    buf_printf(out, "\"%s\":{", name);
    buf_put_json_field(out, "key", hand->key);
    buf_put_json_field(out, "signature", hand->signature);
    buf_put_char(out, '}');
}

void blocklist_signed_put(const struct blocklist_signed *line, struct buf *out)
{
    buf_put_char(out, '{');
    put_hand(&line->approver, "approver", out);
    buf_put_json_field(out, "entry", line->json);
    buf_put_char(out, ',');
    put_hand(&line->reviewer, "reviewer", out);
    buf_put_string(out, "}\n");
}

static void put_raw_hand(const struct blocklist_hand *hand, const char *before, struct buf *out)
{
    buf_put_string(out, before);
    buf_put_str(out, hand->key);
    buf_put_string(out, "\",\"signature\":\"");
    buf_put_str(out, hand->signature);
}

void blocklist_signed_put_raw(const struct blocklist_signed *line, struct buf *out)
{
    put_raw_hand(&line->approver, "{\"approver\":{\"key\":\"", out);
    buf_put_string(out, "\"},\"entry\":\"");
    buf_put_str(out, line->json);
    put_raw_hand(&line->reviewer, "\",\"reviewer\":{\"key\":\"", out);
    buf_put_string(out, "\"}}\n");
}

static bool read_text(const json_t *object, const char *name, struct arena *arena, struct str *out,
                      struct err *err)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_string(value)) {
        return err_set(err, "has no text as \"%s\"", name);
    }
    out->len = json_string_length(value);
    out->at = arena_copy(arena, json_string_value(value), out->len);
    return out->at != NULL || err_set(err, "leaves no room for more entries");
}

static bool read_hand(const json_t *object, const char *name, struct arena *arena,
                      struct blocklist_hand *out, struct err *err)
{
    const json_t *hand = json_object_get(object, name);
    return (json_object_size(hand) == 2 || err_set(err, "has no \"%s\"", name)) &&
           read_text(hand, "key", arena, &out->key, err) &&
           read_text(hand, "signature", arena, &out->signature, err);
}

bool blocklist_signed_read(struct str line, struct arena *arena, struct blocklist_signed *out,
                           struct err *err)
{
    *out = (struct blocklist_signed){.json = STR("")};
    if (line.len > BLOCKLIST_SIGNED_BYTES) {
        return err_set(err, "is longer than %d bytes", BLOCKLIST_SIGNED_BYTES);
    }
    json_t *object = canonical_read(line, err);
    bool done = object != NULL &&
                (json_object_size(object) == 3 || err_set(err, "has other members than three")) &&
                read_text(object, "entry", arena, &out->json, err) &&
                read_hand(object, "reviewer", arena, &out->reviewer, err) &&
                read_hand(object, "approver", arena, &out->approver, err);
    json_decref(object);
    return done;
}
