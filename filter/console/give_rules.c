/* Rules: the list, one with its steps, and the box to try a post. */
#include <string.h>

#include "filter/base/file.h"
#include "filter/casebook/claims_draft.h"
#include "filter/casebook/released.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"
#include "filter/console/page_rules.h"
#include "filter/console/page_table.h"
#include "filter/console/rulebook.h"
#include "filter/rule/engine.h"

enum {
    ROWS = 20,
    DRAFTS = 3,              /* shown */
    DRAFTS_LOOKED_AT = 1000, /* of reviews, the newest first */
    REVISIONS_MOST = 20,
    REASONS_MOST = 15,
    JSON_ROWS = 100,
    FINDINGS_MOST = 200,
    SPANS_MOST = 32,
    SOURCE_BYTES = 1 << 20,
    TEXT_BYTES = 32 << 10
};

/* How the patterns below a node are found. NOLINTNEXTLINE(misc-no-recursion) */
static void count_ways(const struct rule_set *set, const struct rule_node *node,
                       struct page_rule *row)
{
    if (node->kind == RULE_NODE_ATOM) {
        bool is_slow = rule_engine_way(rule_set_engine(set), node->atom) == RULE_WAY_PCRE2;
        row->slow += is_slow;
        row->fast += !is_slow;
    }
    for (size_t i = 0; i < node->child_count; i++) {
        count_ways(set, node->children[i], row);
    }
}

/* The counts of one rule, by revision and in all. */
struct counting {
    struct str rule_id;
    struct page_rule_counts all, of[REVISIONS_MOST];
    size_t count;
};

static void add(struct page_rule_counts *to, const struct casebook_rule_counts *from)
{
    to->flagged += from->flagged;
    to->cases += from->cases;
    to->dismissed += from->dismissed;
    to->upheld += from->upheld;
    to->rejected += from->rejected;
    to->lapsed += from->lapsed;
}

static void take_counts(void *context, const struct casebook_rule_counts *counts)
{
    struct counting *counting = context;
    if (!str_equal(counts->rule_id, counting->rule_id)) {
        return;
    }
    add(&counting->all, counts);
    if (counting->count < REVISIONS_MOST) {
        counting->of[counting->count].revision = counts->revision;
        add(&counting->of[counting->count++], counts);
    }
}

/* The counts of a page of rules, in one reading of the log. */
struct page_counts {
    struct page_rule *rows;
    size_t count;
};

static void take_page_counts(void *context, const struct casebook_rule_counts *counts)
{
    struct page_counts *page = context;
    for (size_t i = 0; i < page->count; i++) {
        if (str_equal(page->rows[i].rule->id, counts->rule_id)) {
            add(&page->rows[i].counts, counts);
        }
    }
}

static bool fill_row(struct casebook *casebook, const struct rulebook_reading *reading,
                     const struct rule *rule, struct page_rule *row, struct err *err)
{
    *row = (struct page_rule){.rule = rule};
    for (size_t i = 0; i < reading->finding_count; i++) {
        row->findings += str_is(rule->file, reading->findings[i].err.file);
    }
    if (rule->condition != NULL) {
        count_ways(reading->set, rule->condition, row);
    }
    return casebook_rule_standing(casebook, &rule->release, &row->standing, err);
}

static bool put_rows(struct asked *asked, struct casebook *casebook,
                     const struct rulebook_reading *reading, struct err *err)
{
    const struct rule_program *program = rule_set_program(reading->set);
    struct page_rule rows[ROWS];
    struct page_counts counts = {.rows = rows};
    size_t first = (size_t)(asked->page.place->page - 1) * ROWS;
    for (size_t i = first; i < program->rule_count && i < first + ROWS; i++) {
        if (!fill_row(casebook, reading, program->rules[i], &rows[counts.count++], err)) {
            return false;
        }
    }
    if (!casebook_rule_counts(casebook, take_page_counts, &counts, err)) {
        return false;
    }
    for (size_t i = 0; i < counts.count; i++) {
        page_rules_row(&asked->page, &rows[i]);
    }
    return true;
}

static size_t take_findings(const struct rulebook_reading *reading, struct str file,
                            struct shapes_finding *findings)
{
    size_t count = 0;
    for (size_t i = 0; i < reading->finding_count && count < FINDINGS_MOST; i++) {
        const struct rulebook_finding *one = &reading->findings[i];
        if (file.len == 0 || str_is(file, one->err.file)) {
            findings[count++] = (struct shapes_finding){.is_error = one->is_error,
                                                        .file = str_of(one->err.file),
                                                        .message = str_of(one->err.message),
                                                        .line = one->err.line,
                                                        .column = one->err.column};
        }
    }
    return count;
}

static struct shapes_rule shape_of(const struct page_rule *row)
{
    const struct rule *rule = row->rule;
    const struct casebook_rule_standing *standing = &row->standing;
    return (struct shapes_rule){
        .id = rule->id,
        .title = rule->title,
        .level = rule->level,
        .status = rule->status,
        .file = rule->file,
        .class = rule->class,
        .release = rule->release,
        .revision = rule->revision,
        .expires_ms = rule->expires_ms,
        .submitter = str_of(standing->submitter),
        .releaser = str_of(standing->releaser),
        .is_submitted = standing->is_submitted,
        .is_released = standing->is_released,
        .is_shipped = standing->is_shipped,
        .submitted_ms = standing->submitter[0] != '\0' ? standing->submitted_ms : CLOCK_NEVER,
        .released_ms = standing->releaser[0] != '\0' ? standing->released_ms : CLOCK_NEVER,
        .shadow_hits = standing->shadow_hits,
        .flagged = row->counts.flagged,
        .cases = row->counts.cases,
        .dismissed = row->counts.dismissed,
        .upheld = row->counts.upheld,
        .rejected = row->counts.rejected,
        .lapsed = row->counts.lapsed,
        .findings = row->findings,
        .fast = row->fast,
        .slow = row->slow,
    };
}

/* Rules have no order but the files': a place among them is the number that an id hashes to. */
static size_t first_rule(const struct asked *asked, const struct rule_program *program)
{
    const struct casebook_after *from = &asked->request->place.after;
    size_t first = 0;
    while (from->id > 0 && first < program->rule_count &&
           asked_name_place(program->rules[first++]->id).id != from->id) {
    }
    return first + (size_t)(asked->request->place.page - 1) * asked_rows(asked, ROWS);
}

static void write_rules(struct asked *asked, const struct rulebook_reading *reading)
{
    struct err err = ERR_NONE;
    struct casebook *casebook = asked_open(asked);
    struct page_rule *rows = arena_array(asked->arena, JSON_ROWS, sizeof *rows);
    struct shapes_finding *findings = arena_array(asked->arena, FINDINGS_MOST, sizeof *findings);
    struct page_counts counts = {.rows = rows};
    struct shapes_rules_head head = {.is_loading = reading == NULL, .findings = findings};
    struct casebook_after last = {.id = 0};
    bool has_more = false, done = rows != NULL && findings != NULL;
    if (casebook == NULL) {
        return;
    }
    if (done && reading != NULL && reading->set != NULL) {
        const struct rule_program *program = rule_set_program(reading->set);
        size_t i = first_rule(asked, program);
        for (; done && i < program->rule_count && counts.count < JSON_ROWS; i++) {
            done = fill_row(casebook, reading, program->rules[i], &rows[counts.count++], &err);
            last = asked_name_place(program->rules[i]->id);
        }
        has_more = i < program->rule_count;
        done = done && casebook_rule_counts(casebook, take_page_counts, &counts, &err);
    }
    if (!done) {
        asked_fail_casebook(asked, &err);
        return;
    }
    if (reading != NULL) {
        head.finding_count = take_findings(reading, STR(""), findings);
        head.problem = reading->set == NULL ? str_of(reading->err.message) : STR("");
    }
    asked_list_open(asked);
    for (size_t i = 0; i < counts.count; i++) {
        const struct shapes_rule shape = shape_of(&rows[i]);
        asked_list_row(asked, &shape);
    }
    asked_list_close(asked, has_more ? &last : NULL, &head);
}

/* Reviews rated false that no rule rests on yet: each could become one. */
struct drafts {
    struct asked *asked;
    struct casebook *casebook;
    const struct rule_program *program;
    size_t shown, looked_at;
    struct err *err;
};

static bool rests_on(const struct rule_program *program, struct str url)
{
    for (size_t i = 0; i < program->rule_count; i++) {
        const struct rule *rule = program->rules[i];
        for (size_t k = 0; k < rule->evidence_count; k++) {
            if (str_equal(rule->evidence[k].url, url)) {
                return true;
            }
        }
    }
    return false;
}

static bool put_draft(void *context, const struct casebook_claim *claim)
{
    struct drafts *drafts = context;
    struct buf text = BUF_EMPTY;
    if (!rests_on(drafts->program, claim->url) &&
        casebook_claim_draft(drafts->casebook, claim, drafts->asked->page.now_ms, &text,
                             drafts->err)) {
        page_rules_draft(&drafts->asked->page, claim, buf_str(&text), drafts->shown == 0);
        drafts->shown++;
    }
    buf_fini(&text);
    return ++drafts->looked_at < DRAFTS_LOOKED_AT && drafts->shown < DRAFTS &&
           !err_is_set(drafts->err);
}

static bool put_drafts(struct asked *asked, struct casebook *casebook, const struct rule_set *set,
                       struct err *err)
{
    struct drafts drafts = {
        .asked = asked, .casebook = casebook, .program = rule_set_program(set), .err = err};
    bool done = casebook_claims_list(casebook, 0, true, put_draft, &drafts, err);
    return done && !err_is_set(err);
}

static void show_rules(struct asked *asked, const struct rulebook_reading *reading, struct str text,
                       bool was_tried, const struct rule_match *match)
{
    struct err err = ERR_NONE;
    struct place place = asked_place(asked, ROUTE_RULES);
    struct casebook *casebook = asked_open(asked);
    place.page = asked->page.place->page;
    if (casebook == NULL) {
        return;
    }
    page_rules_open(&asked->page, reading);
    if (reading != NULL && reading->set != NULL) {
        if (!put_rows(asked, casebook, reading, &err)) {
            asked_fail_casebook(asked, &err);
            return;
        }
        page_table_close(&asked->page);
        page_turn(&asked->page, MSG_PAGES, &place, &place.page,
                  (size_t)place.page * ROWS < rule_set_program(reading->set)->rule_count);
    }
    if (reading != NULL) {
        page_rules_findings(&asked->page, reading, STR(""));
    }
    if (reading != NULL && reading->set != NULL && asked->page.visitor != NULL &&
        asked->page.visitor->role == ROLE_TEAM &&
        !put_drafts(asked, casebook, reading->set, &err)) {
        asked_fail_casebook(asked, &err);
        return;
    }
    page_rules_try(&asked->page, text, was_tried, match);
    page_close(&asked->page);
    asked_finish(asked, 200);
}

void give_rules(struct asked *asked)
{
    const struct rulebook_reading *reading = rulebook_look(answers_rulebook(asked->answers));
    if (asked_is_json(asked)) {
        write_rules(asked, reading);
    } else {
        show_rules(asked, reading, STR(""), false, NULL);
    }
}

const struct form_field give_try_fields[] = {{"text", TEXT_BYTES, false}, {NULL, 0, false}};

static void write_hits(struct asked *asked, const struct rule_match *match)
{
    asked_list_open(asked);
    for (size_t i = 0; i < match->hit_count; i++) {
        const struct rule_hit *hit = &match->hits[i];
        struct str spans[SPANS_MOST];
        struct shapes_hit shape = {.rule_id = hit->rule->id,
                                   .title = hit->rule->title,
                                   .class = hit->rule->class,
                                   .spans = spans};
        for (size_t k = 0; k < hit->span_count && k < SPANS_MOST; k++) {
            spans[shape.span_count++] = hit->spans[k].text;
        }
        asked_list_row(asked, &shape);
    }
    asked_list_close(asked, NULL, NULL);
}

/* Matches a text against the rules as they load now. Nothing of it is kept, or logged. */
void take_try(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct rule_match match = {.hit_count = 0};
    struct post post = POST_EMPTY;
    bool is_matched = false;
    const struct rulebook_reading *reading = rulebook_look(answers_rulebook(asked->answers));
    post.id = STR("coba");
    post.source = STR("coba");
    post.fields[POST_TEXT] = form_get(&asked->form, "text");
    struct rule_matcher *matcher = rule_matcher_new();
    if (reading != NULL && reading->set != NULL) {
        is_matched = rule_match_post(matcher, reading->set, &post, &match, &err);
    }
    if (asked_is_json(asked)) {
        write_hits(asked, &match);
    } else {
        show_rules(asked, reading, post.fields[POST_TEXT], is_matched, &match);
    }
    rule_matcher_free(matcher);
}

/* The rule that the address names, as it loads now; NULL: that there is none is answered. */
static const struct rule *find_rule(struct asked *asked, const struct rulebook_reading **reading)
{
    *reading = rulebook_look(answers_rulebook(asked->answers));
    const struct rule *rule = rulebook_find(*reading, str_of(asked->request->place.name));
    if (rule == NULL && asked_open(asked) != NULL) {
        asked_fail(asked, &asked_not_found);
    }
    return rule;
}

struct reasons {
    struct asked *asked;
    struct page_rule_reason at[REASONS_MOST];
    size_t count;
    struct hash revision;
};

static void take_reason(void *context, struct str reason, uint64_t count)
{
    struct reasons *reasons = context;
    if (reasons->count < REASONS_MOST && asked_keep(reasons->asked, &reason)) {
        reasons->at[reasons->count++] = (struct page_rule_reason){
            .revision = reasons->revision, .reason = reason, .count = count};
    }
}

static void write_rule(struct asked *asked, const struct page_rule_whole *whole)
{
    struct err err = ERR_NONE;
    const struct shapes_rule rule = shape_of(&whole->row);
    struct shapes_finding *findings = arena_array(asked->arena, FINDINGS_MOST, sizeof *findings);
    struct shapes_counts *counts = arena_array(asked->arena, REVISIONS_MOST, sizeof *counts);
    struct shapes_reason *reasons = arena_array(asked->arena, REASONS_MOST, sizeof *reasons);
    if (findings == NULL || counts == NULL || reasons == NULL) {
        err_set(&err, "no room for a rule");
        asked_fail_casebook(asked, &err);
        return;
    }
    for (size_t i = 0; i < whole->revision_count; i++) {
        const struct page_rule_counts *one = &whole->revisions[i];
        counts[i] = (struct shapes_counts){one->revision, one->flagged,  one->cases, one->dismissed,
                                           one->upheld,   one->rejected, one->lapsed};
    }
    for (size_t i = 0; i < whole->reason_count; i++) {
        const struct page_rule_reason *one = &whole->reasons[i];
        reasons[i] = (struct shapes_reason){one->revision, one->reason, one->count};
    }
    const struct shapes_rule_whole shape = {
        .rule = &rule,
        .description = whole->row.rule->description,
        .source = whole->source,
        .evidence = whole->row.rule->evidence,
        .evidence_count = whole->row.rule->evidence_count,
        .revisions = counts,
        .revision_count = whole->revision_count,
        .reasons = reasons,
        .reason_count = whole->reason_count,
        .findings = findings,
        .finding_count = take_findings(whole->reading, whole->row.rule->file, findings),
    };
    asked_record(asked, &shape);
}

void give_rule(struct asked *asked)
{
    struct err err = ERR_NONE;
    const struct rulebook_reading *reading;
    const struct rule *rule = find_rule(asked, &reading);
    struct casebook *casebook = rule != NULL ? asked_open(asked) : NULL;
    if (casebook == NULL) {
        return;
    }
    struct counting counting = {.rule_id = rule->id};
    struct reasons reasons = {.asked = asked};
    struct page_rule_whole whole = {
        .reading = reading, .revisions = counting.of, .reasons = reasons.at};
    struct buf source = BUF_EMPTY;
    struct err ignored = ERR_NONE;
    bool done = fill_row(casebook, reading, rule, &whole.row, &err) &&
                casebook_rule_counts(casebook, take_counts, &counting, &err);
    for (size_t i = 0; done && i < counting.count; i++) {
        reasons.revision = counting.of[i].revision;
        done = casebook_rule_dismissals(casebook, rule->id, &counting.of[i].revision, take_reason,
                                        &reasons, &err);
    }
    if (!done) {
        asked_fail_casebook(asked, &err);
        return;
    }
    /* A file that went meanwhile is shown as nothing; the rule stands as it was loaded. */
    whole.source =
        file_read(rule->file.at, SOURCE_BYTES, &source, &ignored) ? buf_str(&source) : STR("");
    whole.row.counts = counting.all;
    whole.revision_count = counting.count;
    whole.reason_count = reasons.count;
    if (asked_is_json(asked)) {
        write_rule(asked, &whole);
    } else {
        page_rule(&asked->page, &whole);
        asked_finish(asked, 200);
    }
    buf_fini(&source);
}

const struct form_field give_rule_fields[] = {
    {"action", 16, false},
    {"release", HASH_HEX, false},
    {"reason", 4 * (size_t)CASEBOOK_STATEMENT_MOST, false},
    {NULL, 0, false}};

/* Through the same function as `saring rules submit` and `release`: the file stays the truth. */
void take_rule(struct asked *asked)
{
    static const struct {
        const char *name;
        enum casebook_rule_step step;
        enum message done;
    } steps[] = {{"rule_submit", CASEBOOK_RULE_SUBMIT, MSG_RULE_SUBMITTED},
                 {"rule_release", CASEBOOK_RULE_RELEASE, MSG_RULE_RELEASED},
                 {"rule_withdraw", CASEBOOK_RULE_WITHDRAW, MSG_RULE_WITHDRAWN}};
    struct err err = ERR_NONE;
    const struct rulebook_reading *reading;
    struct str action = form_get(&asked->form, "action"), reason = form_get(&asked->form, "reason");
    struct place there = asked_place(asked, ROUTE_RULE);
    struct hash release;
    size_t step = 0;
    memcpy(there.name, asked->request->place.name, sizeof there.name);
    while (step < 3 && !str_is(action, steps[step].name)) {
        step++;
    }
    const struct rule *rule = find_rule(asked, &reading);
    if (rule == NULL) {
        return;
    }
    struct casebook *casebook = asked_writer(asked, &err);
    if (casebook == NULL) {
        asked_fail_casebook(asked, &err);
    } else if (step == 3 || !hash_parse(form_get(&asked->form, "release"), &release)) {
        asked_fail(asked, &asked_bad_request);
    } else if (memcmp(&release, &rule->release, sizeof release) != 0) {
        asked_refuse(asked, MSG_RULE_CHANGED, "", reason, &there);
    } else {
        enum casebook_outcome outcome = casebook_rule_move(casebook, asked->visit.session,
                                                           steps[step].step, rule, reason, &err);
        asked_outcome(asked, outcome, steps[step].done, reason, &err, &there);
    }
}
