#include "filter/cli/review_show.h"

#include <jansson.h>
#include <stdlib.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/blocklist/entry.h"
#include "filter/cli/review_json.h"
#include "filter/cli/terminal.h"

/* What is left until the clock acts, in the largest unit that fits: "18 menit", "5 jam", "6 hari".
 */
static void put_left(struct buf *out, int64_t deadline_ms, int64_t now_ms)
{
    if (deadline_ms == CLOCK_NEVER) {
        buf_put_char(out, '-');
        return;
    }
    static const int64_t day = 1440; /* minutes */
    int64_t minutes = (deadline_ms - now_ms) / 60000;
    if (minutes < 0) {
        buf_put_string(out, "0 menit");
    } else if (minutes < 120) {
        buf_printf(out, "%lld menit", (long long)minutes);
    } else if (minutes < 2 * day) {
        buf_printf(out, "%lld jam", (long long)(minutes / 60));
    } else {
        buf_printf(out, "%lld hari", (long long)(minutes / day));
    }
}

/* The columns of the queue's table; the excerpt has the rest. */
enum { RULE_COLUMNS = 32, BEFORE_RULE = 42, RULE_FROM = 112 };

void review_show_header(size_t columns, struct buf *out)
{
    buf_printf(out, "%-6s %-9s %-9s %-5s%-10s", "kasus", "kelas", "keadaan", "kopi", "tenggat");
    if (columns >= RULE_FROM) {
        buf_printf(out, "%-*s ", RULE_COLUMNS, "aturan / rule");
    }
    buf_put_string(out, "kutipan / excerpt\n");
}

void review_show_line(const struct casebook_case *one, int64_t now_ms, enum review_look look,
                      size_t columns, struct buf *out)
{
    if (look == REVIEW_JSON) {
        review_json_line(one, out);
        return;
    }
    struct buf left = BUF_EMPTY, excerpt = BUF_EMPTY;
    size_t before = BEFORE_RULE;
    put_left(&left, one->deadline_ms, now_ms);
    buf_printf(out, "#%-5lld %-9s %-9s x%-3zu ", (long long)one->id, rule_class_name(one->class),
               casebook_state_name(one->state), one->copies);
    cli_put_cell(out, buf_str(&left), 9);
    buf_put_char(out, ' ');
    if (columns == 0 || columns >= RULE_FROM) {
        cli_put_cell(out, one->rule_title, RULE_COLUMNS);
        buf_put_char(out, ' ');
        before += RULE_COLUMNS + 1;
    }
    /* The excerpt last: it is a stranger's, and as long as it likes to be. */
    cli_put_defanged(&excerpt, one->excerpt, 0);
    if (columns == 0) {
        buf_put_str(out, buf_str(&excerpt));
    } else {
        cli_put_cell(out, buf_str(&excerpt), columns > before + 8 ? columns - before : 8);
    }
    buf_put_char(out, '\n');
    buf_fini(&left);
    buf_fini(&excerpt);
}

static int compare_spans(const void *a, const void *b)
{
    const struct text_span *one = a, *two = b;
    return one->start < two->start ? -1 : one->start > two->start;
}

/* The field's text with its spans marked; overlapping ones become one. */
static void put_marked(const struct casebook_post *post, const char *field, struct str text,
                       enum review_look look, struct buf *out)
{
    const char *on = look == REVIEW_COLOUR ? "\033[7m" : "[[";
    const char *off = look == REVIEW_COLOUR ? "\033[27m" : "]]";
    struct text_span *spans = mem_zero(post->span_count + 1, sizeof *spans);
    size_t count = 0, at = 0;
    for (size_t i = 0; i < post->span_count; i++) {
        if (str_is(post->spans[i].field, field) && post->spans[i].span.end <= text.len) {
            spans[count++] = post->spans[i].span;
        }
    }
    qsort(spans, count, sizeof *spans, compare_spans);
    for (size_t i = 0; i < count; i++) {
        size_t start = spans[i].start > at ? spans[i].start : at;
        size_t end = spans[i].end;
        while (i + 1 < count && spans[i + 1].start <= end) {
            end = spans[i + 1].end > end ? spans[i + 1].end : end;
            i++;
        }
        if (end <= start) {
            continue;
        }
        cli_put_defanged(out, str_part(text, at, start), 6);
        buf_put_string(out, on);
        cli_put_defanged(out, str_part(text, start, end), 6);
        buf_put_string(out, off);
        at = end;
    }
    cli_put_defanged(out, str_part(text, at, text.len), 6);
    free(spans);
}

static void put_line(struct buf *out, const char *name, struct str value, bool defang)
{
    if (value.len == 0) {
        return;
    }
    buf_printf(out, "    %s: ", name);
    if (defang) {
        cli_put_defanged(out, value, 6);
    } else {
        cli_put_line(out, value);
    }
    buf_put_char(out, '\n');
}

static void put_evidence(const struct rule_evidence *evidence, struct buf *out)
{
    char text[CLOCK_TEXT];
    buf_put_string(out, "    dasar / evidence: ");
    cli_put_line(out, evidence->publisher);
    buf_put_string(out, ", ");
    cli_put_line(out, evidence->url);
    if (evidence->published_ms != CLOCK_NEVER && evidence->published_ms != 0) {
        buf_printf(out, " (%s)", clock_format_date(evidence->published_ms, text));
    }
    buf_put_char(out, '\n');
    put_line(out, "  meniru / impersonates", evidence->impersonates, false);
    put_line(out, "  klaim / claim", evidence->claim, false);
    put_line(out, "  nilai / rating", evidence->rating, false);
}

static void put_post(const struct casebook_post *post, enum review_look look, struct buf *out)
{
    char text[CLOCK_TEXT];
    buf_put_string(out, "\n  ");
    cli_put_line(out, post->source);
    buf_put_char(out, ' ');
    cli_put_line(out, post->id);
    if (post->published_ms != CLOCK_NEVER) {
        buf_printf(out, "  %s", clock_format(post->published_ms, text));
    }
    buf_put_char(out, '\n');
    put_line(out, "pos / post", post->url, true);
    put_line(out, "korelasi / correlation", post->found, true);
    if (post->title.len > 0) {
        buf_put_string(out, "    judul / title: ");
        put_marked(post, "title", post->title, look, out);
        buf_put_char(out, '\n');
    }
    if (post->text.len > 0) {
        buf_put_string(out, "    | ");
        put_marked(post, "text", post->text, look, out);
        buf_put_char(out, '\n');
    }
    for (size_t i = 0; i < post->link_count; i++) {
        put_line(out, "tautan / link", post->links[i], true);
    }
}

/* An entry in words; what else is proposed as the JSON that is signed. */
static void put_proposal(const struct casebook_page *page, struct buf *out)
{
    char start[CLOCK_TEXT], end[CLOCK_TEXT];
    if (page->proposal.len == 0) {
        return;
    }
    struct err err = ERR_NONE;
    struct blocklist_entry *entry = blocklist_entry_read(page->proposal, &err);
    buf_put_string(out, "\n  usulan / proposal: ");
    cli_put_line(out, page->proposal_kind);
    buf_put_char(out, '\n');
    if (entry == NULL) {
        put_line(out, "JSON", page->proposal, true);
        return;
    }
    const struct blocklist_draft *parts = blocklist_entry_parts(entry);
    put_line(out, blocklist_scope_name(parts->scope), parts->target, true);
    buf_printf(out, "    %s – %s\n", clock_format(parts->start_ms, start),
               clock_format(parts->end_ms, end));
    put_line(out, "alasan / reason", parts->reason, true);
    blocklist_entry_free(entry);
}

/* Of an event's detail what people ask first: from where to where, and in whose words why. */
static void put_detail(struct str detail, struct buf *out)
{
    static const char *const words[] = {"reason", "why", "message", "conflict"};
    json_t *object = json_loadb(detail.len > 0 ? detail.at : "", detail.len, 0, NULL);
    const char *from = json_string_value(json_object_get(object, "from"));
    const char *to = json_string_value(json_object_get(object, "to"));
    if (from != NULL && to != NULL) {
        buf_put_char(out, ' ');
        cli_put_line(out, str_of(from));
        buf_put_string(out, " > ");
        cli_put_line(out, str_of(to));
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *text = json_string_value(json_object_get(object, words[i]));
        if (text != NULL) {
            buf_put_string(out, ": ");
            cli_put_defanged(out, str_of(text), 10);
        }
    }
    json_decref(object);
}

static void put_head(const struct casebook_case *one, int64_t now_ms, struct buf *out)
{
    char since[CLOCK_TEXT];
    buf_printf(out, "#%lld  %s  %s  sejak/since %s  tenggat/deadline ", (long long)one->id,
               rule_class_name(one->class), casebook_state_name(one->state),
               clock_format(one->since_ms, since));
    put_left(out, one->deadline_ms, now_ms);
    buf_printf(out, "  x%zu  versi/version %lld%s\n", one->copies, (long long)one->version,
               one->is_demo ? "  PERAGAAN/DEMONSTRATION" : "");
    put_line(out, "dipegang / claimed by", one->claimed_by, false);
}

/* Why it came back: the ended case that it is like, and in whose words that ended. */
static void put_before(const struct casebook_page *page, struct buf *out)
{
    static const char *const how[] = {"", "teks sama / same text", "tautan sama / same link",
                                      "situs sama / same site", "kata-kata mirip / similar words"};
    const struct casebook_before *before = &page->before;
    if (page->merged_into != 0) {
        buf_printf(out, "    digabung ke / merged into: #%lld\n", (long long)page->merged_into);
    }
    put_line(out, "ditawarkan ke jalur 24 jam oleh / offered for the lane by", page->offered_by,
             false);
    if (before->case_id == 0) {
        return;
    }
    buf_printf(out, "    seperti / like #%lld (%s), %s", (long long)before->case_id,
               how[before->how], casebook_state_name(before->state));
    if (before->reason.len > 0) {
        buf_put_string(out, ": ");
        cli_put_defanged(out, before->reason, 6);
    }
    buf_put_char(out, '\n');
}

static void put_objections(const struct casebook_page *page, struct buf *out)
{
    char time[CLOCK_TEXT];
    for (size_t i = 0; i < page->objection_count; i++) {
        const struct casebook_objection *one = &page->objections[i];
        buf_printf(out, "\n  banding / appeal %lld, %.19s: %s\n", (long long)one->number,
                   clock_format(one->lodged_ms, time), casebook_appeal_state_name(one->state));
        put_line(out, "alasannya / its ground", one->ground, true);
        put_line(out, "putusan / decision", one->reason, true);
    }
}

void review_show(const struct casebook_page *page, int64_t now_ms, enum review_look look,
                 struct buf *out)
{
    char time[CLOCK_TEXT];
    if (look == REVIEW_JSON) {
        review_json(page, out);
        return;
    }
    put_head(&page->summary, now_ms, out);
    put_before(page, out);
    for (size_t i = 0; i < page->rule_count; i++) {
        const struct casebook_rule *rule = &page->rules[i];
        buf_put_string(out, "\n  aturan / rule: ");
        cli_put_line(out, rule->title);
        buf_put_string(out, " (");
        cli_put_line(out, rule->level);
        buf_put_string(out, ", ");
        cli_put_line(out, rule->id);
        buf_put_string(out, ")\n");
        if (rule->description.len > 0) {
            buf_put_string(out, "    ");
            cli_put_text(out, rule->description, 4);
            buf_put_char(out, '\n');
        }
        for (size_t k = 0; k < rule->evidence_count; k++) {
            put_evidence(&rule->evidence[k], out);
        }
    }
    for (size_t i = 0; i < page->post_count; i++) {
        put_post(&page->posts[i], look, out);
    }
    put_proposal(page, out);
    put_line(out, "entri / entry", page->entry_id, false);
    put_line(out, "keadaannya / its state", page->entry_state, false);
    put_objections(page, out);
    buf_put_string(out, "\n  riwayat / history\n");
    for (size_t i = 0; i < page->event_count; i++) {
        const struct casebook_event *event = &page->events[i];
        buf_printf(out, "  %6lld  %.19s  ", (long long)event->seq,
                   clock_format(event->time_ms, time));
        cli_put_cell(out, event->actor, 12);
        buf_put_char(out, ' ');
        cli_put_cell(out, event->action, 9);
        put_detail(event->detail, out);
        buf_put_char(out, '\n');
    }
}
