/* saring rules submit, release, withdraw, list: who stands behind a rule, and which are shadows. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/casebook/released.h"
#include "filter/casebook/versions.h"
#include "filter/cli/cli.h"
#include "filter/cli/desk.h"
#include "filter/cli/rules.h"
#include "filter/cli/terminal.h"
#include "filter/pipeline/config.h"
#include "filter/rule/release.h"

#define NAME "rules"

struct release_command {
    struct cli_desk desk;
    const char *reason;
    struct rule_set *set;
};

/* The folders that `saring run` reads, with the example's where it is. */
static struct rule_set *load(struct release_command *command, struct err *err)
{
    const char *folders[CLI_WORDS_MOST + 2];
    struct rules_report report = {.is_json = false};
    struct config config;
    size_t count = 0;
    if (!config_load(command->desk.config, command->desk.arena, &config, err)) {
        return NULL;
    }
    while (command->desk.folders[count] != NULL && count < CLI_WORDS_MOST) {
        folders[count] = command->desk.folders[count];
        count++;
    }
    if (command->desk.rules.count == 0 && access(config.example, F_OK) == 0) {
        folders[count++] = config.example;
    }
    folders[count] = NULL;
    const struct rule_set_options options = {.folders = folders,
                                             .clock = command->desk.clock,
                                             .report = rules_report_errors,
                                             .context = &report};
    return rule_set_load(&options, err);
}

/* Whether `word` is the rule's id, its file, or a folder that holds it. */
static bool is_meant(const char *word, const struct rule *rule)
{
    char wanted[PATH_MAX], file[PATH_MAX];
    if (str_is(rule->id, word)) {
        return true;
    }
    if (realpath(word, wanted) == NULL || realpath(rule->file.at, file) == NULL) {
        return false;
    }
    size_t len = strlen(wanted);
    return strncmp(wanted, file, len) == 0 && (file[len] == '\0' || file[len] == '/');
}

static void print_step(const struct rule *rule, const char *done)
{
    char hex[HASH_HEX];
    struct buf line = BUF_EMPTY;
    buf_printf(&line, "%s  %.16s  ", done, hash_format(&rule->release, hex));
    cli_put_line(&line, rule->title);
    puts(line.bytes);
    buf_fini(&line);
}

static bool take_step(struct release_command *command, enum casebook_rule_step step,
                      const struct rule *rule, int *status, struct err *err)
{
    static const char *const done[] = {
        [CASEBOOK_RULE_SUBMIT] = "diserahkan/submitted",
        [CASEBOOK_RULE_RELEASE] = "dirilis/released",
        [CASEBOOK_RULE_WITHDRAW] = "ditarik/withdrawn",
    };
    struct err why = ERR_NONE;
    enum casebook_outcome outcome = casebook_rule_move(
        command->desk.casebook, command->desk.session, step, rule, str_of(command->reason), &why);
    switch (outcome) {
    case CASEBOOK_DONE:
        print_step(rule, done[step]);
        return true;
    case CASEBOOK_REFUSED:
    case CASEBOOK_STALE:
        err_in_file(&why, rule->file.at);
        *status = cli_outcome(NAME, CASEBOOK_REFUSED, &why);
        return true;
    case CASEBOOK_FAILED:
        break;
    }
    *err = why;
    return false;
}

/*
 * Whether this rule is past this step by this person: of a whole folder only the others are meant.
 * False for a rule that is named itself: then people are told why not.
 */
static bool is_past(struct release_command *command, enum casebook_rule_step step,
                    const struct rule *rule, bool *past, struct err *err)
{
    struct casebook_rule_standing standing;
    if (!casebook_rule_standing(command->desk.casebook, &rule->release, &standing, err)) {
        return false;
    }
    bool is_released = standing.releaser[0] != '\0';
    *past = step == CASEBOOK_RULE_SUBMIT    ? standing.is_submitted
            : step == CASEBOOK_RULE_RELEASE ? !standing.is_submitted || is_released
                                            : !standing.is_submitted;
    return true;
}

static int take_steps(struct release_command *command, enum casebook_rule_step step,
                      const struct cli_words *words, struct err *err)
{
    const struct rule_program *program = rule_set_program(command->set);
    int status = CLI_FINE;
    for (size_t w = 0; w < words->count; w++) {
        size_t found = 0, taken = 0;
        for (size_t i = 0; i < rule_program_heads(program); i++) {
            const struct rule *rule = rule_program_head(program, i);
            bool is_one = str_is(rule->id, words->at[w]) || strstr(words->at[w], ".yml") != NULL;
            bool past = false;
            if (!is_meant(words->at[w], rule)) {
                continue;
            }
            found++;
            if ((!is_one && !is_past(command, step, rule, &past, err)) ||
                (!past && !take_step(command, step, rule, &status, err))) {
                return cli_cannot(NAME, err);
            }
            taken += !past;
        }
        if (found == 0) {
            err_set(err,
                    "'%.60s': tidak ada aturan aktif dengan berkas, folder atau id ini / no "
                    "active rule has this file, folder or id",
                    words->at[w]);
            return cli_cannot(NAME, err);
        }
        if (taken == 0) {
            printf("tidak ada yang tersisa / nothing left to do: %.60s\n", words->at[w]);
        }
    }
    return status;
}

/* Whoever hands a change in is who changed it. */
static int keep_version(struct release_command *command, struct err *err)
{
    struct rule_snapshot snapshot = {.files = NULL};
    int64_t id = 0;
    bool done = rule_snapshot_read(command->desk.folders, &snapshot, err) &&
                casebook_version_put(command->desk.casebook, &snapshot,
                                     casebook_session_name(command->desk.session),
                                     str_of(command->reason), &id, err);
    rule_snapshot_fini(&snapshot);
    return done ? CLI_FINE : cli_cannot(NAME, err);
}

static int move(int argc, char **argv, enum casebook_rule_step step)
{
    struct release_command command = {.desk = cli_desk_new(), .reason = ""};
    const struct cli_option options[] = {{"reason", CLI_TEXT, &command.reason},
                                         CLI_DESK_OPTIONS(&command.desk),
                                         {NULL, CLI_FLAG, NULL}};
    struct cli_words words;
    struct err err = ERR_NONE;
    int status;
    if (!cli_options_read(options, argc, argv, &words, &err)) {
        return cli_cannot(NAME, &err);
    }
    if (words.count == 0) {
        err_set(&err,
                "aturan mana / which rule? saring rules %s rules/fraud/x.yml --user NAMA "
                "--reason '…'",
                argv[0]);
        return cli_cannot(NAME, &err);
    }
    if (!cli_desk_open_write(&command.desk, &err) || !cli_desk_login(&command.desk, &err)) {
        status = cli_cannot(NAME, &err);
    } else if ((command.set = load(&command, &err)) == NULL) {
        status = cli_no(NAME, &err);
    } else {
        status = take_steps(&command, step, &words, &err);
        if (step == CASEBOOK_RULE_SUBMIT && status == CLI_FINE) {
            status = keep_version(&command, &err);
        }
    }
    rule_set_unref(command.set);
    cli_desk_close(&command.desk);
    return status;
}

int rules_submit(int argc, char **argv)
{
    return move(argc, argv, CASEBOOK_RULE_SUBMIT);
}

int rules_release(int argc, char **argv)
{
    return move(argc, argv, CASEBOOK_RULE_RELEASE);
}

int rules_withdraw(int argc, char **argv)
{
    return move(argc, argv, CASEBOOK_RULE_WITHDRAW);
}

static const char *state_of(const struct casebook_rule_standing *standing)
{
    return standing->is_released ? "released" : standing->is_submitted ? "submitted" : "shadow";
}

static void put_when(struct buf *out, const char *name, const char *who, int64_t time_ms)
{
    char text[CLOCK_TEXT];
    if (who[0] != '\0') {
        buf_printf(out, ",\"%s\":{", name);
        buf_put_json_field(out, "by", str_of(who));
        buf_put_json_field(out, "time", str_of(clock_format(time_ms, text)));
        buf_put_char(out, '}');
    }
}

static void put_json(struct buf *out, const struct rule *rule,
                     const struct casebook_rule_standing *standing)
{
    char hex[HASH_HEX];
    buf_put_char(out, '{');
    buf_put_json_field(out, "id", rule->id);
    buf_put_json_field(out, "file", rule->file);
    buf_put_json_field(out, "title", rule->title);
    buf_put_json_field(out, "class", str_of(rule_class_name(rule->class)));
    buf_put_json_field(out, "release", str_of(hash_format(&rule->release, hex)));
    buf_put_json_field(out, "revision", str_of(hash_format(&rule->revision, hex)));
    buf_put_json_field(out, "state", str_of(state_of(standing)));
    buf_printf(out, ",\"shipped\":%s,\"shadow_hits\":%llu", standing->is_shipped ? "true" : "false",
               (unsigned long long)standing->shadow_hits);
    put_when(out, "submitted", standing->submitter, standing->submitted_ms);
    put_when(out, "released", standing->releaser, standing->released_ms);
    buf_put_string(out, "}\n");
}

static void put_row(struct buf *out, const struct rule *rule,
                    const struct casebook_rule_standing *standing)
{
    char hex[HASH_HEX];
    buf_printf(out, "%-9s  %.16s  %8llu  ", state_of(standing), hash_format(&rule->release, hex),
               (unsigned long long)standing->shadow_hits);
    cli_put_cell(out, str_of(standing->submitter), 12);
    buf_put_string(out, "  ");
    cli_put_cell(out, str_of(standing->releaser), 12);
    buf_put_string(out, "  ");
    cli_put_line(out, rule->title);
    buf_put_char(out, '\n');
}

/* Without a casebook nobody has released anything yet: there is only what is shipped. */
static bool find_standing(struct release_command *command, const struct rule *rule,
                          struct casebook_rule_standing *standing, struct err *err)
{
    if (command->desk.casebook != NULL) {
        return casebook_rule_standing(command->desk.casebook, &rule->release, standing, err);
    }
    *standing = (struct casebook_rule_standing){0};
    standing->is_shipped = standing->is_released = rule_release_is_shipped(&rule->release);
    return true;
}

static int print_all(struct release_command *command, struct err *err)
{
    const struct rule_program *program = rule_set_program(command->set);
    struct buf out = BUF_EMPTY;
    bool done = true;
    if (!command->desk.is_json) {
        buf_put_string(&out, "keadaan    rilis             bayangan  diserahkan    dirilis       "
                             "aturan\nstate      release              hits  submitted     "
                             "released      rule\n");
    }
    for (size_t i = 0; done && i < rule_program_heads(program); i++) {
        const struct rule *rule = rule_program_head(program, i);
        struct casebook_rule_standing standing;
        done = find_standing(command, rule, &standing, err);
        if (done && command->desk.is_json) {
            put_json(&out, rule, &standing);
        } else if (done) {
            put_row(&out, rule, &standing);
        }
    }
    done = done && cli_print(&out, err);
    buf_fini(&out);
    return done ? CLI_FINE : cli_cannot(NAME, err);
}

int rules_list(int argc, char **argv)
{
    struct release_command command = {.desk = cli_desk_new()};
    const struct cli_option options[] = {CLI_DESK_OPTIONS(&command.desk), {NULL, CLI_FLAG, NULL}};
    struct cli_words words;
    struct err err = ERR_NONE;
    struct buf path = BUF_EMPTY;
    int status;
    if (!cli_options_read(options, argc, argv, &words, &err) ||
        !cli_desk_find(&command.desk, &err)) {
        return cli_cannot(NAME, &err);
    }
    casebook_path(command.desk.state.bytes, &path);
    if (access(path.bytes, F_OK) == 0) {
        command.desk.casebook = casebook_open_read(path.bytes, &command.desk.clock, &err);
    }
    if (err_is_set(&err)) {
        status = cli_cannot(NAME, &err);
    } else if ((command.set = load(&command, &err)) == NULL) {
        status = cli_no(NAME, &err);
    } else {
        status = print_all(&command, &err);
    }
    buf_fini(&path);
    rule_set_unref(command.set);
    cli_desk_close(&command.desk);
    return status;
}
