#include "filter/console/site_mask.h"

#include "filter/base/canonical.h"
#include "filter/base/err.h"

/* A member, or a member of a member; nothing here says whom it was about, or is a hash of that. */
static const struct {
    const char *name, *inner;
} kept[] = {
    {"schema", NULL},       {"case", NULL},      {"seq", NULL},         {"prev", NULL},
    {"time", NULL},         {"class", NULL},     {"measure", NULL},     {"state", NULL},
    {"since", NULL},        {"season", NULL},    {"disputed", NULL},    {"people", NULL},
    {"automated", NULL},    {"territory", NULL}, {"consumers", NULL},   {"legal_ground", NULL},
    {"masked_since", NULL}, {"entry", "state"},  {"entry", "lane"},     {"entry", "end"},
    {"entry", "since"},     {"ended", "how"},    {"decision", "start"},
};

json_t *site_mask_read(const struct casebook_registered *row)
{
    json_t *whole = json_loadb(row->json.at, row->json.len, 0, NULL);
    if (!row->is_masked || whole == NULL) {
        return whole;
    }
    json_t *rest = json_object();
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        json_t *value = json_object_get(whole, kept[i].name), *into = rest;
        const char *name = kept[i].name;
        if (kept[i].inner != NULL) {
            into = json_object_get(rest, name);
            if (into == NULL) {
                into = json_object();
                json_object_set_new(rest, name, into);
            }
            name = kept[i].inner;
            value = json_object_get(value, name);
        }
        if (value != NULL) {
            json_object_set(into, name, value);
        }
    }
    json_decref(whole);
    return rest;
}

bool site_mask_line(const struct casebook_registered *row, struct buf *out, struct err *err)
{
    char hex[HASH_HEX];
    if (!row->is_masked) {
        buf_put_str(out, row->json);
        return true;
    }
    json_t *whole = json_loadb(row->json.at, row->json.len, 0, NULL);
    json_t *line = json_pack("{ss sb sO sI}", "hash", hash_format(&row->hash, hex), "masked", 1,
                             "prev", json_object_get(whole, "prev"), "seq", (json_int_t)row->seq);
    bool done = line != NULL
                    ? canonical_json(line, out, err)
                    : err_set(err, "row %lld of the register is damaged", (long long)row->seq);
    json_decref(line);
    json_decref(whole);
    return done;
}
