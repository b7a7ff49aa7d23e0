/* saring claims: what fact-checkers said, taken in, found, and drafted into rules. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "feeds/review.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/casebook/claims.h"
#include "filter/casebook/claims_draft.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"
#include "filter/cli/terminal.h"
#include "filter/rule/checkers.h"

#define NAME "claims"

struct claims_command {
    struct cli_desk desk;
    const char *reason, *out;
    int64_t of_case;
    bool is_all;
    const char *file; /* that is being taken in */
    struct err err;
};

static void print_help(void)
{
    puts("saring claims import BERKAS|- ...   ambil ClaimReview / take ClaimReviews in\n"
         "saring claims list [--all]          yang dinilai salah / those rated false\n"
         "saring claims like TEKS | --case N  lima yang paling mirip / the five most alike\n"
         "saring claims draft N [--out FILE]  kerangka aturan kelas claim / a draft rule\n"
         "saring claims withdraw URL --reason ALASAN\n"
         "                                    ditarik penerbitnya / it was withdrawn\n"
         "\n"
         "import membaca JSON-LD schema.org, jawaban claims:search, atau NDJSON / reads\n"
         "JSON-LD of schema.org, answers of claims:search, or NDJSON. Hanya dari pemeriksa\n"
         "fakta di / only by fact-checkers of rules/allow/fact-checkers.txt. Penilaian\n"
         "yang berubah atau ditarik membatalkan kasusnya / one that is changed or\n"
         "withdrawn voids its cases.\n"
         "\n"
         "  --state DIR  --rules DIR  -c saring.yml  --json\n"
         "\n"
         "  saring claims import cekfakta.ndjson && saring claims list\n"
         "  saring claims draft 12 --out rules/claim/tinta.yml");
}

static void hear_bad(void *context, unsigned line, const char *why)
{
    const struct claims_command *command = context;
    if (line > 0) {
        fprintf(stderr, "%s:%u: %s\n", command->file, line, why);
    } else {
        fprintf(stderr, "%s: %s\n", command->file, why);
    }
}

static bool read_document(const char *file, struct buf *document, struct err *err)
{
    return strcmp(file, "-") == 0 ? file_read_stdin(FEEDS_REVIEW_DOCUMENT_MOST, document, err)
                                  : file_read(file, FEEDS_REVIEW_DOCUMENT_MOST, document, err);
}

static bool print_report(const struct claims_command *command,
                         const struct casebook_claims_report *report, struct err *err)
{
    struct buf out = BUF_EMPTY;
    if (command->desk.is_json) {
        buf_put_char(&out, '{');
        buf_put_json_field(&out, "file", str_of(command->file));
        buf_printf(&out,
                   ",\"added\":%zu,\"changed\":%zu,\"same\":%zu,\"gone\":%zu,\"refused\":%zu,"
                   "\"voided\":%zu}\n",
                   report->added, report->changed, report->same, report->gone, report->refused,
                   report->voided);
    } else {
        buf_printf(&out,
                   "%s: %zu baru/new, %zu berubah/changed, %zu sama/same, %zu hilang/gone, %zu "
                   "ditolak/refused; %zu kasus batal/cases void\n",
                   command->file, report->added, report->changed, report->same, report->gone,
                   report->refused, report->voided);
    }
    bool done = cli_print(&out, err);
    buf_fini(&out);
    return done;
}

static bool put_claim(void *context, const struct casebook_claim *claim)
{
    struct claims_command *command = context;
    struct buf out = BUF_EMPTY;
    char date[CLOCK_TEXT] = "";
    if (claim->rated_ms != CLOCK_NEVER) {
        clock_format_date(claim->rated_ms, date);
    }
    if (command->desk.is_json) {
        buf_printf(&out, "{\"id\":%lld", (long long)claim->id);
        buf_put_json_field(&out, "url", claim->url);
        buf_put_json_field(&out, "publisher", claim->publisher);
        buf_put_json_field(&out, "claim", claim->claim);
        buf_put_json_field(&out, "title", claim->title);
        buf_put_json_field(&out, "rating", claim->rating);
        buf_put_json_field(&out, "rated", str_of(date));
        buf_printf(&out, ",\"false\":%s,\"gone\":%s}\n", claim->is_false ? "true" : "false",
                   claim->is_gone ? "true" : "false");
    } else {
        buf_printf(&out, "%5lld  %-10s  ", (long long)claim->id, date);
        cli_put_cell(&out, claim->is_gone ? STR("ditarik/gone") : claim->rating, 14);
        buf_put_char(&out, ' ');
        cli_put_cell(&out, claim->publisher, 14);
        buf_put_char(&out, ' ');
        cli_put_line(&out, claim->claim);
        buf_put_string(&out, "\n       ");
        cli_put_defanged(&out, claim->url, 7);
        buf_put_char(&out, '\n');
    }
    bool done = cli_print(&out, &command->err);
    buf_fini(&out);
    return done;
}

/* A new review rated false can carry a rule: say how. */
static bool offer_draft(void *context, const struct casebook_claim *claim)
{
    const struct claims_command *command = context;
    if (!command->desk.is_json) {
        struct buf out = BUF_EMPTY;
        buf_printf(&out, "  saring claims draft %lld   # ", (long long)claim->id);
        cli_put_cell(&out, claim->claim, 48);
        fprintf(stderr, "%s\n", out.bytes);
        buf_fini(&out);
    }
    return true;
}

static int import_file(struct claims_command *command, const struct rule_checkers *checkers,
                       struct err *err)
{
    struct buf document = BUF_EMPTY;
    struct casebook_claims_report report;
    bool done = read_document(command->file, &document, err);
    if (done && !casebook_claims_import(command->desk.casebook, checkers, buf_str(&document),
                                        hear_bad, command, &report, err)) {
        done = err_in_file(err, command->file);
    }
    buf_fini(&document);
    if (!done || !print_report(command, &report, err) ||
        (report.added > 0 && !casebook_claims_list(command->desk.casebook, report.import, true,
                                                   offer_draft, command, err))) {
        return cli_cannot(NAME, err);
    }
    return report.refused > 0 ? CLI_NO : CLI_FINE;
}

static int import(struct claims_command *command, const struct cli_words *words, struct err *err)
{
    if (words->count < 2) {
        err_set(err, "import BERKAS|-; --help");
        return cli_cannot(NAME, err);
    }
    struct rule_checkers *checkers = NULL;
    int status = CLI_CANNOT;
    if (cli_desk_open_write(&command->desk, err)) {
        checkers = rule_checkers_load(command->desk.folders, err);
    }
    if (checkers == NULL) {
        return cli_cannot(NAME, err);
    }
    status = CLI_FINE;
    for (size_t i = 1; i < words->count && status != CLI_CANNOT; i++) {
        command->file = words->at[i];
        int one = import_file(command, checkers, err);
        status = one > status ? one : status;
    }
    rule_checkers_free(checkers);
    return status;
}

static int list(struct claims_command *command, const struct cli_words *words, struct err *err)
{
    (void)words;
    bool done =
        cli_desk_open_read(&command->desk, err) &&
        casebook_claims_list(command->desk.casebook, 0, !command->is_all, put_claim, command, err);
    if (err_is_set(&command->err)) {
        *err = command->err;
        done = false;
    }
    return done ? CLI_FINE : cli_cannot(NAME, err);
}

static bool find_like(struct claims_command *command, const struct cli_words *words,
                      struct casebook_claim *claims, size_t *count, struct err *err)
{
    struct buf text = BUF_EMPTY;
    if (command->of_case != 0) {
        return casebook_claims_of(command->desk.casebook, command->of_case, command->desk.arena,
                                  claims, count, err);
    }
    for (size_t i = 1; i < words->count; i++) {
        buf_put_string(&text, words->at[i]);
        buf_put_char(&text, ' ');
    }
    struct buf mended = BUF_EMPTY;
    cli_put_line(&mended, buf_str(&text));
    bool done = casebook_claims_like(command->desk.casebook, buf_str(&mended), command->desk.arena,
                                     claims, count, err);
    buf_fini(&text);
    buf_fini(&mended);
    return done;
}

static int like(struct claims_command *command, const struct cli_words *words, struct err *err)
{
    struct casebook_claim claims[CASEBOOK_CLAIMS_MOST];
    size_t count = 0;
    if (command->of_case == 0 && words->count < 2) {
        err_set(err, "like TEKS | like --case N; --help");
        return cli_cannot(NAME, err);
    }
    if (!cli_desk_open_read(&command->desk, err) ||
        !find_like(command, words, claims, &count, err)) {
        return cli_cannot(NAME, err);
    }
    for (size_t i = 0; i < count; i++) {
        if (!put_claim(command, &claims[i])) {
            return cli_cannot(NAME, &command->err);
        }
    }
    return count > 0 ? CLI_FINE : CLI_NO;
}

static bool write_draft(struct claims_command *command, const struct casebook_claim *claim,
                        struct err *err)
{
    const char *path = command->out;
    struct buf text = BUF_EMPTY;
    if (path != NULL && access(path, F_OK) == 0) {
        err_set(err, "sudah ada, tidak ditimpa / is there already and is not overwritten");
        return err_in_file(err, path);
    }
    bool done =
        casebook_claim_draft(command->desk.casebook, claim, clock_now_ms(&command->desk.clock),
                             &text, err) &&
        (path != NULL ? file_write(path, buf_str(&text), 0644, err) : cli_print(&text, err));
    if (done && path != NULL) {
        fprintf(stderr, "%s: persempit, lalu / narrow it, then: saring rules test %s\n", path,
                path);
    }
    buf_fini(&text);
    return done;
}

static int draft(struct claims_command *command, const struct cli_words *words, struct err *err)
{
    int64_t id;
    struct casebook_claim claim;
    bool found;
    if (words->count != 2 || !cli_case_id(words->at[1], &id, err)) {
        err_set(err, "draft N [--out BERKAS]; --help");
        return cli_cannot(NAME, err);
    }
    if (!cli_desk_open_read(&command->desk, err) ||
        !casebook_claim_get(command->desk.casebook, id, command->desk.arena, &claim, &found, err)) {
        return cli_cannot(NAME, err);
    }
    if (!found || !claim.is_false || claim.is_gone) {
        err_set(err, !found ? "tidak ada / there is no such review: saring claims list"
                            : "tidak dinilai salah, atau ditarik / is not rated plainly false, or "
                              "was withdrawn: no rule may rest on it");
        return cli_no(NAME, err);
    }
    return write_draft(command, &claim, err) ? CLI_FINE : cli_cannot(NAME, err);
}

static int withdraw(struct claims_command *command, const struct cli_words *words, struct err *err)
{
    struct casebook_claims_report report;
    if (words->count != 2 || command->reason == NULL) {
        err_set(err, "withdraw URL --reason ALASAN; --help");
        return cli_cannot(NAME, err);
    }
    command->file = words->at[1];
    if (!cli_desk_open_write(&command->desk, err) ||
        !casebook_claims_withdraw(command->desk.casebook, str_of(words->at[1]),
                                  str_of(command->reason), &report, err)) {
        return cli_cannot(NAME, err);
    }
    if (report.gone == 0) {
        err_set(err, "tidak ada penilaian di alamat itu / no review is known at that address");
        return cli_no(NAME, err);
    }
    return print_report(command, &report, err) ? CLI_FINE : cli_cannot(NAME, err);
}

static int run(void *context, const struct cli_words *words, struct err *err)
{
    static const struct {
        const char *name;
        int (*act)(struct claims_command *, const struct cli_words *, struct err *);
    } verbs[] = {{"import", import},
                 {"list", list},
                 {"like", like},
                 {"draft", draft},
                 {"withdraw", withdraw}};
    struct claims_command *command = context;
    const char *verb = words->count > 0 ? words->at[0] : "";
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verb, verbs[i].name) == 0) {
            return verbs[i].act(command, words, err);
        }
    }
    err_set(err, "import, list, like, draft, withdraw; --help");
    return cli_cannot(NAME, err);
}

int cmd_claims(int argc, char **argv)
{
    struct claims_command command = {.desk = cli_desk_new(), .err = ERR_NONE};
    const struct cli_option options[] = {
        CLI_DESK_OPTIONS(&command.desk),    {"reason", CLI_TEXT, &command.reason},
        {"out", CLI_TEXT, &command.out},    {"case", CLI_NUMBER, &command.of_case},
        {"all", CLI_FLAG, &command.is_all}, {NULL, CLI_FLAG, NULL},
    };
    const struct cli_task task = {
        .name = NAME,
        .print_help = print_help,
        .options = options,
        .run = run,
        .context = &command,
    };
    int status = cli_task_run(&task, argc, argv);
    cli_desk_close(&command.desk);
    return status;
}
