#include "filter/console/answer.h"

#include <stdlib.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/casebook/casebook.h"
#include "filter/console/gzip.h"
#include "filter/console/html.h"
#include "filter/console/json.h"
#include "filter/console/page.h"
#include "filter/console/style.h"

enum {
    LEAST_GZIP = 600,           /* below that it saves no packet */
    MAX_QUEUE_BYTES = 1 << 20,  /* of the rows on a page */
    MAX_CASE_BYTES = 160 << 20, /* 100 posts of 1 MiB and what belongs to them */
};

struct answers {
    char *path;
    const struct clock *clock;
    struct casebook *casebook; /* NULL: not open */
    bool is_failing;           /* and the log says so already */
};

struct answers *answers_new(const char *path, const struct clock *clock)
{
    struct answers *answers = mem_zero(1, sizeof *answers);
    answers->path = mem_copy_string(path);
    answers->clock = clock;
    return answers;
}

void answers_free(struct answers *answers)
{
    if (answers != NULL) {
        casebook_close(answers->casebook);
        free(answers->path);
        free(answers);
    }
}

/* Everything that can come of a question, apart from a page. */
struct failure {
    unsigned status;
    const char *name; /* for JSON */
    enum message title, hint;
};

static const struct failure bad_request = {400, "bad_request", MSG_BAD_REQUEST,
                                           MSG_BAD_REQUEST_HINT};
static const struct failure not_found = {404, "not_found", MSG_NOT_FOUND, MSG_NOT_FOUND_HINT};
static const struct failure not_allowed = {405, "method_not_allowed", MSG_NOT_ALLOWED,
                                           MSG_NOT_ALLOWED_HINT};
static const struct failure too_long = {414, "too_long", MSG_TOO_LARGE, MSG_TOO_LARGE_HINT};
static const struct failure wrong_host = {421, "wrong_host", MSG_WRONG_HOST, MSG_WRONG_HOST_HINT};
static const struct failure unavailable = {503, "unavailable", MSG_UNAVAILABLE,
                                           MSG_UNAVAILABLE_HINT};

struct asked {
    struct answers *answers;
    const struct request *request;
    struct response *response;
    struct page page;
    struct arena *arena;
};

static void finish_html(struct asked *asked, unsigned status)
{
    asked->response->status = status;
    asked->response->type = "text/html; charset=utf-8";
    buf_put_str(&asked->response->body, html_str(asked->page.html));
}

static void finish_json(struct asked *asked, unsigned status)
{
    asked->response->status = status;
    asked->response->type = "application/json";
}

static void fail(struct asked *asked, const struct failure *failure)
{
    if (asked->request->wants_json) {
        json_error(&asked->response->body, failure->status, failure->name);
        finish_json(asked, failure->status);
        return;
    }
    page_error(&asked->page, failure->title, failure->hint);
    finish_html(asked, failure->status);
}

/* The casebook gave an error: it is opened anew next time, as it may have been replaced. */
static void fail_casebook(struct asked *asked, const struct err *err)
{
    char why[800];
    if (!asked->answers->is_failing) {
        log_line(LOG_ERROR, "console_casebook", LOG_TEXT("why", err_format(err, why, sizeof why)));
    }
    asked->answers->is_failing = true;
    casebook_close(asked->answers->casebook);
    asked->answers->casebook = NULL;
    fail(asked, &unavailable);
}

static bool open_casebook(struct answers *answers, struct err *err)
{
    if (answers->casebook == NULL) {
        answers->casebook = casebook_open_read(answers->path, answers->clock, err);
        answers->is_failing = answers->is_failing && answers->casebook == NULL;
    }
    return answers->casebook != NULL;
}

/* What every page says on top. */
static bool learn_season(struct asked *asked, struct err *err)
{
    asked->page.knows_season = casebook_season(asked->answers->casebook, asked->arena,
                                               &asked->page.season, &asked->page.has_season, err);
    return asked->page.knows_season;
}

/* Rows of the queue, kept beyond the call that gave them. */
struct rows {
    struct arena *arena;
    struct casebook_case cases[PAGE_ROWS];
    size_t count;
    bool has_more, has_failed;
};

static bool keep(struct rows *rows, struct str *text)
{
    text->at = arena_copy(rows->arena, text->at != NULL ? text->at : "", text->len);
    return text->at != NULL;
}

static bool take_row(void *context, const struct casebook_case *one)
{
    struct rows *rows = context;
    if (rows->count == PAGE_ROWS) {
        rows->has_more = true;
        return false;
    }
    struct casebook_case *kept = &rows->cases[rows->count];
    *kept = *one;
    if (!keep(rows, &kept->rule_id) || !keep(rows, &kept->rule_title) ||
        !keep(rows, &kept->level) || !keep(rows, &kept->excerpt) ||
        !keep(rows, &kept->claimed_by)) {
        rows->has_failed = true;
        return false;
    }
    rows->count++;
    return true;
}

static struct casebook_filter filter_of(const struct place *place)
{
    return (struct casebook_filter){
        .only_class = place->only_class,
        .class = place->class,
        .only_state = place->states == STATES_ONE,
        .state = place->state,
        .live = place->states == STATES_LIVE,
        .offset = (size_t)(place->page - 1) * PAGE_ROWS,
        .limit = PAGE_ROWS + 1, /* one more tells whether there is a next page */
    };
}

static void give_queue(struct asked *asked)
{
    struct err err = ERR_NONE;
    const struct place *place = &asked->request->place;
    struct casebook_filter filter = filter_of(place);
    struct rows rows = {.arena = asked->arena = arena_new(MAX_QUEUE_BYTES)};
    if (!open_casebook(asked->answers, &err) || !learn_season(asked, &err) ||
        !casebook_list(asked->answers->casebook, &filter, take_row, &rows, &err)) {
        fail_casebook(asked, &err);
    } else if (rows.has_failed) {
        err_set(&err, "a page of the queue needs more than %d bytes", MAX_QUEUE_BYTES);
        fail_casebook(asked, &err);
    } else if (asked->request->wants_json) {
        json_queue(&asked->response->body, place, rows.cases, rows.count, rows.has_more);
        finish_json(asked, 200);
    } else {
        page_queue(&asked->page, rows.cases, rows.count, rows.has_more);
        finish_html(asked, 200);
    }
}

static void give_case(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook_page one;
    bool found = false;
    asked->arena = arena_new(MAX_CASE_BYTES);
    if (!open_casebook(asked->answers, &err) || !learn_season(asked, &err) ||
        !casebook_show(asked->answers->casebook, asked->request->place.case_id, asked->arena, &one,
                       &found, &err)) {
        fail_casebook(asked, &err);
    } else if (!found) {
        fail(asked, &not_found);
    } else if (asked->request->wants_json) {
        json_case(&asked->response->body, &asked->request->place, &one);
        finish_json(asked, 200);
    } else {
        page_case(&asked->page, &one);
        finish_html(asked, 200);
    }
}

static void give_health(struct asked *asked)
{
    struct err err = ERR_NONE;
    int64_t seq;
    struct hash head;
    bool is_well = open_casebook(asked->answers, &err) &&
                   casebook_head(asked->answers->casebook, &seq, &head, &err);
    if (!is_well) {
        fail_casebook(asked, &err);
        return;
    }
    asked->response->status = 200;
    asked->response->type = "text/plain; charset=utf-8";
    buf_put_string(&asked->response->body, "ok\n");
}

static void give_style(struct asked *asked)
{
    asked->response->status = 200;
    asked->response->type = "text/css; charset=utf-8";
    asked->response->is_lasting = asked->request->place.is_current;
    buf_put_str(&asked->response->body, style_text());
}

static void give_place(struct asked *asked)
{
    switch (asked->request->place.route) {
    case ROUTE_QUEUE:
        give_queue(asked);
        break;
    case ROUTE_CASE:
        give_case(asked);
        break;
    case ROUTE_STYLE:
        give_style(asked);
        break;
    case ROUTE_HEALTH:
        give_health(asked);
        break;
    }
}

/* Nothing secret is on these pages, so that compressing them beside text from outside tells none.
 */
static void pack(struct response *response)
{
    struct buf packed = BUF_EMPTY;
    if (response->body.len < LEAST_GZIP || !gzip_put(buf_str(&response->body), &packed)) {
        buf_fini(&packed);
        return;
    }
    buf_fini(&response->body);
    response->body = packed;
    response->is_gzip = true;
}

void answers_give(struct answers *answers, const struct request *request, struct response *response)
{
    struct asked asked = {.answers = answers, .request = request, .response = response};
    *response = (struct response){.status = 500};
    asked.page = (struct page){
        .html = html_new(),
        .language = request->language,
        .now_ms = clock_now_ms(answers->clock),
        .place = &request->place,
        .style = style_path(),
    };
    if (!request->is_ours) {
        fail(&asked, &wrong_host);
    } else if (request->method == METHOD_OTHER) {
        fail(&asked, &not_allowed);
    } else if (request->is_too_long) {
        fail(&asked, &too_long);
    } else if (request->answer == PLACE_NONE) {
        fail(&asked, &not_found);
    } else if (request->answer == PLACE_BAD) {
        fail(&asked, &bad_request);
    } else {
        give_place(&asked);
    }
    if (request->takes_gzip) {
        pack(response);
    }
    html_free(asked.page.html);
    arena_free(asked.arena);
}
