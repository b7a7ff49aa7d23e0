#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/uuid.h"
#include "filter/cli/cli.h"
#include "filter/cli/rules.h"
#include "filter/cli/terminal.h"
#include "filter/rule/rule.h"

enum { TEMPLATE_MAX = 1 << 16 };

static const int64_t day_ms = 86400000;

struct new_rule {
    const char *class, *title, *out, *folder;
    char date[CLOCK_TEXT], expires[CLOCK_TEXT];
    struct buf id, title_text; /* the title as it stands between single quotes */
};

static bool quote_title(struct new_rule *new_rule, struct err *err)
{
    for (const char *c = new_rule->title; c != NULL && *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f) {
            return err_set(err, "--title: satu baris saja / one line only");
        }
        buf_put_string(&new_rule->title_text, *c == '\'' ? "''" : "");
        if (*c != '\'') {
            buf_put_char(&new_rule->title_text, *c);
        }
    }
    return true;
}

static void fill(const struct new_rule *new_rule, struct str template, struct buf *out)
{
    const struct {
        const char *mark, *value;
    } blanks[] = {
        {"@TITLE@", new_rule->title_text.len > 0 ? new_rule->title_text.bytes : ""},
        {"@ID@", new_rule->id.bytes},
        {"@DATE@", new_rule->date},
        {"@EXPIRES@", new_rule->expires},
    };
    for (size_t at = 0; at < template.len;) {
        size_t used = 0;
        for (size_t i = 0; used == 0 && i < sizeof blanks / sizeof *blanks; i++) {
            if (str_starts(str_part(template, at, template.len), str_of(blanks[i].mark))) {
                buf_put_string(out, blanks[i].value);
                used = strlen(blanks[i].mark);
            }
        }
        if (used == 0) {
            buf_put_char(out, template.at[at]);
            used = 1;
        }
        at += used;
    }
}

static int write_rule(struct new_rule *new_rule, struct err *err)
{
    struct buf path = BUF_EMPTY, template = BUF_EMPTY, rule = BUF_EMPTY;
    int status = CLI_FINE;
    buf_printf(&path, "%s/templates/%s.yml", new_rule->folder, new_rule->class);
    if (!file_read(path.bytes, TEMPLATE_MAX, &template, err)) {
        status = rules_cannot(err);
    } else {
        fill(new_rule, buf_str(&template), &rule);
        bool done = new_rule->out != NULL ? file_write(new_rule->out, buf_str(&rule), 0644, err)
                                          : cli_print(&rule, err);
        status = done ? CLI_FINE : rules_cannot(err);
    }
    if (status == CLI_FINE && new_rule->out != NULL) {
        fprintf(stderr,
                "%s: isi yang kosong, lalu / fill in the blanks, then: saring rules test %s\n",
                new_rule->out, new_rule->out);
    }
    buf_fini(&path);
    buf_fini(&template);
    buf_fini(&rule);
    return status;
}

static bool check(const struct new_rule *new_rule, const struct cli_words *words, struct err *err)
{
    enum rule_class class;
    if (words->count > 0) {
        return err_set(err, "'%.60s' berlebih / is too much; --out BERKAS", words->at[0]);
    }
    if (new_rule->class == NULL || !rule_class_parse(str_of(new_rule->class), &class)) {
        return err_set(err, "--class fraud|procedure|claim: tidak ada kelas lain / there is no "
                            "other class");
    }
    if (new_rule->out != NULL && access(new_rule->out, F_OK) == 0) {
        err_set(err, "sudah ada, tidak ditimpa / is there already and is not overwritten");
        return err_in_file(err, new_rule->out);
    }
    return true;
}

int rules_new(int argc, char **argv)
{
    struct new_rule new_rule = {.folder = "rules"};
    const struct cli_option options[] = {{"class", CLI_TEXT, &new_rule.class},
                                         {"title", CLI_TEXT, &new_rule.title},
                                         {"out", CLI_TEXT, &new_rule.out},
                                         {"rules", CLI_TEXT, &new_rule.folder},
                                         {NULL, CLI_FLAG, NULL}};
    struct cli_words words;
    struct err err = ERR_NONE;
    struct clock clock = clock_system();
    if (!cli_options_read(options, argc, argv, &words, &err) || !check(&new_rule, &words, &err) ||
        !quote_title(&new_rule, &err)) {
        buf_fini(&new_rule.title_text);
        return rules_cannot(&err);
    }
    uuid_put_random(&new_rule.id);
    clock_format_date(clock_now_ms(&clock), new_rule.date);
    clock_format_date(clock_now_ms(&clock) + RULES_DAYS * day_ms, new_rule.expires);
    int status = write_rule(&new_rule, &err);
    buf_fini(&new_rule.title_text);
    buf_fini(&new_rule.id);
    return status;
}
