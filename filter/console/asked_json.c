/* Answers in JSON: a record or a list of the route's own shape, or a problem. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "filter/console/asked.h"
#include "filter/console/json.h"
#include "filter/text/utf8.h"

enum { ROWS = 100 };

/* A form in a browser's encoding ends as a browser's does, with 303: `saring approver` sends those.
 */
bool asked_is_json(const struct asked *asked)
{
    const struct request *request = asked->request;
    return request->wants_json && (request->method != METHOD_POST || request->is_json);
}

size_t asked_rows(const struct asked *asked, size_t of_page)
{
    return asked_is_json(asked) ? ROWS : of_page;
}

struct casebook_after asked_name_place(struct str name)
{
    struct hash hash = hash_sha256(name);
    struct casebook_after place = {.id = 0};
    for (size_t i = 0; i < 7; i++) {
        place.id = place.id << 8 | hash.bytes[i];
    }
    place.id += place.id == 0; /* 0 is none */
    return place;
}

void asked_record(struct asked *asked, const void *record)
{
    shape_put(asked->route->json->of, record, &asked->response->body);
    buf_put_char(&asked->response->body, '\n');
    asked_finish_json(asked, 200);
}

void asked_list_open(struct asked *asked)
{
    buf_put_string(&asked->response->body, "{\"items\":[");
}

void asked_list_row(struct asked *asked, const void *record)
{
    shape_put(asked->route->json->of, record, &asked->response->body);
}

void asked_list_close(struct asked *asked, const struct casebook_after *next, const void *head)
{
    struct buf *out = &asked->response->body;
    buf_put_char(out, ']');
    if (next != NULL) {
        buf_put_string(out, ",\"next\":\"");
        place_put_after(next, out);
        buf_put_char(out, '"');
    }
    if (head != NULL) {
        shape_put_fields(asked->route->json->head, head, out);
    }
    buf_put_string(out, "}\n");
    asked_finish_json(asked, 200);
}

struct str asked_detail(struct asked *asked, struct str actor, struct str action, struct str detail)
{
    bool is_own = asked->page.visitor != NULL && str_equal(actor, asked->visitor.name);
    if (!str_is(action, "answer") || is_own) {
        return detail;
    }
    json_t *object = json_loadb(detail.at, detail.len, 0, NULL);
    json_object_del(object, "answers");
    char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    struct str left = text != NULL ? str_of(text) : STR("");
    left = asked_keep(asked, &left) ? left : STR("");
    free(text);
    json_decref(object);
    return left;
}

void asked_problem(struct asked *asked, unsigned status, const char *name, struct str detail)
{
    struct buf mended = BUF_EMPTY; /* a message may have been cut within a letter */
    buf_clear(&asked->response->body);
    utf8_mend(detail, &mended);
    json_problem(&asked->response->body, status, name, buf_str(&mended));
    buf_fini(&mended);
    asked->response->status = status;
    asked->response->type = JSON_PROBLEM_TYPE;
}
