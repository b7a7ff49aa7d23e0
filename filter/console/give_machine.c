/* What machines ask: whether it lives, whether it is ready, how much of everything there is. */
#include "filter/base/clock.h"
#include "filter/casebook/audit.h"
#include "filter/casebook/figures.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"
#include "filter/console/metrics.h"
#include "filter/console/openapi.h"

static void say(struct asked *asked, unsigned status, const char *text)
{
    asked->response->status = status;
    asked->response->type = "text/plain; charset=utf-8";
    buf_put_string(&asked->response->body, text);
}

void give_health(struct asked *asked)
{
    struct err err = ERR_NONE;
    int64_t seq;
    struct hash head;
    struct casebook *casebook = asked_reader(asked, &err);
    if (casebook == NULL || !casebook_head(casebook, &seq, &head, &err)) {
        asked_fail_casebook(asked, &err);
        return;
    }
    say(asked, 200, "ok\n");
}

/* Beside the health: whether anything that is decided here can be in force. */
void give_ready(struct asked *asked)
{
    struct err err = ERR_NONE;
    bool went_back = false;
    struct casebook *casebook = asked_reader(asked, &err);
    if (casebook == NULL || !casebook_clock_went_back(casebook, &went_back, &err)) {
        asked_fail_casebook(asked, &err);
    } else if (went_back) {
        asked->response->retry_s = 60;
        say(asked, 503,
            "jam mesin ini mundur / the clock of this machine went back behind the log\n");
    } else {
        say(asked, 200, "ok\n");
    }
}

void give_metrics(struct asked *asked)
{
    struct err err = ERR_NONE;
    const struct casebook_figures *figures;
    if (!asked->request->is_local &&
        !(asked->is_machine && casebook_scope_has(asked->machine.scopes, SCOPE_METRICS))) {
        asked_fail(asked, &asked_forbidden);
        return;
    }
    struct casebook *casebook = asked_reader(asked, &err);
    if (casebook == NULL || (figures = answers_figures(asked->answers, casebook, &err)) == NULL) {
        asked_fail_casebook(asked, &err);
        return;
    }
    asked->response->status = 200;
    asked->response->type = METRICS_TYPE;
    metrics_put(&asked->response->body, figures, asked->page.now_ms);
    if (answers_options(asked->answers)->lists != NULL) {
        metrics_lists_put(&asked->response->body, answers_options(asked->answers)->lists);
    }
}

void give_openapi(struct asked *asked)
{
    struct err err = ERR_NONE;
    if (openapi_put(&asked->response->body)) {
        asked_finish_json(asked, 200);
    } else {
        err_set(&err, "no memory for the document of the routes");
        asked_fail_casebook(asked, &err);
    }
}
