#include "filter/casebook/evidence.h"

#include "filter/base/err.h"
#include "filter/casebook/case.h"

/* The fields and their names: TEXT(member), TIME(member). */
#define FIELDS(TEXT, TIME)                                                                         \
    TEXT(url)                                                                                      \
    TEXT(publisher)                                                                                \
    TIME(published_ms)                                                                             \
    TEXT(impersonates)                                                                             \
    TIME(valid_from_ms)                                                                            \
    TIME(valid_until_ms)                                                                           \
    TEXT(sha256)                                                                                   \
    TEXT(claim)                                                                                    \
    TEXT(rating)                                                                                   \
    TIME(rated_ms)

static void write_one(const struct rule_evidence *one, struct buf *out)
{
    char comma = '{';
#define TEXT(member)                                                                               \
    if (one->member.len > 0) {                                                                     \
        buf_printf(out, "%c\"" #member "\":", comma);                                              \
        buf_put_json(out, one->member);                                                            \
        comma = ',';                                                                               \
    }
#define TIME(member)                                                                               \
    if (one->member != CLOCK_NEVER) {                                                              \
        buf_printf(out, "%c\"" #member "\":%lld", comma, (long long)one->member);                  \
        comma = ',';                                                                               \
    }
    FIELDS(TEXT, TIME)
#undef TEXT
#undef TIME
    buf_put_string(out, comma == '{' ? "{}" : "}");
}

void casebook_evidence_write(const struct rule_evidence *evidence, size_t count, struct buf *out)
{
    buf_put_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            buf_put_char(out, ',');
        }
        write_one(&evidence[i], out);
    }
    buf_put_char(out, ']');
}

static void read_one(struct arena *arena, const json_t *object, struct rule_evidence *one)
{
    const json_t *time;
#define TEXT(member) one->member = casebook_keep(arena, casebook_json_text(object, #member));
#define TIME(member)                                                                               \
    time = json_object_get(object, #member);                                                       \
    one->member = json_is_integer(time) ? json_integer_value(time) : CLOCK_NEVER;
    FIELDS(TEXT, TIME)
#undef TEXT
#undef TIME
}

bool casebook_evidence_read(struct arena *arena, struct str json,
                            const struct rule_evidence **evidence, size_t *count, struct err *err)
{
    json_t *list = json_loadb(json.len > 0 ? json.at : "", json.len, 0, NULL);
    *count = json_array_size(list);
    struct rule_evidence *all = arena_array(arena, *count, sizeof *all);
    for (size_t i = 0; all != NULL && i < *count; i++) {
        read_one(arena, json_array_get(list, i), &all[i]);
    }
    bool done = list != NULL && all != NULL;
    json_decref(list);
    *evidence = all;
    return done || err_set(err, "the evidence of a rule in the casebook is damaged");
}
