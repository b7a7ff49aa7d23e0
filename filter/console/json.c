#include "filter/console/json.h"

/* A comma, unless the object or array was just opened. */
static void join(struct buf *out)
{
    char last = out->len > 0 ? out->bytes[out->len - 1] : '{';
    if (last != '{' && last != '[') {
        buf_put_char(out, ',');
    }
}

static void put_name(struct buf *out, const char *name)
{
    join(out);
    buf_printf(out, "\"%s\":", name);
}

static void put_text(struct buf *out, const char *name, struct str value)
{
    if (value.len > 0) {
        buf_put_json_field(out, name, value);
    }
}

static void put_int(struct buf *out, const char *name, int64_t value)
{
    put_name(out, name);
    buf_put_int(out, value);
}

/* The phrase of a status (RFC 9110, section 15). */
static const char *phrase(unsigned status)
{
    static const struct {
        unsigned status;
        const char *phrase;
    } phrases[] = {
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {406, "Not Acceptable"},
        {409, "Conflict"},
        {422, "Unprocessable Content"},
        {405, "Method Not Allowed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {421, "Misdirected Request"},
        {429, "Too Many Requests"},
        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        if (phrases[i].status == status) {
            return phrases[i].phrase;
        }
    }
    return "Error";
}

void json_problem(struct buf *out, unsigned status, const char *name, struct str detail)
{
    buf_put_char(out, '{');
    put_text(out, "type", STR("about:blank"));
    put_text(out, "title", str_of(phrase(status)));
    put_int(out, "status", status);
    put_text(out, "detail", detail);
    put_text(out, "error", str_of(name));
    buf_put_string(out, "}\n");
}
