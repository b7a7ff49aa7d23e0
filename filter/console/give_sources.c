/* Sources and measures: both show how sources are. */
#include <stdio.h>

#include "feeds/edit.h"
#include "feeds/status.h"
#include "filter/base/file.h"
#include "filter/base/log.h"
#include "filter/casebook/measures.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"
#include "filter/console/page_measures.h"
#include "filter/console/page_sources.h"
#include "filter/console/page_table.h"
#include "filter/console/sources.h"

enum { ROWS = 20 };

static void put_rows(struct asked *asked, const struct sources *sources)
{
    const struct page *page = &asked->page;
    size_t first = (size_t)(page->place->page - 1) * ROWS;
    for (size_t i = first; i < sources->count && i < first + ROWS; i++) {
        struct buf health = BUF_EMPTY;
        feeds_status_explain(&sources->list[i], &sources->states[i], page->now_ms, &health);
        page_sources_row(page, &sources->list[i], &sources->states[i], buf_str(&health),
                         asked->visitor.role == ROLE_TEAM);
        buf_fini(&health);
    }
}

/* Sources have no order but the file's: a place in it is the number that its id hashes to. */
static struct casebook_after place_of_source(const struct feeds_source *source)
{
    return asked_name_place(source->id);
}

static void write_source(struct asked *asked, const struct feeds_source *source,
                         const struct feeds_state *state)
{
    struct buf health = BUF_EMPTY;
    feeds_status_explain(source, state, asked->page.now_ms, &health);
    const struct shapes_source shape = {
        .id = source->id,
        .name = source->name,
        .kind = str_of(feeds_kind_name(source->kind)),
        .organisation = source->organisation,
        .lang = source->lang,
        .url = source->url,
        .path = source->path,
        .status = str_of(feeds_status_name(feeds_status_of(source, state, asked->page.now_ms))),
        .health = buf_str(&health),
        .is_enabled = source->is_enabled,
        .fetched_ms = state->fetched_ms > 0 ? state->fetched_ms : CLOCK_NEVER,
    };
    asked_list_row(asked, &shape);
    buf_fini(&health);
}

static void write_sources(struct asked *asked, const struct sources *sources, struct str problem)
{
    const struct shapes_sources_head head = {
        .file = str_of(answers_options(asked->answers)->sources), .problem = problem};
    const struct casebook_after *from = &asked->request->place.after;
    size_t first = 0, most = asked_rows(asked, ROWS);
    struct casebook_after last = {.id = 0};
    while (from->id > 0 && first < sources->count &&
           place_of_source(&sources->list[first++]).id != from->id) {
    }
    first += (size_t)(asked->request->place.page - 1) * most;
    asked_list_open(asked);
    for (size_t i = first; i < sources->count && i < first + most; i++) {
        write_source(asked, &sources->list[i], &sources->states[i]);
        last = place_of_source(&sources->list[i]);
    }
    asked_list_close(asked, sources->count > first + most ? &last : NULL, &head);
}

void give_sources(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct sources sources;
    struct place place = *asked->page.place;
    char why[800];
    if (asked_open(asked) == NULL) {
        return;
    }
    bool is_read = sources_read(asked, &sources, &err);
    struct str problem = is_read ? STR("") : str_of(err_format(&err, why, sizeof why));
    if (asked_is_json(asked)) {
        write_sources(asked, &sources, problem);
        sources_fini(&sources);
        return;
    }
    if (is_read) {
        page_sources_open(&asked->page, str_of(answers_options(asked->answers)->sources));
        put_rows(asked, &sources);
        page_table_close(&asked->page);
        page_turn(&asked->page, MSG_PAGES, &place, &place.page,
                  (size_t)place.page * ROWS < sources.count);
    } else {
        page_sources_problem(&asked->page, problem);
    }
    page_close(&asked->page);
    asked_finish(asked, 200);
    sources_fini(&sources);
}

const struct form_field give_source_fields[] = {
    {"action", 8, false}, {"source", 200, false}, {NULL, 0, false}};

/* Through the same edit as `saring sources enable`: the file's new text must load, all else stays.
 */
static bool edit(const struct sources *sources, const char *path, struct str id, bool is_enabled,
                 struct err *err)
{
    struct buf next = BUF_EMPTY;
    bool done =
        (feeds_edit_find(sources->file, id) != NULL || err_set(err, "there is no such source")) &&
        feeds_edit_enable(buf_str(&sources->text), path, id, is_enabled, &next, err) &&
        (file_write(path, buf_str(&next), 0644, err) || err_in_file(err, path));
    buf_fini(&next);
    return done;
}

void take_source(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct sources sources;
    char why[800], who[CASEBOOK_NAME_MOST + 1];
    struct str action = form_get(&asked->form, "action"), id = form_get(&asked->form, "source");
    struct place there = asked_place(asked, ROUTE_SOURCES);
    bool is_enabled = str_is(action, "enable");
    there.page = asked->request->place.page;
    if (!is_enabled && !str_is(action, "disable")) {
        asked_fail(asked, &asked_bad_request);
        return;
    }
    const char *path = answers_options(asked->answers)->sources;
    if (sources_read(asked, &sources, &err) && edit(&sources, path, id, is_enabled, &err)) {
        snprintf(who, sizeof who, "%.*s", STR_FORMAT(asked->visit.name));
        log_line(LOG_INFO, "source_switched", LOG_TEXT("by", who),
                 LOG_NUMBER("on", is_enabled ? 1 : 0));
        asked_done(asked, is_enabled ? MSG_ENABLED : MSG_DISABLED_NOW, &there);
    } else {
        asked_refuse(asked, MSG_REFUSED, err_format(&err, why, sizeof why), STR(""), &there);
    }
    sources_fini(&sources);
}

static struct page_source_health health_of(const struct asked *asked)
{
    struct err ignored = ERR_NONE;
    struct sources sources;
    struct page_source_health health = {.is_known = sources_read(asked, &sources, &ignored)};
    for (size_t i = 0; health.is_known && i < sources.count; i++) {
        switch (feeds_status_of(&sources.list[i], &sources.states[i], asked->page.now_ms)) {
        case FEEDS_STATUS_OFF:
            health.off++;
            break;
        case FEEDS_STATUS_NEW:
        case FEEDS_STATUS_FINE:
            health.fine++;
            break;
        case FEEDS_STATUS_SILENT:
            health.silent++;
            break;
        case FEEDS_STATUS_FAILING:
        case FEEDS_STATUS_GONE:
            health.failing++;
            break;
        }
    }
    sources_fini(&sources);
    return health;
}

void give_measures(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return;
    }
    const struct casebook_measures *measures = answers_measures(asked->answers, casebook, &err);
    if (measures == NULL) {
        asked_fail_casebook(asked, &err);
        return;
    }
    struct page_source_health health = health_of(asked);
    if (asked_is_json(asked)) {
        const struct shapes_health shape = {.fine = health.fine,
                                            .silent = health.silent,
                                            .failing = health.failing,
                                            .off = health.off};
        const struct shapes_measures both = {.measures = measures,
                                             .sources = health.is_known ? &shape : NULL};
        asked_record(asked, &both);
        return;
    }
    page_measures(&asked->page, measures, &health);
    asked_finish(asked, 200);
}
