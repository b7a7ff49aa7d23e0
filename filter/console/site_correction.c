#include "filter/console/site_correction.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/buf.h"
#include "filter/base/mem.h"
#include "filter/console/html.h"
#include "filter/console/site_data.h"
#include "filter/console/site_page.h"
#include "filter/console/site_part.h"

enum {
    CLAIM_COST = 1500,
    LINES = 20,
    NAME = 48,
    HISTORY_MOST = 20,
    WHOLE = 64 << 10, /* what was signed is published to its last word */
};

/* How a correction stood at a time. */
struct moment {
    int64_t case_id, seq, time_ms;
    char state[16];
    bool is_disputed;
};

struct line {
    int64_t case_id;
    struct buf claim, text;
    char published[CLOCK_TEXT];
    enum message standing;
};

struct site_corrections {
    struct moment *moments; /* by case, then in order, once they were looked for */
    size_t moment_count, moment_room;
    struct line *lines;
    size_t line_count, line_room;
    bool is_sorted;
};

struct site_corrections *site_corrections_new(void)
{
    return mem_zero(1, sizeof(struct site_corrections));
}

void site_corrections_free(struct site_corrections *all)
{
    if (all == NULL) {
        return;
    }
    for (size_t i = 0; i < all->line_count; i++) {
        buf_fini(&all->lines[i].claim);
        buf_fini(&all->lines[i].text);
    }
    free(all->lines);
    free(all->moments);
    free(all);
}

bool site_correction_is(const json_t *row)
{
    return str_is(site_text(row, "measure", NULL), "correction") &&
           site_text(row, "outcome", "published").len > 0;
}

struct str site_correction_path(int64_t case_id, char out[SITE_CORRECTION_PATH])
{
    snprintf(out, SITE_CORRECTION_PATH, "/pelurusan-%lld.html", (long long)case_id);
    return str_of(out);
}

void site_corrections_note(struct site_corrections *all, const struct casebook_registered *row)
{
    static const char mark[] = "\"measure\":\"correction\"";
    /* Most rows are of other things: those are not read for this. */
    if (memmem(row->json.at, row->json.len, mark, sizeof mark - 1) == NULL) {
        return;
    }
    json_t *json = json_loadb(row->json.at, row->json.len, 0, NULL);
    if (site_correction_is(json)) {
        mem_grow(&all->moments, &all->moment_room, all->moment_count + 1, sizeof *all->moments);
        struct moment *one = &all->moments[all->moment_count++];
        *one = (struct moment){
            .case_id = row->case_id,
            .seq = row->seq,
            .time_ms = row->time_ms,
            .is_disputed = json_is_true(json_object_get(json, "disputed")),
        };
        snprintf(one->state, sizeof one->state, "%.*s", STR_FORMAT(site_text(json, "state", NULL)));
    }
    json_decref(json);
}

static int compare(const void *a, const void *b)
{
    const struct moment *one = a, *other = b;
    int64_t left = one->case_id != other->case_id ? one->case_id : one->seq;
    int64_t right = one->case_id != other->case_id ? other->case_id : other->seq;
    return (left > right) - (left < right);
}

/* The moments of a case: where they start, and how many there are. */
static const struct moment *moments_of(struct site_corrections *all, int64_t case_id, size_t *count)
{
    size_t low = 0, high = all->moment_count;
    if (!all->is_sorted && all->moment_count > 0) {
        qsort(all->moments, all->moment_count, sizeof *all->moments, compare);
    }
    all->is_sorted = true;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (all->moments[middle].case_id < case_id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *count = 0;
    while (low + *count < all->moment_count && all->moments[low + *count].case_id == case_id) {
        (*count)++;
    }
    return all->moments + low;
}

/* How it stands: what is withdrawn or void stays so, also when its content is gone. */
static enum message standing_of(const json_t *row)
{
    struct str how = site_text(row, "ended", "how");
    if (str_is(how, "withdraw")) {
        return MSG_SITE_STANDS_WITHDRAWN;
    }
    if (str_is(how, "void")) {
        return MSG_SITE_STANDS_VOID;
    }
    if (json_is_true(json_object_get(row, "disputed"))) {
        return MSG_SITE_STANDS_DISPUTED;
    }
    return str_is(site_text(row, "state", NULL), "purged") ? MSG_SITE_STANDS_ARCHIVED
                                                           : MSG_SITE_STANDS;
}

static bool is_over(enum message standing)
{
    return standing == MSG_SITE_STANDS_WITHDRAWN || standing == MSG_SITE_STANDS_VOID;
}

/* What readers must know before they read on. */
static void put_standing(struct html *html, const json_t *row, enum message standing)
{
    struct str reason = site_text(row, "ended", "reason");
    if (standing == MSG_SITE_STANDS) {
        return;
    }
    HTML(html, "<p class=\"demo\" role=\"note\"><strong>");
    site_part_both(html, standing);
    HTML(html, "</strong>");
    if (is_over(standing)) {
        HTML(html, " ");
        site_part_time(html, site_text(row, "ended", "time"));
        if (reason.len > 0) {
            HTML(html, ": ");
            html_foreign(html, reason, CLAIM_COST);
        }
    }
    HTML(html, "</p>");
}

/* Lines as they were written: an empty line starts a paragraph. */
static void put_paragraphs(struct html *html, struct str text)
{
    while (text.len > 0) {
        struct str line = str_trim(str_cut(&text, '\n'));
        if (line.len > 0) {
            HTML(html, "<p>");
            html_foreign(html, line, WHOLE);
            HTML(html, "</p>");
        }
    }
}

static void put_text(struct html *html, const json_t *row)
{
    struct str english = site_text(row, "decision", "text_en");
    HTML(html, "<section><h2>");
    message_say(html, LANGUAGE_ID, MSG_SITE_CLAIMED);
    HTML(html, "</h2><blockquote>");
    put_paragraphs(html, site_text(row, "decision", "claim"));
    HTML(html, "</blockquote><h2>");
    message_say(html, LANGUAGE_ID, MSG_SITE_TRUE);
    HTML(html, "</h2><div class=\"truth\">");
    put_paragraphs(html, site_text(row, "decision", "text"));
    HTML(html, "</div></section><section lang=\"en\"><h2>");
    message_say(html, LANGUAGE_EN, MSG_SITE_TRUE);
    HTML(html, "</h2>");
    if (english.len > 0) {
        put_paragraphs(html, english);
    } else {
        HTML(html, "<p class=\"hint\">");
        message_say(html, LANGUAGE_EN, MSG_SITE_NO_ENGLISH);
        HTML(html, "</p>");
    }
    HTML(html, "</section>");
}

/* Two organisations stand behind it; the record says more of them. */
static void put_people(struct html *html, const json_t *row)
{
    const json_t *person;
    size_t i;
    site_part_term(html, MSG_SITE_PEOPLE);
    HTML(html, "<dd>");
    json_array_foreach(json_object_get(row, "people"), i, person)
    {
        const struct str values[] = {site_text(person, "pseudonym", NULL),
                                     site_text(person, "organisation", NULL)};
        bool is_reviewer = str_is(site_text(person, "role", NULL), "reviewer");
        HTML(html, "<p>");
        site_part_both_with(html, is_reviewer ? MSG_SITE_REVIEWER : MSG_SITE_APPROVER, values, 2);
        HTML(html, "</p>");
    }
    HTML(html, "</dd>");
}

/* On what it rests, and who decided. */
static void put_facts(struct html *html, const json_t *row)
{
    const json_t *rule, *one;
    size_t i, k;
    site_part_heading(html, MSG_SITE_RESTS_ON);
    HTML(html, "<dl class=\"facts\">");
    json_array_foreach(json_object_get(row, "rules"), i, rule)
    {
        json_array_foreach(json_object_get(rule, "evidence"), k, one)
        {
            site_record_basis(html, one);
        }
    }
    site_record_evidence(html, row);
    site_part_term_text(html, MSG_SITE_FACTS, site_text(row, "decision", "reason"));
    site_part_term_text(html, MSG_SITE_FACTS, site_text(row, "because", "reason_en"));
    put_people(html, row);
    HTML(html, "</dl>");
}

static void put_history(struct html *html, const struct moment *moments, size_t count)
{
    size_t shown = 0;
    HTML(html, "<section><h2>");
    site_part_both(html, MSG_SITE_HISTORY);
    HTML(html, "</h2><ol>");
    for (size_t i = 0; i < count && shown < HISTORY_MOST; i++) {
        const struct moment *one = &moments[i], *before = i > 0 ? &moments[i - 1] : NULL;
        char time[CLOCK_TEXT];
        if (before != NULL && strcmp(before->state, one->state) == 0 &&
            before->is_disputed == one->is_disputed) {
            continue; /* another part of the record changed */
        }
        shown++;
        HTML(html, "<li>");
        site_part_time(html, str_of(clock_format(one->time_ms, time)));
        HTML(html, " ");
        site_part_state(html, str_of(one->state));
        if (one->is_disputed) {
            HTML(html, " · ");
            site_part_both(html, MSG_SITE_DISPUTED);
        }
        HTML(html, "</li>");
    }
    HTML(html, "</ol></section>");
}

static void put_page(struct html *html, int64_t case_id, const json_t *row,
                     const struct moment *moments, size_t count)
{
    char number[24], appeal[64];
    enum message standing = standing_of(row);
    snprintf(appeal, sizeof appeal, "/kasus-%lld.html#keberatan", (long long)case_id);
    snprintf(number, sizeof number, "%lld", (long long)case_id);
    site_part_open(html, MSG_SITE_CORRECTION_OF, &(struct str){number, strlen(number)}, 1);
    HTML(html, "<p class=\"hint\">");
    site_part_time(html, site_text(row, "outcome", "published"));
    HTML(html, " · ");
    site_part_class(html, site_text(row, "class", NULL));
    HTML(html, "</p>");
    if (str_is(site_text(row, "season", NULL), "demo")) {
        HTML(html, "<p class=\"demo\" role=\"note\">");
        site_part_both(html, MSG_SITE_DEMO);
        HTML(html, "</p>");
    }
    put_standing(html, row, standing);
    if (is_over(standing)) {
        HTML(html, "<details><summary>");
        site_part_both(html, MSG_SITE_NO_LONGER);
        HTML(html, "</summary>");
        put_text(html, row);
        HTML(html, "</details>");
    } else {
        put_text(html, row);
    }
    HTML(html, "<section>");
    put_facts(html, row);
    HTML(html, "<p>");
    site_part_both(html, MSG_SITE_WHOLE_RECORD);
    HTML(html, " ");
    site_part_case_link(html, case_id);
    HTML(html, "</p></section>");
    put_history(html, moments, count);
    HTML(html, "<section>");
    site_part_heading(html, MSG_SITE_OBJECT);
    site_part_hint(html, MSG_SITE_OBJECT_CORRECTION);
    HTML(html, "<p><a class=\"button\"");
    html_local(html, str_of(appeal));
    HTML(html, ">");
    site_part_both(html, MSG_SITE_OBJECT);
    HTML(html, "</a></p></section>");
    site_part_close(html);
}

static void keep_line(struct site_corrections *all, int64_t case_id, const json_t *row)
{
    mem_grow(&all->lines, &all->line_room, all->line_count + 1, sizeof *all->lines);
    struct line *line = &all->lines[all->line_count++];
    *line = (struct line){.case_id = case_id, .standing = standing_of(row)};
    buf_put_str(&line->claim, site_text(row, "decision", "claim"));
    buf_put_str(&line->text, site_text(row, "decision", "text"));
    snprintf(line->published, sizeof line->published, "%.*s",
             STR_FORMAT(site_text(row, "outcome", "published")));
}

static bool write_page(struct site_data *data, const char *name, struct html *html, struct err *err)
{
    bool done = site_data_page(data, name, html_str(html), err);
    html_free(html);
    return done;
}

bool site_corrections_put(struct site_corrections *all, struct site_data *data, int64_t case_id,
                          const json_t *row, struct err *err)
{
    char path[SITE_CORRECTION_PATH];
    size_t count;
    if (!site_correction_is(row)) {
        return true;
    }
    const struct moment *moments = moments_of(all, case_id, &count);
    struct html *html = html_new();
    put_page(html, case_id, row, moments, count);
    keep_line(all, case_id, row);
    (void)site_correction_path(case_id, path);
    return write_page(data, path + 1, html, err);
}

static void put_line(struct html *html, const struct line *line)
{
    char path[SITE_CORRECTION_PATH];
    HTML(html, "<article class=\"card\"><h2><a");
    html_local(html, site_correction_path(line->case_id, path));
    HTML(html, ">");
    html_foreign(html, buf_str(&line->claim), SITE_LINE_COST);
    HTML(html, "</a></h2><p>");
    if (line->standing != MSG_SITE_STANDS) {
        HTML(html, "<strong>");
        site_part_both(html, line->standing);
        HTML(html, "</strong> · ");
    }
    site_part_time(html, str_of(line->published));
    HTML(html, " · ");
    site_part_case_link(html, line->case_id);
    HTML(html, "</p>");
    if (!is_over(line->standing)) {
        HTML(html, "<p>");
        html_foreign(html, buf_str(&line->text), 2 * (size_t)SITE_LINE_COST);
        HTML(html, "</p>");
    }
    HTML(html, "</article>");
}

static void name_list(unsigned page, char out[NAME])
{
    snprintf(out, NAME, page == 1 ? "/pelurusan.html" : "/pelurusan-hal-%u.html", page);
}

static void put_turns(struct html *html, unsigned page, unsigned pages)
{
    HTML(html, "<nav class=\"kinds\" aria-label=\"Halaman\">");
    for (unsigned to = page > 3 ? page - 3 : 1; to <= pages && to <= page + 3; to++) {
        char name[NAME], number[16];
        name_list(to, name);
        snprintf(number, sizeof number, "%u", to);
        HTML(html, "<a");
        html_local(html, str_of(name));
        if (to == page) {
            HTML(html, " aria-current=\"page\"");
        }
        HTML(html, ">");
        message_say_with(html, LANGUAGE_ID, MSG_SITE_PAGE, &(struct str){number, strlen(number)},
                         1);
        HTML(html, "</a>");
    }
    HTML(html, "</nav>");
}

bool site_corrections_write(const struct site_corrections *all, struct site_data *data,
                            struct err *err)
{
    unsigned pages = (unsigned)((all->line_count + LINES - 1) / LINES);
    pages = pages > 0 ? pages : 1;
    for (unsigned page = 1; page <= pages; page++) {
        char name[NAME];
        size_t from = (size_t)(page - 1) * LINES;
        struct html *html = html_new();
        site_part_open(html, MSG_SITE_CORRECTIONS, NULL, 0);
        site_part_hint(html, MSG_SITE_CORRECTIONS_HINT);
        if (all->line_count == 0) {
            site_part_hint(html, MSG_SITE_NO_CORRECTION);
        }
        for (size_t i = from; i < all->line_count && i < from + LINES; i++) {
            put_line(html, &all->lines[i]);
        }
        if (pages > 1) {
            put_turns(html, page, pages);
        }
        site_part_close(html);
        name_list(page, name);
        if (!write_page(data, name + 1, html, err)) {
            return false;
        }
    }
    return true;
}
