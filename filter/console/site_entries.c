#include "filter/console/site_entries.h"

#include <stdio.h>

#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/console/site_part.h"

/* The columns, and where a row has them. */
static const struct {
    const char *name, *one, *two;
} columns[] = {
    {"class", "class", NULL},
    {"scope", "decision", "scope"},
    {"target", "decision", "target"},
    {"state", "entry", "state"},
    {"lane", "entry", "lane"},
    {"start", "decision", "start"},
    {"end", "entry", "end"},
    {"since", "entry", "since"},
    {"ended", "ended", "how"},
    {"reason", "decision", "reason"},
    {"reason_en", "because", "reason_en"},
};

enum { COLUMNS = sizeof columns / sizeof *columns };

void site_entries_open(struct buf *csv)
{
    buf_put_csv(csv, STR("case"));
    for (size_t i = 0; i < COLUMNS; i++) {
        buf_put_csv(csv, str_of(columns[i].name));
    }
    buf_put_csv(csv, STR("harvest"));
    buf_put_csv(csv, STR("organisations"));
    buf_put_csv(csv, STR("record"));
    buf_put_string(csv, "\r\n");
}

/* The texts of an array of strings, or of a member of an array of objects. */
static json_t *pick(const json_t *list, const char *member)
{
    json_t *picked = json_array(), *one;
    size_t i;
    json_array_foreach((json_t *)(uintptr_t)list, i, one)
    {
        json_t *text = member != NULL ? json_object_get(one, member) : one;
        if (json_is_string(text)) {
            json_array_append(picked, text);
        }
    }
    return picked;
}

static void put_list(struct buf *csv, const json_t *list)
{
    const json_t *one;
    size_t i;
    struct buf joined = BUF_EMPTY;
    json_array_foreach((json_t *)(uintptr_t)list, i, one)
    {
        buf_put_string(&joined, i > 0 ? "; " : "");
        buf_put_string(&joined, json_string_value(one));
    }
    buf_put_csv(csv, buf_str(&joined));
    buf_fini(&joined);
}

bool site_entries_put(const json_t *row, struct buf *ndjson, struct buf *csv, struct err *err)
{
    char number[24], record[48];
    if (site_text(row, "entry", "state").len == 0) {
        return true;
    }
    long long case_id = (long long)json_integer_value(json_object_get(row, "case"));
    snprintf(number, sizeof number, "%lld", case_id);
    snprintf(record, sizeof record, "/kasus-%lld.html", case_id);
    json_t *harvest = pick(json_object_get(json_object_get(row, "decision"), "harvest"), NULL);
    json_t *organisations = pick(json_object_get(row, "people"), "organisation");
    json_t *line = json_pack("{sI so so ss ss}", "case", (json_int_t)case_id, "harvest", harvest,
                             "organisations", organisations, "record", record, "type",
                             "saring-register-entry-1");
    buf_put_csv(csv, str_of(number));
    for (size_t i = 0; i < COLUMNS; i++) {
        struct str value = site_text(row, columns[i].one, columns[i].two);
        buf_put_csv(csv, value);
        json_object_set_new(line, columns[i].name, json_stringn(value.at, value.len));
    }
    put_list(csv, harvest);
    put_list(csv, organisations);
    buf_put_csv(csv, str_of(record));
    buf_put_string(csv, "\r\n");
    bool done = canonical_json(line, ndjson, err);
    buf_put_char(ndjson, '\n');
    json_decref(line);
    return done;
}
