#include "filter/cli/review_form.h"

#include <string.h>

#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/hash.h"
#include "filter/cli/terminal.h"

enum { FILE_MOST = 256 * 1024, EVIDENCE_MOST = 256 << 20 };

struct reader {
    const struct review_form *form;
    json_t *file; /* NULL: none */
    int64_t now_ms;
    struct arena *arena;
};

static bool keep(struct reader *in, struct str text, struct str *kept, struct err *err)
{
    char *copy = arena_copy(in->arena, text.len > 0 ? text.at : "", text.len);
    if (copy == NULL) {
        return err_set(err, "the proposal is too long");
    }
    *kept = (struct str){.at = copy, .len = text.len};
    return true;
}

/* From the option, the file, or the terminal if there is a question; else it stays empty. */
static bool take(struct reader *in, const char *option, const char *name, const char *question,
                 struct str *value, struct err *err)
{
    const json_t *member = json_object_get(in->file, name);
    if (option != NULL) {
        *value = str_of(option);
        return true;
    }
    if (member != NULL) {
        struct str text = {json_string_value(member), json_string_length(member)};
        return json_is_string(member) ? keep(in, text, value, err)
                                      : err_set(err, "\"%s\" must be a string", name);
    }
    *value = STR("");
    if (question == NULL) {
        return true;
    }
    struct buf answer = BUF_EMPTY;
    struct err why = ERR_NONE;
    bool done = cli_ask(question, &answer, &why)
                    ? keep(in, str_trim(buf_str(&answer)), value, err)
                    : err_set(err, "--%s is missing (%s)", name, why.message);
    buf_fini(&answer);
    return done;
}

static bool read_file(struct reader *in, struct err *err)
{
    static const char *const known[] = {
        "kind",      "scope",     "target",          "observed", "end",     "reason",
        "reason_en", "conflict",  "milder",          "answers",  "claim",   "text",
        "text_en",   "recipient", "recipient_name",  "url",      "harvest", "evidence",
        "second",    "second_at", "second_evidence", "on_call",  "told",    "registrant",
    };
    struct buf bytes = BUF_EMPTY;
    json_error_t why;
    if (!file_read(in->form->from, FILE_MOST, &bytes, err)) {
        buf_fini(&bytes);
        return false;
    }
    in->file =
        json_loadb(bytes.len > 0 ? bytes.bytes : "", bytes.len, JSON_REJECT_DUPLICATES, &why);
    buf_fini(&bytes);
    if (!json_is_object(in->file)) {
        err_set_at(err, why.line > 0 ? (unsigned)why.line : 0, 0, "is no JSON object: %s",
                   why.text);
        return err_in_file(err, in->form->from);
    }
    const char *key;
    json_t *value;
    json_object_foreach(in->file, key, value)
    {
        size_t i = 0;
        while (i < sizeof known / sizeof *known && strcmp(known[i], key) != 0) {
            i++;
        }
        if (i == sizeof known / sizeof *known) {
            err_set(err, "has the unknown member \"%.60s\"", key);
            return err_in_file(err, in->form->from);
        }
    }
    return true;
}

/* "now", "30d", "12h", "15m", "90s" counted from now in direction `sign`, or a time. */
static bool read_time(const struct reader *in, const char *name, struct str text, int sign,
                      int64_t *time_ms, struct err *err)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'d', 86400000}, {'h', 3600000}, {'m', 60000}, {'s', 1000}};
    int64_t number = 0;
    size_t at = 0;
    if (str_is(text, "now")) {
        *time_ms = in->now_ms / 1000 * 1000;
        return true;
    }
    for (; at < text.len && text.at[at] >= '0' && text.at[at] <= '9' && number < 100000; at++) {
        number = number * 10 + (text.at[at] - '0');
    }
    for (size_t i = 0; at > 0 && at + 1 == text.len && i < sizeof units / sizeof *units; i++) {
        if (text.at[at] == units[i].unit) {
            *time_ms = (in->now_ms + sign * number * units[i].ms) / 1000 * 1000;
            return true;
        }
    }
    return clock_parse(text, time_ms) ||
           err_set(err, "--%s '%.*s': now, 30d, 12h, 15m atau/or 2026-11-30T17:00:00Z", name,
                   STR_FORMAT(text));
}

/* Appends the items of a list: of options, each maybe with commas, or of the file's array. */
static bool take_list(struct reader *in, const struct cli_words *words, const char *name,
                      const char *question,
                      bool (*add)(void *context, struct str item, struct err *), void *context,
                      struct err *err)
{
    const json_t *array = json_object_get(in->file, name), *member;
    size_t at;
    if (words->count == 0 && array != NULL) {
        if (!json_is_array(array)) {
            return err_set(err, "\"%s\" must be a list", name);
        }
        json_array_foreach(array, at, member)
        {
            struct str item = {json_string_value(member), json_string_length(member)};
            if (!add(context, item, err)) {
                return false;
            }
        }
        return true;
    }
    struct str asked = STR("");
    if (words->count == 0 && !take(in, NULL, name, question, &asked, err)) {
        return false;
    }
    for (size_t i = 0; i < words->count || (i == 0 && asked.len > 0); i++) {
        struct str text = words->count > 0 ? str_of(words->at[i]) : asked;
        while (text.len > 0) {
            const char *comma = memchr(text.at, ',', text.len);
            size_t len = comma != NULL ? (size_t)(comma - text.at) : text.len;
            if (!add(context, str_trim(str_part(text, 0, len)), err)) {
                return false;
            }
            text = str_part(text, comma != NULL ? len + 1 : len, text.len);
        }
    }
    return true;
}

static bool add_harvest(void *context, struct str item, struct err *err)
{
    struct casebook_draft *draft = context;
    unsigned bit;
    if (!blocklist_harvest_parse(item, &bit)) {
        return err_set(err, "--harvest '%.*s': credentials, money, personal_data, malware",
                       STR_FORMAT(item));
    }
    draft->harvest |= bit;
    return true;
}

struct evidence {
    struct hash *hashes;
    size_t count;
};

static bool add_evidence(void *context, struct str item, struct err *err)
{
    struct evidence *evidence = context;
    if (evidence->count == BLOCKLIST_EVIDENCE_MOST) {
        return err_set(err, "--evidence: at most %d pieces", BLOCKLIST_EVIDENCE_MOST);
    }
    if (hash_parse(item, &evidence->hashes[evidence->count])) {
        evidence->count++;
        return true;
    }
    struct buf path = BUF_EMPTY, bytes = BUF_EMPTY;
    buf_put_str(&path, item);
    buf_put_char(&path, '\0');
    bool done = item.len == 0 ? err_set(err, "--evidence: a SHA-256 or a file")
                              : file_read(path.bytes, EVIDENCE_MOST, &bytes, err);
    if (done) {
        evidence->hashes[evidence->count++] = hash_sha256(buf_str(&bytes));
    }
    buf_fini(&path);
    buf_fini(&bytes);
    return done;
}

static bool read_answer(struct str text, enum casebook_answer *answer)
{
    static const char *const no[] = {"no", "tidak", "t", "n"};
    static const char *const yes[] = {"yes", "ya", "y"};
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        if (str_is(text, no[i])) {
            *answer = ANSWER_NO;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (str_is(text, yes[i])) {
            *answer = ANSWER_YES;
            return true;
        }
    }
    return false;
}

static bool set_answer(struct casebook_answers *answers, struct str name, struct str value,
                       struct err *err)
{
    enum casebook_test test;
    enum casebook_answer answer;
    if (!casebook_test_parse(name, &test)) {
        return err_set(err, "--answers: there is no test '%.*s'", STR_FORMAT(name));
    }
    if (!read_answer(value, &answer)) {
        return err_set(err, "--answers: %.*s='%.*s'; tidak/no atau/or ya/yes", STR_FORMAT(name),
                       STR_FORMAT(value));
    }
    if (answers->of[test] != ANSWER_NONE) {
        return err_set(err, "--answers: %.*s twice", STR_FORMAT(name));
    }
    answers->of[test] = answer;
    return true;
}

static bool ask_answers(struct casebook_answers *answers, struct err *err)
{
    for (size_t i = 0; i < CASEBOOK_TEST_COUNT; i++) {
        struct buf question = BUF_EMPTY;
        bool done = true;
        buf_printf(&question, "%s / %s [ya/tidak] ",
                   casebook_test_question((enum casebook_test)i, false),
                   casebook_test_question((enum casebook_test)i, true));
        while (done && answers->of[i] == ANSWER_NONE) {
            struct buf answer = BUF_EMPTY;
            struct err why = ERR_NONE;
            done = cli_ask(question.bytes, &answer, &why) ||
                   err_set(err, "--answers is missing: opinion=no,satire=no,… (%s)", why.message);
            /* Anything but a clear yes or no is asked again. */
            if (done && !read_answer(str_trim(buf_str(&answer)), &answers->of[i])) {
                answers->of[i] = ANSWER_NONE;
            }
            buf_fini(&answer);
        }
        buf_fini(&question);
        if (!done) {
            return false;
        }
    }
    return true;
}

static bool check_answers(const struct casebook_answers *answers, struct err *err)
{
    for (size_t i = 0; i < CASEBOOK_TEST_COUNT; i++) {
        if (answers->of[i] == ANSWER_NONE) {
            return err_set(err, "--answers: %s is not answered: %s",
                           casebook_test_name((enum casebook_test)i),
                           casebook_test_question((enum casebook_test)i, false));
        }
    }
    return true;
}

bool review_form_answers(const char *text, struct casebook_answers *answers, struct err *err)
{
    *answers = (struct casebook_answers){.of = {ANSWER_NONE}};
    if (text == NULL) {
        return ask_answers(answers, err);
    }
    struct str left = str_of(text);
    while (left.len > 0) {
        const char *comma = memchr(left.at, ',', left.len);
        size_t len = comma != NULL ? (size_t)(comma - left.at) : left.len;
        struct str pair = str_trim(str_part(left, 0, len));
        const char *equals = memchr(pair.at, '=', pair.len);
        size_t name = equals != NULL ? (size_t)(equals - pair.at) : pair.len;
        if (!set_answer(answers, str_part(pair, 0, name),
                        str_part(pair, equals != NULL ? name + 1 : name, pair.len), err)) {
            return false;
        }
        left = str_part(left, comma != NULL ? len + 1 : len, left.len);
    }
    return check_answers(answers, err);
}

static bool take_answers(struct reader *in, struct casebook_answers *answers, struct err *err)
{
    const json_t *object = json_object_get(in->file, "answers");
    const char *name;
    json_t *value;
    if (in->form->answers != NULL || object == NULL) {
        return review_form_answers(in->form->answers, answers, err);
    }
    *answers = (struct casebook_answers){.of = {ANSWER_NONE}};
    if (!json_is_object(object)) {
        return err_set(err, "\"answers\" must be an object: {\"opinion\":\"no\",…}");
    }
    json_object_foreach((json_t *)object, name, value)
    {
        struct str text = {json_string_value(value), json_string_length(value)};
        if (!set_answer(answers, str_of(name), text, err)) {
            return false;
        }
    }
    return check_answers(answers, err);
}

static bool take_entry(struct reader *in, struct casebook_draft *draft, struct err *err)
{
    const struct review_form *form = in->form;
    struct str scope = STR(""), end = STR("");
    if (!take(in, form->scope, "scope", "Lingkup / scope (URL, URL_PREFIX, HOST, DOMAIN): ", &scope,
              err) ||
        !take(in, form->target, "target", "Sasaran / target: ", &draft->target, err) ||
        !take_list(in, &form->harvest, "harvest",
                   "Yang dipanen / harvest (credentials, money, personal_data, malware): ",
                   add_harvest, draft, err) ||
        !take(in, form->end, "end", "Berakhir / end (30d, 12h, 2026-11-30T17:00:00Z): ", &end,
              err)) {
        return false;
    }
    if (!blocklist_scope_parse(scope, &draft->scope)) {
        return err_set(err, "--scope '%.*s': URL, URL_PREFIX, HOST, DOMAIN", STR_FORMAT(scope));
    }
    return read_time(in, "end", end, 1, &draft->end_ms, err);
}

static bool take_kind(struct reader *in, struct casebook_draft *draft, struct err *err)
{
    static const char claim[] = "Klaimnya, tanpa nama dan alamat / the claim, without names: ";
    const struct review_form *form = in->form;
    struct str kind = STR(""), recipient = STR("");
    if (!take(in, form->kind, "kind", "Jenis / kind (entry, correction, referral): ", &kind, err)) {
        return false;
    }
    if (!casebook_kind_parse(kind, &draft->kind)) {
        return err_set(err, "--kind '%.*s': entry, correction, referral", STR_FORMAT(kind));
    }
    switch (draft->kind) {
    case KIND_ENTRY:
        return take_entry(in, draft, err);
    case KIND_CORRECTION:
        return take(in, form->claim, "claim", claim, &draft->claim, err) &&
               take(in, form->text, "text",
                    "Teks pelurusan / text of the correction: ", &draft->text, err) &&
               take(in, form->text_en, "text_en", NULL, &draft->text_en, err);
    case KIND_REFERRAL:
        break;
    }
    if (!take(in, form->claim, "claim", claim, &draft->claim, err) ||
        !take(in, form->recipient, "recipient",
              "Kepada / to (platform, hosting, supervisor): ", &recipient, err) ||
        !take(in, form->recipient_name, "recipient_name",
              "Namanya / its name: ", &draft->recipient_name, err) ||
        !take(in, form->url, "url", "URL: ", &draft->url, err)) {
        return false;
    }
    return casebook_recipient_parse(recipient, &draft->recipient) ||
           err_set(err, "--recipient '%.*s': platform, hosting, supervisor", STR_FORMAT(recipient));
}

/* What the 24-hour lane asks besides. The second one's capture is evidence like the others. */
static bool take_urgent(struct reader *in, struct evidence *evidence, struct casebook_draft *draft,
                        struct err *err)
{
    const struct review_form *form = in->form;
    struct casebook_urgent *urgent = arena_alloc(in->arena, sizeof *urgent);
    struct str second_at = STR(""), capture = STR(""), told = STR("");
    if (urgent == NULL ||
        !take(in, form->second, "second", "Penelaah kedua / second reviewer: ", &urgent->second,
              err) ||
        !take(in, form->second_at, "second_at",
              "Kapan ia melihat panennya / when they saw the harvest (now, 1h): ", &second_at,
              err) ||
        !read_time(in, "second-at", second_at, -1, &urgent->second_ms, err) ||
        !take(in, form->second_evidence, "second_evidence",
              "Bukti tangkapannya / their capture (berkas/file, SHA-256): ", &capture, err) ||
        !add_evidence(evidence, capture, err) ||
        !take(in, form->on_call, "on_call",
              "Penyetuju siaga / approver on call: ", &urgent->on_call, err) ||
        !take(in, form->told, "told", "Kapan diberi tahu / told when (now, 10m): ", &told, err) ||
        !read_time(in, "told", told, -1, &urgent->told_ms, err) ||
        !take(in, form->registrant, "registrant",
              "Pendaftar domain: siapa, kapan, atau mengapa tidak / registrant told: ",
              &urgent->registrant, err)) {
        return false;
    }
    urgent->second_sha256 = evidence->hashes[evidence->count - 1];
    draft->urgent = urgent;
    return true;
}

static bool read_all(struct reader *in, bool is_urgent, struct casebook_draft *draft,
                     struct err *err)
{
    const struct review_form *form = in->form;
    struct evidence evidence = {
        .hashes = arena_array(in->arena, BLOCKLIST_EVIDENCE_MOST, sizeof *evidence.hashes)};
    struct str observed = STR("");
    if (evidence.hashes == NULL || (form->from != NULL && !read_file(in, err)) ||
        !take_kind(in, draft, err) ||
        !take_list(in, &form->evidence, "evidence",
                   "Bukti / evidence (berkas/files, SHA-256): ", add_evidence, &evidence, err) ||
        !take(in, form->observed, "observed", "Diamati / observed (now, 2h, …): ", &observed,
              err) ||
        !read_time(in, "observed", observed, -1, &draft->observed_ms, err) ||
        !take(in, form->reason, "reason", "Alasan, 80-1500 huruf / the facts: ", &draft->reason,
              err) ||
        !take(in, form->reason_en, "reason_en", NULL, &draft->reason_en, err) ||
        !take_answers(in, &draft->answers, err) ||
        !take(in, form->conflict, "conflict",
              "Konflik kepentingan / conflict (tidak ada): ", &draft->conflict, err) ||
        !take(in, form->milder, "milder",
              "Cara lebih ringan yang dicoba / milder means: ", &draft->milder, err) ||
        (is_urgent && !take_urgent(in, &evidence, draft, err))) {
        return false;
    }
    draft->evidence = evidence.hashes;
    draft->evidence_count = evidence.count;
    return true;
}

bool review_form_read(const struct review_form *form, bool is_urgent, int64_t now_ms,
                      struct arena *arena, struct casebook_draft *draft, struct err *err)
{
    struct reader in = {.form = form, .now_ms = now_ms, .arena = arena};
    int64_t case_id = draft->case_id;
    *draft = (struct casebook_draft){.case_id = case_id};
    bool done = read_all(&in, is_urgent, draft, err);
    json_decref(in.file);
    return done;
}
