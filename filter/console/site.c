#include "filter/console/site.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/blocklist/seal.h"
#include "filter/casebook/register.h"
#include "filter/console/site_correction.h"
#include "filter/console/site_data.h"
#include "filter/console/site_download.h"
#include "filter/console/site_entries.h"
#include "filter/console/site_feed.h"
#include "filter/console/site_figures.h"
#include "filter/console/site_mask.h"
#include "filter/console/site_page.h"
#include "filter/console/site_part.h"
#include "filter/console/site_rules.h"
#include "filter/console/style.h"
#include "filter/pipeline/config.h"

enum {
    LINES_BYTES = 512 << 20,
    SEASON_BYTES = 64 << 10,
    FIGURES_BYTES = 128 << 20,
    BLOCKED_MOST = 100
};

struct writing {
    struct casebook *casebook;
    const struct site_options *options;
    struct site_report *report;
    struct site_data *data;
    struct arena *arena;
    struct site_line *lines, *blocked;
    size_t count, room, blocked_count, blocked_room;
    struct buf ndjson, csv, entries, entries_csv;
    struct site_feed *feed;
    struct site_corrections *corrections;
    struct casebook_head head;
    bool is_failed, has_season, is_season;
    struct err *err;
};

static bool put_page(struct writing *in, const char *name, struct html *html)
{
    bool done = site_data_page(in->data, name, html_str(html), in->err);
    html_free(html);
    return done;
}

static struct str keep(struct writing *in, struct str text)
{
    const char *copy = arena_copy(in->arena, text.at, text.len);
    return copy != NULL ? (struct str){.at = copy, .len = text.len} : STR("");
}

static void keep_line(struct writing *in, const json_t *row, int64_t case_id)
{
    struct str state = site_text(row, "entry", "state");
    bool is_entry = state.len > 0;
    struct site_line line = {
        .case_id = case_id,
        .class = keep(in, site_text(row, "class", NULL)),
        .measure = keep(in, site_text(row, "measure", NULL)),
        .state = keep(in, is_entry ? state : site_text(row, "state", NULL)),
        .since = keep(in, site_text(row, "since", NULL)),
        .target = keep(in, site_text(row, "decision", "target")),
        .reason = keep(in, site_text(row, "decision", "reason")),
        .has_page = site_correction_is(row),
    };
    mem_grow(&in->lines, &in->room, in->count + 1, sizeof *in->lines);
    in->lines[in->count++] = line;
    if (str_is(state, "active") || str_is(state, "provisional")) {
        mem_grow(&in->blocked, &in->blocked_room, in->blocked_count + 1, sizeof *in->blocked);
        in->blocked[in->blocked_count++] = line;
    }
}

/* The columns of register.csv after the case's number. */
static const struct {
    const char *name, *one, *two;
} columns[] = {
    {"class", "class", NULL},           {"measure", "measure", NULL},
    {"state", "state", NULL},           {"since", "since", NULL},
    {"target", "decision", "target"},   {"scope", "decision", "scope"},
    {"entry", "entry", "state"},        {"lane", "entry", "lane"},
    {"start", "decision", "start"},     {"end", "entry", "end"},
    {"ended", "ended", "how"},          {"end_reason", "ended", "reason"},
    {"reason", "decision", "reason"},   {"reason_en", "because", "reason_en"},
    {"milder", "because", "milder"},    {"claim", "decision", "claim"},
    {"correction", "decision", "text"}, {"correction_en", "decision", "text_en"},
    {"sent", "outcome", "sent"},        {"recipient_decision", "outcome", "decision"},
};

enum { COLUMNS = sizeof columns / sizeof *columns };

static void open_csv(struct buf *csv)
{
    buf_put_csv(csv, STR("case"));
    for (size_t i = 0; i < COLUMNS; i++) {
        buf_put_csv(csv, str_of(columns[i].name));
    }
    buf_put_string(csv, "\r\n");
}

static void put_csv(struct buf *csv, const json_t *row, int64_t case_id)
{
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)case_id);
    buf_put_csv(csv, str_of(number));
    for (size_t i = 0; i < COLUMNS; i++) {
        buf_put_csv(csv, site_text(row, columns[i].one, columns[i].two));
    }
    buf_put_string(csv, "\r\n");
}

static bool put_record(void *context, const struct casebook_registered *registered)
{
    struct writing *in = context;
    char name[48], hex[HASH_HEX];
    json_t *row = site_mask_read(registered);
    if (row == NULL) {
        in->is_failed = true;
        return err_set(in->err, "row %lld of the register is damaged", (long long)registered->seq);
    }
    struct html *html = html_new();
    site_page_record(html, row, str_of(hash_format(&registered->hash, hex)));
    snprintf(name, sizeof name, "kasus-%lld.html", (long long)registered->case_id);
    in->is_failed =
        !put_page(in, name, html) ||
        !site_corrections_put(in->corrections, in->data, registered->case_id, row, in->err) ||
        !site_entries_put(row, &in->entries, &in->entries_csv, in->err);
    keep_line(in, row, registered->case_id);
    put_csv(&in->csv, row, registered->case_id);
    in->report->records++;
    json_decref(row);
    return !in->is_failed;
}

static bool put_row(void *context, const struct casebook_registered *registered)
{
    struct writing *in = context;
    in->is_failed = !site_mask_line(registered, &in->ndjson, in->err);
    if (in->is_failed) {
        return false;
    }
    buf_put_char(&in->ndjson, '\n');
    site_feed_add(in->feed, registered);
    site_corrections_note(in->corrections, registered);
    in->head = (struct casebook_head){.seq = registered->seq, .hash = registered->hash};
    in->report->rows++;
    return true;
}

static bool put_register(struct writing *in)
{
    unsigned pages = (unsigned)((in->count + SITE_LINES - 1) / SITE_LINES);
    bool done = true;
    pages = pages > 0 ? pages : 1;
    for (unsigned page = 1; done && page <= pages; page++) {
        char name[48];
        size_t from = (size_t)(page - 1) * SITE_LINES;
        size_t count = in->count - from < SITE_LINES ? in->count - from : SITE_LINES;
        struct html *html = html_new();
        site_page_register(html, in->lines + from, count, page, pages);
        snprintf(name, sizeof name, page == 1 ? "index.html" : "register-%u.html", page);
        done = put_page(in, name, html);
    }
    return done;
}

static bool put_others(struct writing *in)
{
    struct html *appeal = html_new(), *blocked = html_new();
    site_page_appeal(appeal);
    site_page_blocked(blocked, in->blocked,
                      in->blocked_count < BLOCKED_MOST ? in->blocked_count : BLOCKED_MOST);
    bool done = put_page(in, "banding.html", appeal);
    return put_page(in, "diblokir.html", blocked) && done;
}

static bool put_figures(struct writing *in)
{
    struct arena *arena = arena_new(FIGURES_BYTES);
    struct site_figures *figures = mem_zero(1, sizeof *figures);
    struct html *html = html_new();
    struct buf json = BUF_EMPTY, csv = BUF_EMPTY;
    const struct config *config = in->options->config;
    figures->records = in->count;
    bool done = site_figures_read(in->casebook, config->pairs, config->pair_count, arena, figures,
                                  in->err) &&
                site_figures_json(figures, &json, in->err);
    if (done) {
        site_figures_csv(figures, &csv);
        site_figures_page(html, figures);
        done = site_data_page(in->data, "angka.html", html_str(html), in->err) &&
               site_data_put(in->data, "figures.json", buf_str(&json), in->err) &&
               site_data_put(in->data, "figures.csv", buf_str(&csv), in->err);
    }
    html_free(html);
    buf_fini(&json);
    buf_fini(&csv);
    free(figures);
    arena_free(arena);
    return done;
}

static bool put_json(struct writing *in, const char *name, const json_t *object)
{
    struct buf bytes = BUF_EMPTY;
    bool done = canonical_json(object, &bytes, in->err) &&
                site_data_put(in->data, name, buf_str(&bytes), in->err);
    buf_fini(&bytes);
    return done;
}

/* A file of sources that does not load stops nothing here: the page of before stays. */
static bool put_sources(struct writing *in)
{
    struct err why = ERR_NONE;
    json_t *sources = site_sources(in->options->config, in->has_season, &why);
    if (sources == NULL) {
        log_line(LOG_WARN, "sources_not_published", LOG_TEXT("file", why.file),
                 LOG_TEXT("why", why.message));
        site_data_keep(in->data, "sources.json");
        return true;
    }
    struct html *html = html_new();
    site_sources_page(html, sources);
    bool done = put_page(in, "sumber.html", html) && put_json(in, "sources.json", sources);
    json_decref(sources);
    return done;
}

/* Nor do rules that are not loaded yet. */
static bool put_rules(struct writing *in)
{
    if (in->options->rules == NULL) {
        site_data_keep(in->data, "rules.json");
        return true;
    }
    json_t *rules = site_rules(in->casebook, in->options->rules, in->err);
    if (rules == NULL) {
        return false;
    }
    size_t count = json_array_size(json_object_get(rules, "rules"));
    unsigned pages = (unsigned)((count + SITE_RULES_ROWS - 1) / SITE_RULES_ROWS);
    bool done = put_json(in, "rules.json", rules);
    pages = pages > 0 ? pages : 1;
    for (unsigned page = 1; done && page <= pages; page++) {
        char name[48];
        struct html *html = html_new();
        snprintf(name, sizeof name, page == 1 ? "aturan.html" : "aturan-%u.html", page);
        site_rules_page(html, rules, page, pages);
        done = put_page(in, name, html);
    }
    json_decref(rules);
    return done;
}

static bool put_download(struct writing *in)
{
    struct html *html = html_new();
    site_download_page(html, in->data, &in->head);
    return put_page(in, "data.html", html);
}

/* Once there was a season here, nothing is a demonstration any more. */
static bool find_season(struct writing *in)
{
    struct arena *arena = arena_new(SEASON_BYTES);
    struct casebook_season season;
    bool done = casebook_season(in->casebook, arena, &season, &in->has_season, in->err);
    const char *state = in->options->state;
    in->is_season = in->has_season || (state != NULL && blocklist_seal_exists(state));
    arena_free(arena);
    return done;
}

static bool put_head(struct writing *in)
{
    struct buf line = BUF_EMPTY;
    int64_t time_ms = site_feed_newest(in->feed);
    casebook_head_format(&in->head, time_ms, &line);
    bool done = site_data_put(in->data, SITE_HEAD, buf_str(&line), in->err);
    buf_fini(&line);
    return done;
}

static bool put_data(struct writing *in)
{
    return site_data_put(in->data, SITE_REGISTER, buf_str(&in->ndjson), in->err) &&
           site_data_put(in->data, "register.csv", buf_str(&in->csv), in->err) &&
           site_data_put(in->data, SITE_ENTRIES, buf_str(&in->entries), in->err) &&
           site_data_put(in->data, "entries.csv", buf_str(&in->entries_csv), in->err) &&
           put_head(in) && site_feed_write(in->feed, in->data, in->options->origin, in->err) &&
           site_data_page(in->data, "style.css", style_text(), in->err);
}

static bool seal(struct writing *in)
{
    struct site_sealing sealing = {.state = in->options->state,
                                   .is_season = in->is_season,
                                   .head = in->head,
                                   .now_ms = clock_now_ms(&in->options->clock)};
    return casebook_head(in->casebook, &sealing.log.seq, &sealing.log.hash, in->err) &&
           site_data_seal(in->data, &sealing, in->err);
}

bool site_write(struct casebook *casebook, const struct site_options *options,
                struct site_report *report, struct err *err)
{
    *report = (struct site_report){.records = 0};
    if (mkdir(options->folder, 0755) != 0 && errno != EEXIST) {
        err_set(err, "cannot be made: %s", strerror(errno));
        return err_in_file(err, options->folder);
    }
    struct writing in = {.casebook = casebook,
                         .options = options,
                         .report = report,
                         .data = site_data_new(options->folder),
                         .arena = arena_new(LINES_BYTES),
                         .feed = site_feed_new(),
                         .corrections = site_corrections_new(),
                         .err = err};
    open_csv(&in.csv);
    site_entries_open(&in.entries_csv);
    buf_put(&in.ndjson, "", 0);
    buf_put(&in.entries, "", 0);
    bool done = casebook_register_read(casebook, false, put_row, &in, err) &&
                casebook_register_read(casebook, true, put_record, &in, err) && !in.is_failed &&
                put_register(&in) && site_corrections_write(in.corrections, in.data, err) &&
                put_others(&in) && put_data(&in) && put_figures(&in) && find_season(&in) &&
                put_sources(&in) && put_rules(&in) && put_download(&in) && seal(&in);
    report->written = site_data_written(in.data);
    site_data_free(in.data);
    site_feed_free(in.feed);
    site_corrections_free(in.corrections);
    buf_fini(&in.ndjson);
    buf_fini(&in.csv);
    buf_fini(&in.entries);
    buf_fini(&in.entries_csv);
    free(in.lines);
    free(in.blocked);
    arena_free(in.arena);
    return done;
}
