/* saring rules: what rule writers need. */
#include "filter/cli/rules.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/state_dir.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/terminal.h"
#include "filter/pipeline/admin.h"
#include "filter/pipeline/config.h"

enum { RELOAD_TIMEOUT_MS = 120000, CONFIG_MAX = 1 << 20 };

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *words, *summary, *example;
} verbs[] = {
#define VERB(name, function, words, summary, example) {name, function, words, summary, example},
#include "filter/cli/rules_verbs.tbl"
#undef VERB
};

enum { VERBS = sizeof verbs / sizeof *verbs };

static void print_help(FILE *out)
{
    fputs("saring rules PERINTAH … [--rules FOLDER] [--state DIR]\n\n", out);
    for (size_t i = 0; i < VERBS; i++) {
        fprintf(out, "  %-9s %s\n", verbs[i].name, verbs[i].summary);
    }
    fputs("\n"
          "  ATURAN  berkas, id; juga folder untuk submit/release / file, id or folder\n"
          "  FOLDER  bawaan: rules dan feeds/example / default: rules and feeds/example\n"
          "\n"
          "  saring rules new --class fraud --title 'Undian' --out rules/fraud/undian.yml\n"
          "  saring rules test rules/fraud/undian.yml && saring rules check\n",
          out);
}

static void print_verb_help(size_t verb)
{
    printf("saring rules %s %s\n\n  %s\n", verbs[verb].name, verbs[verb].words,
           verbs[verb].summary);
    static const char *const of_casebook[] = {"stats",    "list",     "submit",  "release",
                                              "withdraw", "versions", "rollback"};
    for (size_t i = 0; i < sizeof of_casebook / sizeof *of_casebook; i++) {
        if (strcmp(verbs[verb].name, of_casebook[i]) == 0) {
            fputs("\n  --rules FOLDER  --state DIR  --config saring.yml  --json\n"
                  "  --password-file F  --password-fd N\n",
                  stdout);
        }
    }
    printf("\n  saring rules %s\n", verbs[verb].example);
}

int rules_cannot(const struct err *err)
{
    char text[800];
    struct buf line = BUF_EMPTY;
    buf_put_string(&line, "saring rules: ");
    cli_put_line(&line, str_of(err_format(err, text, sizeof text)));
    fprintf(stderr, "%s\n", line.bytes);
    buf_fini(&line);
    return CLI_CANNOT;
}

void rules_report(void *context, bool is_error, const struct err *err)
{
    struct rules_report *report = context;
    struct buf out = BUF_EMPTY;
    report->errors += is_error;
    report->warnings += !is_error;
    if (report->is_json) {
        buf_put_char(&out, '{');
        buf_put_json_field(&out, "file", str_of(err->file));
        buf_printf(&out, ",\"line\":%u,\"column\":%u", err->line, err->column);
        buf_put_json_field(&out, "kind", is_error ? STR("error") : STR("warning"));
        buf_put_json_field(&out, "message", str_of(err->message));
        buf_put_char(&out, '}');
    } else {
        struct err place = *err;
        char text[800];
        snprintf(place.message, sizeof place.message, "%s",
                 is_error ? "galat/error" : "awas/warning");
        cli_put_line(&out, str_of(err_format(&place, text, sizeof text)));
        buf_put_string(&out, ": ");
        cli_put_line(&out, str_of(err->message));
    }
    puts(out.bytes);
    buf_fini(&out);
}

void rules_report_errors(void *context, bool is_error, const struct err *err)
{
    struct rules_report *report = context;
    if (is_error) {
        report->errors++;
        (void)rules_cannot(err);
    }
}

const char *const *rules_folders(const struct cli_words *given, struct cli_words *words)
{
    if (given->count > 0) {
        return given->at;
    }
    *words = (struct cli_words){.count = 0};
    words->at[words->count++] = "rules";
    if (access("feeds/example/rules", F_OK) == 0) {
        words->at[words->count++] = "feeds/example";
    }
    return words->at;
}

void rules_put_marked(struct buf *out, const char *field, struct str text,
                      const struct rule_span *spans, size_t count, bool has_colour)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        struct text_span span = spans[i].span;
        if (strcmp(spans[i].field, field) != 0 || span.start < at || span.end > text.len) {
            continue;
        }
        cli_put_line(out, str_part(text, at, span.start));
        buf_put_string(out, has_colour ? "\033[7m" : "[[");
        cli_put_line(out, str_part(text, span.start, span.end));
        buf_put_string(out, has_colour ? "\033[27m" : "]]");
        at = span.end;
    }
    cli_put_line(out, str_part(text, at, text.len));
}

void rules_put_post(struct buf *out, const struct post *post, const struct rule_span *spans,
                    size_t count, bool has_colour)
{
    for (size_t field = 0; field < POST_FIELDS; field++) {
        const char *name = post_field_name((enum post_field)field);
        if (field != POST_AUTHOR_NAME && post->fields[field].len > 0) { /* limit 5 */
            buf_printf(out, "      %s: ", name);
            rules_put_marked(out, name, post->fields[field], spans, count, has_colour);
            buf_put_char(out, '\n');
        }
    }
}

static int ask_reload(const char *state_option, const char *config_path, struct err *err)
{
    struct arena *arena = arena_new(CONFIG_MAX);
    struct config config;
    struct buf state = BUF_EMPTY, answer = BUF_EMPTY;
    bool is_fine = false;
    int status = CLI_CANNOT;
    if (config_load(config_path, arena, &config, err) &&
        state_dir(state_option != NULL ? state_option : config.state, &state, err) &&
        admin_ask_reload(state.bytes, RELOAD_TIMEOUT_MS, &is_fine, &answer, err)) {
        struct buf line = BUF_EMPTY;
        cli_put_line(&line, buf_str(&answer));
        fprintf(is_fine ? stdout : stderr, "%s\n", line.len > 0 ? line.bytes : "");
        buf_fini(&line);
        status = is_fine ? CLI_FINE : CLI_NO;
    } else {
        status = rules_cannot(err);
    }
    buf_fini(&answer);
    buf_fini(&state);
    arena_free(arena);
    return status;
}

int rules_reload(int argc, char **argv)
{
    const char *state = NULL, *config = NULL;
    const struct cli_option options[] = {{"state", CLI_TEXT, &state},
                                         {"config", CLI_TEXT, &config},
                                         {"c", CLI_TEXT, &config},
                                         {NULL, CLI_FLAG, NULL}};
    struct cli_words words;
    struct err err = ERR_NONE;
    if (!cli_options_read(options, argc, argv, &words, &err)) {
        return rules_cannot(&err);
    }
    if (words.count > 0) {
        err_set(&err, "'%.60s' berlebih / is too much; saring rules reload [--state DIR]",
                words.at[0]);
        return rules_cannot(&err);
    }
    return ask_reload(state, config, &err);
}

int cmd_rules(int argc, char **argv)
{
    if (argc < 2 || argv[1][0] == '-') {
        bool is_asked = argc >= 2 && cli_options_help(argc, argv);
        print_help(is_asked ? stdout : stderr);
        return is_asked ? CLI_FINE : CLI_CANNOT;
    }
    for (size_t i = 0; i < VERBS; i++) {
        if (strcmp(argv[1], verbs[i].name) != 0) {
            continue;
        }
        if (cli_options_help(argc, argv)) {
            print_verb_help(i);
            return CLI_FINE;
        }
        return verbs[i].run(argc - 1, argv + 1);
    }
    fprintf(stderr, "saring rules: tidak ada / there is no '%.60s'; saring rules --help\n",
            argv[1]);
    return CLI_CANNOT;
}
