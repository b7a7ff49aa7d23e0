#include "filter/cli/scan_work.h"

#include <stdlib.h>
#include <string.h>

#include "feeds/ndjson.h"
#include "feeds/source.h"
#include "filter/base/mem.h"
#include "filter/cli/scan_correlate.h"
#include "filter/cli/terminal.h"
#include "filter/rule/correlation.h"
#include "filter/rule/match.h"
#include "filter/rule/program.h"
#include "filter/rule/sighting.h"
#include "filter/text/utf8.h"
#include "filter/verdict/verdict.h"

enum { EXCERPT_BEFORE = 120, EXCERPT_BYTES = 480, EXCERPT_INDENT = 10 };

struct scan_worker {
    const struct rule_set *set;
    enum scan_look look;
    struct feeds_ndjson *ndjson;
    struct feeds_csv *csv; /* for the header below */
    const struct feeds_csv_header *columns;
    struct rule_matcher *matcher;
    struct buf findings, id;
    const struct feeds_sources *sources; /* NULL: none */
    bool is_correlated, is_by_source;    /* there are correlations; some count by source */
    bool *is_silent;                     /* by place: only a correlation speaks for the rule */
    struct rule_hit *hits;               /* of the others */
    size_t hit_room;
    int64_t now_ms;
    struct rule_span *spans; /* of all rules that matched, in order */
    size_t span_room;
};

static void prepare_correlations(struct scan_worker *worker)
{
    const struct rule_program *program = rule_set_program(worker->set);
    worker->is_silent = scan_correlate_silent(program);
    worker->is_correlated = program->correlation_count > 0;
    for (size_t i = 0; i < program->correlation_count; i++) {
        worker->is_by_source |= rule_correlation_reads(program->correlations[i], "source");
    }
}

/* Leaves out what only a correlation speaks for. */
static void drop_silent(struct scan_worker *worker, struct rule_match *match)
{
    const struct rule_program *program = rule_set_program(worker->set);
    size_t kept = 0;
    mem_grow(&worker->hits, &worker->hit_room, match->hit_count, sizeof *worker->hits);
    for (size_t i = 0; i < match->hit_count; i++) {
        if (!worker->is_silent[rule_program_place(program, match->hits[i].rule->id)]) {
            worker->hits[kept++] = match->hits[i];
        }
    }
    match->hits = worker->hits;
    match->hit_count = kept;
}

struct scan_worker *scan_worker_new(const struct rule_set *set, enum scan_look look,
                                    const struct feeds_sources *sources)
{
    struct scan_worker *worker = mem_zero(1, sizeof *worker);
    worker->set = set;
    worker->look = look;
    worker->sources = sources;
    prepare_correlations(worker);
    struct clock clock = clock_system();
    worker->now_ms = clock_now_ms(&clock);
    worker->ndjson = feeds_ndjson_new();
    worker->matcher = rule_matcher_new();
    return worker;
}

void scan_worker_free(struct scan_worker *worker)
{
    if (worker == NULL) {
        return;
    }
    feeds_ndjson_free(worker->ndjson);
    feeds_csv_free(worker->csv);
    rule_matcher_free(worker->matcher);
    buf_fini(&worker->findings);
    buf_fini(&worker->id);
    free(worker->is_silent);
    free(worker->hits);
    free(worker->spans);
    free(worker);
}

static int compare_spans(const void *a, const void *b)
{
    const struct rule_span *x = a, *y = b;
    int field = strcmp(x->field, y->field);
    if (field != 0) {
        return field;
    }
    return (x->span.start > y->span.start) - (x->span.start < y->span.start);
}

/* The spans of all that matched, sorted, those that touch made one. Returns their number. */
static size_t merge_spans(struct scan_worker *worker, const struct rule_match *match)
{
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < match->hit_count; i++) {
        const struct rule_hit *hit = &match->hits[i];
        mem_grow(&worker->spans, &worker->span_room, count + hit->span_count,
                 sizeof *worker->spans);
        if (hit->span_count > 0) {
            memcpy(worker->spans + count, hit->spans, hit->span_count * sizeof *hit->spans);
        }
        count += hit->span_count;
    }
    if (count > 0) {
        qsort(worker->spans, count, sizeof *worker->spans, compare_spans);
    }
    for (size_t i = 0; i < count; i++) {
        struct rule_span *last = kept > 0 ? &worker->spans[kept - 1] : NULL;
        const struct rule_span *here = &worker->spans[i];
        if (last != NULL && strcmp(last->field, here->field) == 0 &&
            here->span.start <= last->span.end) {
            last->span.end = here->span.end > last->span.end ? here->span.end : last->span.end;
        } else {
            worker->spans[kept++] = *here;
        }
    }
    return kept;
}

/* The part of a field to show: around its first span, on code points. */
static struct text_span excerpt_of(const struct scan_worker *worker, const char *field,
                                   struct str text, size_t span_count)
{
    struct text_span part = {.start = 0, .end = text.len};
    for (size_t i = 0; i < span_count; i++) {
        const struct rule_span *span = &worker->spans[i];
        if (strcmp(span->field, field) == 0) {
            part.start = span->span.start > EXCERPT_BEFORE ? span->span.start - EXCERPT_BEFORE : 0;
            break;
        }
    }
    if (part.end - part.start > EXCERPT_BYTES) {
        part.end = part.start + EXCERPT_BYTES;
    }
    while (!utf8_is_boundary(text, part.start)) {
        part.start--;
    }
    while (!utf8_is_boundary(text, part.end)) {
        part.end++;
    }
    return part;
}

/* Appends the excerpt with its spans marked and no link that a terminal would follow. */
static void put_excerpt(const struct scan_worker *worker, const char *field, struct str text,
                        size_t span_count, struct buf *out)
{
    bool has_colour = worker->look == SCAN_COLOUR;
    struct text_span part = excerpt_of(worker, field, text, span_count);
    size_t at = part.start;
    buf_printf(out, "    %s: %s", field, part.start > 0 ? "…" : "");
    for (size_t i = 0; i < span_count; i++) {
        struct text_span span = worker->spans[i].span;
        size_t start = span.start > at ? span.start : at;
        size_t end = span.end < part.end ? span.end : part.end;
        if (strcmp(worker->spans[i].field, field) != 0 || start >= end) {
            continue;
        }
        cli_put_defanged(out, str_part(text, at, start), EXCERPT_INDENT);
        buf_put_string(out, has_colour ? "\033[7m" : "[[");
        cli_put_defanged(out, str_part(text, start, end), EXCERPT_INDENT);
        buf_put_string(out, has_colour ? "\033[27m" : "]]");
        at = end;
    }
    cli_put_defanged(out, str_part(text, at, part.end), EXCERPT_INDENT);
    buf_put_string(out, part.end < text.len ? "…\n" : "\n");
}

/* Appends what people read of a flagged post: who matched, where, and the text around it. */
static void put_for_people(struct scan_worker *worker, const struct post *post,
                           const struct rule_match *match, struct buf *out)
{
    static const enum post_field shown[] = {POST_TITLE, POST_TEXT}; /* never the author: limit 5 */
    bool has_colour = worker->look == SCAN_COLOUR;
    buf_put_string(out, has_colour ? "\033[1m" : "");
    cli_put_line(out, post->id);
    buf_put_string(out, has_colour ? "\033[0m" : "");
    if (post->url.len > 0) {
        buf_put_string(out, "  ");
        cli_put_defanged(out, post->url, 0);
    }
    buf_put_char(out, '\n');
    for (size_t i = 0; i < match->hit_count; i++) {
        const struct rule *rule = match->hits[i].rule;
        buf_printf(out, "    %-9s %-8.*s ", rule_class_name(rule->class), STR_FORMAT(rule->level));
        cli_put_line(out, rule->title);
        buf_put_char(out, '\n');
    }
    size_t span_count = merge_spans(worker, match);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        if (post->fields[shown[i]].len > 0) {
            put_excerpt(worker, post_field_name(shown[i]), post->fields[shown[i]], span_count, out);
        }
    }
    buf_put_char(out, '\n');
}

static void put_flagged(struct scan_worker *worker, const struct post *post,
                        const struct rule_match *match, struct buf *out)
{
    if (worker->look != SCAN_JSON) {
        put_for_people(worker, post, match, out);
        return;
    }
    buf_clear(&worker->findings);
    verdict_write_rules(&worker->findings, VERDICT_SCAN, worker->set, match);
    verdict_write_post(out, post, buf_str(&worker->findings));
    buf_put_char(out, '\n');
}

static bool read_post(struct scan_worker *worker, const struct scan_block *block, struct str line,
                      struct post *post, struct err *err)
{
    if (block->columns == NULL) {
        return feeds_ndjson_read(worker->ndjson, line, post, err);
    }
    if (worker->csv == NULL || worker->columns != block->columns) {
        feeds_csv_free(worker->csv);
        worker->csv = feeds_csv_new(block->columns);
        worker->columns = block->columns;
    }
    return feeds_csv_read(worker->csv, line, post, err);
}

static uint64_t mended(const struct scan_worker *worker)
{
    return feeds_ndjson_mended(worker->ndjson) +
           (worker->csv != NULL ? feeds_csv_mended(worker->csv) : 0);
}

/* A line that is wrong: its place is the file's, not the row's. */
static void refuse(struct scan_block *block, const struct scan_line *line, struct err *err)
{
    unsigned within = err->line > 0 ? err->line - 1 : 0;
    err->line = (unsigned)line->number + within;
    err_in_file(err, block->file);
    scan_bad_line(block, err);
}

static void scan_line(struct scan_worker *worker, struct scan_block *block,
                      const struct scan_line *line)
{
    struct str text = str_part(buf_str(&block->bytes), line->at, line->at + line->len);
    struct post post;
    struct rule_match match;
    struct err err = ERR_NONE;
    if (!read_post(worker, block, text, &post, &err) ||
        !rule_match_post(worker->matcher, worker->set, &post, &match, &err)) {
        refuse(block, line, &err);
        return;
    }
    block->counts.posts++;
    block->counts.faults += match.faults;
    if (match.hit_count == 0) {
        return;
    }
    if (post.id.len == 0) { /* where people find it */
        buf_clear(&worker->id);
        utf8_mend(str_of(block->file), &worker->id);
        buf_printf(&worker->id, ":%llu", (unsigned long long)line->number);
        post.id = buf_str(&worker->id);
    }
    if (worker->is_correlated) {
        bool is_organisation =
            worker->sources != NULL && feeds_sources_is_organisation(worker->sources, post.source);
        block->counts.persons += worker->is_by_source && !is_organisation;
        rule_sighting_put(worker->matcher, &match, &post, is_organisation, worker->now_ms,
                          &block->sightings);
        drop_silent(worker, &match);
    }
    if (match.hit_count == 0) {
        return;
    }
    block->counts.flagged++;
    put_flagged(worker, &post, &match, &block->out);
}

void scan_worker_run(struct scan_worker *worker, struct scan_block *block)
{
    uint64_t before = mended(worker);
    for (size_t i = 0; i < block->line_count; i++) {
        const struct scan_line *line = &block->lines[i];
        if (str_trim(str_part(buf_str(&block->bytes), line->at, line->at + line->len)).len > 0) {
            scan_line(worker, block, line);
        }
    }
    uint64_t after = mended(worker);
    block->counts.mended += after > before ? after - before : 0;
}
