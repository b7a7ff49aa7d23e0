#include "filter/pipeline/reports.h"

#include <stdio.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/casebook/claims.h"
#include "filter/pipeline/config.h"
#include "filter/pipeline/recheck.h"
#include "filter/rule/checkers.h"

struct reports {
    struct casebook *casebook;
    const struct config *config;
    bool is_failing;
};

struct reports *reports_new(struct casebook *casebook, const struct config *config)
{
    struct reports *reports = mem_zero(1, sizeof *reports);
    reports->casebook = casebook;
    reports->config = config;
    return reports;
}

void reports_free(struct reports *reports)
{
    free(reports);
}

/* Once for each reason in a report: a hostile one has thousands of lines. */
struct refusals {
    char first[200];
};

static void hear_bad(void *context, unsigned line, const char *why)
{
    struct refusals *refusals = context;
    (void)line;
    if (refusals->first[0] == '\0') {
        snprintf(refusals->first, sizeof refusals->first, "%s", why);
    }
}

static bool offer(void *context, const struct casebook_claim *claim)
{
    size_t *drafts = context;
    (void)claim;
    (*drafts)++;
    return true;
}

bool reports_take(void *context, struct str report, struct err *err)
{
    struct reports *reports = context;
    struct casebook_claims_report done;
    struct refusals refusals = {.first = ""};
    struct err ignored = ERR_NONE;
    size_t drafts = 0;
    struct rule_checkers *checkers = rule_checkers_load(reports->config->rules, err);
    bool taken = checkers != NULL && casebook_claims_report(reports->casebook, checkers, report,
                                                            hear_bad, &refusals, &done, err);
    rule_checkers_free(checkers);
    if (!taken) {
        return false;
    }
    if (done.refused > 0) {
        log_line(LOG_WARN, "reviews_refused", LOG_NUMBER("count", done.refused),
                 LOG_TEXT("first", refusals.first));
    }
    if (done.added + done.changed + done.gone > 0) {
        (void)(done.added > 0 && casebook_claims_list(reports->casebook, done.import, true, offer,
                                                      &drafts, &ignored));
        log_line(LOG_INFO, "reviews_taken", LOG_NUMBER("added", done.added),
                 LOG_NUMBER("changed", done.changed), LOG_NUMBER("gone", done.gone),
                 LOG_NUMBER("voided", done.voided), LOG_NUMBER("drafts", drafts));
    }
    return true;
}

static void put_page(void *context, struct str url)
{
    buf_put_str(context, url);
    buf_put_char(context, '\n');
}

void reports_pages(struct reports *reports, struct buf *pages)
{
    struct err err = ERR_NONE;
    bool done = casebook_claims_due(reports->casebook, RECHECK_MOST, put_page, pages, &err);
    if (!done && !reports->is_failing) {
        log_line(LOG_ERROR, "review_pages_not_asked", LOG_TEXT("why", err.message));
    }
    reports->is_failing = !done;
    if (!done) {
        buf_clear(pages);
    }
}
