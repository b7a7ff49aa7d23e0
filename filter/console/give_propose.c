/* A proposal: reads the form into a draft, shows what it would do, or signs and makes it. */
#include "filter/base/clock.h"
#include "filter/blocklist/entry.h"
#include "filter/casebook/captures.h"
#include "filter/casebook/look.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"
#include "filter/console/page_propose.h"

enum { STATEMENT = 4 * (size_t)CASEBOOK_STATEMENT_MOST, BREAKS_MOST = 8, MINUTE_MS = 60000 };

const struct form_field give_propose_fields[] = {{"action", 16, false},
                                                 {"version", 20, false},
                                                 {"lease", 20, false},
                                                 {"scope", 16, false},
                                                 {"target", 2000, false},
                                                 {"harvest", 16, true},
                                                 {"days", 3, false},
                                                 {"claim", 4 * (size_t)CASEBOOK_CLAIM_MOST, false},
                                                 {"text", 4 * (size_t)CASEBOOK_TEXT_MOST, false},
                                                 {"text_en", 4 * (size_t)CASEBOOK_TEXT_MOST, false},
                                                 {"recipient", 900, false},
                                                 {"url", 2000, false},
                                                 {"evidence", 2000, false},
                                                 {"observed", 5, false},
                                                 {"reason", STATEMENT, false},
                                                 {"reason_en", STATEMENT, false},
                                                 {"milder", STATEMENT, false},
                                                 {"conflict", STATEMENT, false},
                                                 {"second", CASEBOOK_NAME_MOST, false},
                                                 {"second_minutes", 4, false},
                                                 {"second_sha256", 64, false},
                                                 {"on_call", CASEBOOK_NAME_MOST, false},
                                                 {"told_minutes", 4, false},
                                                 {"registrant", STATEMENT, false},
#define X(constant, name, id, en) {name, 4, false},
                                                 CASEBOOK_TESTS(X)
#undef X
                                                     {NULL, 0, false}};

/* A draft in the making, and what it points to. */
struct drafting {
    struct asked *asked;
    struct casebook_draft draft;
    struct casebook_urgent urgent;
    struct hash evidence[BLOCKLIST_EVIDENCE_MOST];
    struct err *err;
};

static bool read_evidence(struct drafting *in)
{
    struct str left = form_get(&in->asked->form, "evidence");
    while (left.len > 0) {
        struct str line = str_trim(str_cut(&left, '\n'));
        if (line.len == 0) {
            continue;
        }
        if (in->draft.evidence_count == BLOCKLIST_EVIDENCE_MOST) {
            return err_set(in->err, "evidence: at most %d pieces", BLOCKLIST_EVIDENCE_MOST);
        }
        if (!hash_parse(line, &in->evidence[in->draft.evidence_count++])) {
            return err_set(in->err, "evidence: '%.*s' is no SHA-256 of 64 hexadecimal digits",
                           (int)(line.len < 80 ? line.len : 80), line.at);
        }
    }
    in->draft.evidence = in->evidence;
    return true;
}

bool give_read_answers(const struct form *form, struct casebook_answers *answers, struct err *err)
{
    for (int i = 0; i < CASEBOOK_TEST_COUNT; i++) {
        const char *name = casebook_test_name((enum casebook_test)i);
        struct str value = form_get(form, name);
        if (!str_is(value, "no") && !str_is(value, "yes")) {
            return err_set(err, "the test '%s' is not answered", name);
        }
        answers->of[i] = str_is(value, "yes") ? ANSWER_YES : ANSWER_NO;
    }
    return true;
}

static int64_t minutes_ago(const struct asked *asked, const char *name)
{
    return asked->page.now_ms - form_number(&asked->form, name) * MINUTE_MS;
}

static bool read_urgent(struct drafting *in)
{
    const struct form *form = &in->asked->form;
    in->urgent = (struct casebook_urgent){
        .second = form_get(form, "second"),
        .second_ms = minutes_ago(in->asked, "second_minutes"),
        .on_call = form_get(form, "on_call"),
        .told_ms = minutes_ago(in->asked, "told_minutes"),
        .registrant = form_get(form, "registrant"),
    };
    in->draft.urgent = &in->urgent;
    return hash_parse(form_get(form, "second_sha256"), &in->urgent.second_sha256) ||
           err_set(in->err, "the second reviewer's capture has no SHA-256");
}

static bool read_entry(struct drafting *in, bool is_urgent)
{
    const struct form *form = &in->asked->form;
    size_t at = 0;
    struct str value;
    int64_t days = is_urgent ? 1 : form_number(form, "days");
    while (form_next(form, "harvest", &at, &value)) {
        unsigned bit;
        if (!blocklist_harvest_parse(value, &bit)) {
            return err_set(in->err, "there is no such harvest");
        }
        in->draft.harvest |= bit;
    }
    in->draft.target = form_get(form, "target");
    if (!blocklist_scope_parse(form_get(form, "scope"), &in->draft.scope)) {
        return err_set(in->err, "there is no such scope");
    }
    if (days < 1 || days > 30) {
        return err_set(in->err, "an entry ends after 1 to 30 days");
    }
    in->draft.end_ms = (in->asked->page.now_ms + days * 24 * 60 * MINUTE_MS) / 1000 * 1000;
    return !is_urgent || read_urgent(in);
}

/* "hosting:Penyedia Contoh", as the page offers it. */
static bool read_recipient(struct drafting *in)
{
    in->draft.recipient_name = form_get(&in->asked->form, "recipient");
    struct str kind = str_cut(&in->draft.recipient_name, ':');
    return casebook_recipient_parse(kind, &in->draft.recipient) ||
           err_set(in->err, "penerima belum dipilih / no recipient is chosen");
}

static bool read_draft(struct drafting *in, enum casebook_kind kind, bool is_urgent)
{
    const struct form *form = &in->asked->form;
    in->draft = (struct casebook_draft){
        .kind = kind,
        .case_id = in->asked->request->place.case_id,
        .reason = form_get(form, "reason"),
        .reason_en = form_get(form, "reason_en"),
        .observed_ms = minutes_ago(in->asked, "observed") / 1000 * 1000,
        .conflict = form_get(form, "conflict"),
        .milder = form_get(form, "milder"),
        .claim = form_get(form, "claim"),
        .text = form_get(form, "text"),
        .text_en = form_get(form, "text_en"),
        .url = form_get(form, "url"),
    };
    return (kind != KIND_REFERRAL || read_recipient(in)) &&
           (kind != KIND_ENTRY || read_entry(in, is_urgent)) && read_evidence(in) &&
           give_read_answers(form, &in->draft.answers, in->err);
}

/* Which form was asked for, within what the class may have. */
static void choose(const struct asked *asked, const struct casebook_page *one,
                   struct page_propose *propose)
{
    const struct place *place = &asked->request->place;
    bool is_fraud = one->summary.class == RULE_FRAUD;
    propose->kind = is_fraud ? KIND_ENTRY : KIND_CORRECTION;
    if (place->has_kind && !place->is_urgent &&
        (place->kind == KIND_REFERRAL || (place->kind == KIND_ENTRY) == is_fraud)) {
        propose->kind = place->kind;
    }
    propose->is_urgent = is_fraud && place->has_kind && place->is_urgent;
}

/* To whom it may be referred, each as the form takes it: "hosting:Penyedia Contoh". */
static bool list_recipients(struct asked *asked, const struct page_propose *propose,
                            struct shapes_propose *shape)
{
    size_t count;
    const struct casebook_addressee *all = casebook_addressees_all(propose->addressees, &count);
    struct str *recipients = arena_array(asked->arena, count + 1, sizeof *recipients);
    for (size_t i = 0; recipients != NULL && i < count; i++) {
        struct buf value = BUF_EMPTY;
        buf_printf(&value, "%s:%.*s", casebook_recipient_name(all[i].kind),
                   STR_FORMAT(all[i].name));
        recipients[i] = buf_str(&value);
        bool is_kept = asked_keep(asked, &recipients[i]);
        buf_fini(&value);
        if (!is_kept) {
            return false;
        }
    }
    shape->recipients = recipients;
    shape->recipient_count = count;
    return recipients != NULL;
}

/* The lines of what was captured. */
static bool split_lines(struct asked *asked, struct str text, struct shapes_propose *shape)
{
    struct str *lines = arena_array(asked->arena, BLOCKLIST_EVIDENCE_MOST + 1, sizeof *lines);
    while (lines != NULL && text.len > 0 && shape->captured_count < BLOCKLIST_EVIDENCE_MOST) {
        lines[shape->captured_count++] = str_cut(&text, '\n');
    }
    shape->captured = lines;
    return lines != NULL;
}

static void write_propose(struct asked *asked, const struct page_propose *propose)
{
    struct err err = ERR_NONE;
    struct shapes_propose shape = {
        .case_id = propose->one->summary.id,
        .version = propose->one->summary.version,
        .lease = propose->chances->is_holder ? propose->chances->lease : 0,
        .kind = str_of(casebook_kind_name(propose->kind)),
        .is_urgent = propose->is_urgent,
        .preview = propose->preview,
        .breaks = propose->breaks,
        .break_count = propose->break_count,
    };
    shape.questions = give_questions(&shape.question_count);
    if (propose->problem.len > 0) {
        asked_problem(asked, 422, "refused", propose->problem);
    } else if (split_lines(asked, propose->captured, &shape) &&
               list_recipients(asked, propose, &shape)) {
        asked_record(asked, &shape);
    } else {
        err_set(&err, "a proposal is too large to be shown");
        asked_fail_casebook(asked, &err);
    }
}

static void show(struct asked *asked, struct page_propose *propose, unsigned status)
{
    if (asked_is_json(asked)) {
        write_propose(asked, propose);
        return;
    }

    page_propose(&asked->page, propose);
    asked_finish(asked, status);
}

struct captured {
    int64_t since_ms;
    struct buf hashes;
    size_t count;
};

/* What is too old for a proposal is left out. */
static void take_captured(void *context, const struct casebook_capture *capture)
{
    struct captured *captured = context;
    char hex[HASH_HEX];
    if (capture->time_ms >= captured->since_ms && captured->count < BLOCKLIST_EVIDENCE_MOST) {
        captured->count++;
        buf_printf(&captured->hashes, "%s\n", hash_format(&capture->sha256, hex));
    }
}

void give_propose(struct asked *asked)
{
    struct casebook_page one;
    struct casebook_chances chances;
    struct err err = ERR_NONE;
    struct captured captured = {.since_ms = asked->page.now_ms - BLOCKLIST_EVIDENCE_AGE_MS};
    if (!asked_case(asked, &one, &chances) || !asked_may(asked, &chances, ACTION_PROPOSE)) {
        return;
    }
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return;
    }
    if (!casebook_captures(casebook, one.summary.id, take_captured, &captured, &err)) {
        asked_fail_casebook(asked, &err);
    } else {
        struct page_propose propose = {
            .one = &one,
            .chances = &chances,
            .captured = buf_str(&captured.hashes),
            .addressees = answers_addressees(asked->answers),
        };
        choose(asked, &one, &propose);
        show(asked, &propose, 200);
    }
    buf_fini(&captured.hashes);
}

struct breaks {
    struct asked *asked;
    struct str at[BREAKS_MOST];
    size_t count;
};

static bool take_break(void *context, struct str host)
{
    struct breaks *breaks = context;
    breaks->at[breaks->count] = host;
    return asked_keep(breaks->asked, &breaks->at[breaks->count]) && ++breaks->count < BREAKS_MOST;
}

/* What it would be, without making it. */
static void preview(struct asked *asked, struct page_propose *propose, struct casebook *casebook,
                    const struct casebook_draft *draft, struct err *err)
{
    struct buf proposal = BUF_EMPTY, record = BUF_EMPTY;
    struct breaks breaks = {.asked = asked};
    enum casebook_outcome outcome =
        casebook_draft(casebook, asked->visit.session, draft, &proposal, &record, err);
    bool done = outcome != CASEBOOK_FAILED;
    if (outcome == CASEBOOK_DONE && draft->kind == KIND_ENTRY) {
        done = casebook_look_covered(casebook, draft->scope, draft->target, draft->case_id,
                                     take_break, &breaks, err);
    }
    if (!done) {
        asked_fail_casebook(asked, err);
    } else {
        propose->preview = outcome == CASEBOOK_DONE ? buf_str(&proposal) : STR("");
        propose->problem = outcome == CASEBOOK_DONE ? STR("") : str_of(err->message);
        propose->breaks = breaks.at;
        propose->break_count = breaks.count;
        show(asked, propose, outcome == CASEBOOK_DONE ? 200 : 422);
    }
    buf_fini(&proposal);
    buf_fini(&record);
}

static void propose_it(struct asked *asked, struct page_propose *propose, struct casebook *casebook,
                       const struct casebook_draft *draft, struct err *err)
{
    struct casebook_moved moved;
    struct place there = asked_place(asked, ROUTE_CASE);
    there.case_id = draft->case_id;
    const struct casebook_request request = {
        .action = propose->is_urgent ? ACTION_URGENT : ACTION_PROPOSE,
        .case_id = draft->case_id,
        .version = form_number(&asked->form, "version"),
        .lease = form_number(&asked->form, "lease"),
        .draft = draft,
        .conflict = draft->conflict,
    };
    enum casebook_outcome outcome =
        casebook_move(casebook, asked->visit.session, &request, &moved, err);
    if (outcome == CASEBOOK_REFUSED) {
        propose->problem = str_of(err->message); /* the form comes back as it was filled in */
        show(asked, propose, 422);
        return;
    }
    asked_outcome(asked, outcome, message_of_action(request.action), STR(""), err, &there);
}

void take_propose(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook_page one;
    struct casebook_chances chances;
    struct page_propose propose = {
        .one = &one,
        .chances = &chances,
        .form = &asked->form,
        .addressees = answers_addressees(asked->answers),
    };
    struct str action = form_get(&asked->form, "action");
    if (!str_is(action, "preview") && !str_is(action, "propose")) {
        asked_fail(asked, &asked_bad_request);
        return;
    }
    if (!asked_case(asked, &one, &chances)) {
        return;
    }
    if (str_is(action, "preview") && !asked_may(asked, &chances, ACTION_PROPOSE)) {
        return;
    }
    choose(asked, &one, &propose);
    struct drafting in = {.asked = asked, .err = &err};
    struct casebook *casebook = asked_writer(asked, &err);
    if (casebook == NULL) {
        asked_fail_casebook(asked, &err);
    } else if (!read_draft(&in, propose.kind, propose.is_urgent)) {
        propose.problem = str_of(err.message);
        show(asked, &propose, 422);
    } else if (str_is(action, "preview")) {
        preview(asked, &propose, casebook, &in.draft, &err);
    } else {
        propose_it(asked, &propose, casebook, &in.draft, &err);
    }
}
