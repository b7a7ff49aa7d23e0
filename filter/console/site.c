#include "filter/console/site.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/casebook/measures.h"
#include "filter/casebook/register.h"
#include "filter/console/site_feed.h"
#include "filter/console/site_page.h"
#include "filter/console/style.h"

enum { LINES_BYTES = 512 << 20, FILE_MOST = 512 << 20, BLOCKED_MOST = 200 };

struct writing {
    struct casebook *casebook;
    const struct site_options *options;
    struct site_report *report;
    struct arena *arena;
    struct site_line *lines, *blocked;
    size_t count, room, blocked_count, blocked_room;
    struct buf ndjson, csv;
    struct site_feed feed;
    bool is_failed;
    struct err *err;
};

/* What stands there already is left alone: web servers and readers go by its time. */
static bool put_file(struct writing *in, const char *name, struct str bytes)
{
    struct buf path = BUF_EMPTY, old = BUF_EMPTY;
    struct err none = ERR_NONE;
    buf_printf(&path, "%s/%s", in->options->folder, name);
    bool is_same = file_read(path.bytes, FILE_MOST, &old, &none) && str_equal(buf_str(&old), bytes);
    bool done = is_same || file_write(path.bytes, bytes, 0644, in->err);
    in->report->written += done && !is_same ? 1 : 0;
    buf_fini(&path);
    buf_fini(&old);
    return done;
}

static bool put_page(struct writing *in, const char *name, struct html *html)
{
    bool done = put_file(in, name, html_str(html));
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
    };
    mem_grow(&in->lines, &in->room, in->count + 1, sizeof *in->lines);
    in->lines[in->count++] = line;
    if (str_is(state, "active") || str_is(state, "provisional")) {
        mem_grow(&in->blocked, &in->blocked_room, in->blocked_count + 1, sizeof *in->blocked);
        in->blocked[in->blocked_count++] = line;
    }
}

static void put_csv(struct buf *csv, const json_t *row)
{
    static const char *const paths[][2] = {
        {"class", NULL},        {"measure", NULL},        {"state", NULL},       {"since", NULL},
        {"decision", "target"}, {"entry", "state"},       {"decision", "start"}, {"entry", "end"},
        {"decision", "reason"}, {"because", "reason_en"}, {"because", "milder"}};
    char number[24];
    snprintf(number, sizeof number, "%lld",
             (long long)json_integer_value(json_object_get(row, "case")));
    buf_put_csv(csv, str_of(number));
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        buf_put_csv(csv, site_text(row, paths[i][0], paths[i][1]));
    }
    buf_put_string(csv, "\r\n");
}

static bool put_record(void *context, const struct casebook_registered *registered)
{
    struct writing *in = context;
    char name[48], hex[HASH_HEX];
    json_t *row = json_loadb(registered->json.at, registered->json.len, 0, NULL);
    if (row == NULL) {
        in->is_failed = true;
        return err_set(in->err, "row %lld of the register is damaged", (long long)registered->seq);
    }
    struct html *html = html_new();
    site_page_record(html, row, str_of(hash_format(&registered->hash, hex)));
    snprintf(name, sizeof name, "kasus-%lld.html", (long long)registered->case_id);
    in->is_failed = !put_page(in, name, html);
    keep_line(in, row, registered->case_id);
    put_csv(&in->csv, row);
    in->report->records++;
    json_decref(row);
    return !in->is_failed;
}

static bool put_row(void *context, const struct casebook_registered *registered)
{
    struct writing *in = context;
    buf_put_str(&in->ndjson, registered->json);
    buf_put_char(&in->ndjson, '\n');
    site_feed_add(&in->feed, registered);
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
    struct casebook_measures measures;
    if (!casebook_measure(in->casebook, &measures, in->err)) {
        return false;
    }
    struct html *appeal = html_new(), *blocked = html_new(), *figures = html_new();
    site_page_appeal(appeal);
    site_page_blocked(blocked, in->blocked,
                      in->blocked_count < BLOCKED_MOST ? in->blocked_count : BLOCKED_MOST);
    site_page_figures(figures, &measures, in->count, clock_now_ms(&in->options->clock));
    bool done = put_page(in, "banding.html", appeal);
    done = put_page(in, "diblokir.html", blocked) && done;
    return put_page(in, "angka.html", figures) && done;
}

static bool put_data(struct writing *in)
{
    struct buf feed = BUF_EMPTY;
    site_feed_write(&in->feed, in->options->origin, &feed);
    bool done = put_file(in, "register.ndjson", buf_str(&in->ndjson)) &&
                put_file(in, "register.csv", buf_str(&in->csv)) &&
                put_file(in, "perubahan.atom", buf_str(&feed)) &&
                put_file(in, "style.css", style_text());
    buf_fini(&feed);
    return done;
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
                         .arena = arena_new(LINES_BYTES),
                         .err = err};
    buf_put_string(&in.csv, "case,class,measure,state,since,target,entry,start,end,reason,"
                            "reason_en,milder\r\n");
    buf_put(&in.ndjson, "", 0);
    bool done = casebook_register_read(casebook, true, put_record, &in, err) && !in.is_failed &&
                casebook_register_read(casebook, false, put_row, &in, err) && put_register(&in) &&
                put_others(&in) && put_data(&in);
    site_feed_fini(&in.feed);
    buf_fini(&in.ndjson);
    buf_fini(&in.csv);
    free(in.lines);
    free(in.blocked);
    arena_free(in.arena);
    return done;
}
