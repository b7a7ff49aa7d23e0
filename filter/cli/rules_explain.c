#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "feeds/ndjson.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/cli/cli.h"
#include "filter/cli/rules.h"
#include "filter/cli/terminal.h"
#include "filter/rule/explain.h"
#include "filter/text/utf8.h"

enum { MOST_FALSE = 4 }; /* alternatives shown that are not there */

struct explaining {
    const struct rule_program *program;
    const struct rule *rule;
    const struct rule_explain *explain;
    bool has_colour;
    struct buf out;
};

static void put_indent(struct buf *out, unsigned depth, bool is_true)
{
    buf_printf(out, "%*s%s ", (int)(2 * depth), "", is_true ? "+" : "-");
}

static void put_atom(struct explaining *in, uint32_t index)
{
    static const char *const views[] = {
        [TEXT_RAW] = "raw", [TEXT_FOLDED] = "", [TEXT_SKELETON] = "skeleton"};
    static const char *const ops[] = {[RULE_GLOB] = "",
                                      [RULE_WORDS] = "words",
                                      [RULE_REGEX] = "re",
                                      [RULE_EXISTS] = "exists",
                                      [RULE_CIDR] = "cidr"};
    const struct rule_atom *atom = &in->program->atoms[index];
    const struct rule_span *spans;
    size_t count = rule_explain_spans(in->explain, index, &spans);
    struct buf pattern = BUF_EMPTY;
    for (size_t i = 0; i < atom->pattern.len; i++) {
        char c = atom->pattern.at[i];
        buf_put_char(&pattern, c == RULE_ANY_RUN ? '*' : c == RULE_ANY_ONE ? '?' : c);
    }
    cli_put_line(&in->out, in->program->fields[atom->field]);
    buf_printf(&in->out, "%s%s%s%s '", views[atom->view][0] != '\0' ? "|" : "", views[atom->view],
               ops[atom->op][0] != '\0' ? "|" : "", ops[atom->op]);
    cli_put_line(&in->out, buf_str(&pattern));
    buf_put_char(&in->out, '\'');
    for (size_t i = 0; i < count; i++) {
        buf_put_string(&in->out, i == 0 ? "  <- " : ", ");
        buf_put_string(&in->out, in->has_colour ? "\033[7m" : "[[");
        cli_put_line(&in->out, spans[i].text);
        buf_put_string(&in->out, in->has_colour ? "\033[27m" : "]]");
    }
    buf_put_char(&in->out, '\n');
    buf_fini(&pattern);
}

static const struct rule_named *name_of(const struct explaining *in, const struct rule_node *node)
{
    for (size_t i = 0; i < in->rule->search_count; i++) {
        if (in->rule->searches[i].node == node) {
            return &in->rule->searches[i];
        }
    }
    return NULL;
}

/* The tree of a node, alternatives that are not there cut short. Conditions nest at most 64 deep.
 */
static void put_node(struct explaining *in, const struct rule_node *node,
                     unsigned depth) /* NOLINT(misc-no-recursion) */
{
    bool is_true = rule_explain_node(in->explain, node);
    const struct rule_named *named = name_of(in, node);
    put_indent(&in->out, depth, is_true);
    if (named != NULL) {
        cli_put_line(&in->out, named->name);
        buf_put_string(&in->out, ": ");
    }
    if (node->kind == RULE_NODE_ATOM) {
        put_atom(in, node->atom);
        return;
    }
    buf_put_string(&in->out, node->kind == RULE_NODE_NOT   ? "bukan/not\n"
                             : node->kind == RULE_NODE_AND ? "semua/all of\n"
                                                           : "salah satu/any of\n");
    size_t hidden = 0, shown = 0;
    for (size_t i = 0; i < node->child_count; i++) {
        bool is_hidden = node->kind == RULE_NODE_OR && node->children[i]->kind == RULE_NODE_ATOM &&
                         !rule_explain_node(in->explain, node->children[i]) &&
                         (is_true || ++shown > MOST_FALSE);
        hidden += is_hidden;
        if (!is_hidden) {
            put_node(in, node->children[i], depth + 1);
        }
    }
    if (hidden > 0) {
        buf_printf(&in->out, "%*s… %zu lagi tidak ada / more are not there\n", (int)(2 * depth + 2),
                   "", hidden);
    }
}

static const struct rule *find_rule(const struct rule_set *set, const char *name)
{
    const struct rule_program *program = rule_set_program(set);
    for (size_t i = 0; i < program->rule_count; i++) {
        if (str_is(program->rules[i]->id, name) || str_is(program->rules[i]->file, name)) {
            return program->rules[i];
        }
    }
    return NULL;
}

/* What POS says: a file that is there, or what is written; `held` holds what was read. */
static bool find_post(const char *word, struct buf *held, struct str *text, struct err *err)
{
    if (access(word, F_OK) != 0) {
        *text = str_of(word);
        return true;
    }
    bool done = file_read(word, FEEDS_NDJSON_MAX_LINE, held, err);
    *text = str_trim(buf_str(held));
    return done;
}

/* `text` is a JSON object, or a post's text itself, which `mended` then holds. */
static bool read_post(struct feeds_ndjson *reader, struct str text, struct buf *mended,
                      struct post *post, struct err *err)
{
    if (text.len > 0 && text.at[0] == '{') {
        return feeds_ndjson_read(reader, text, post, err);
    }
    utf8_mend(text, mended);
    *post = POST_EMPTY;
    post->fields[POST_TEXT] = buf_str(mended);
    return true;
}

static int explain(struct explaining *in, const struct rule_set *set, const struct post *post,
                   struct err *err)
{
    in->program = rule_set_program(set);
    struct rule_explain *made = rule_explain_new(in->program, in->rule, err);
    in->explain = made;
    int status = CLI_CANNOT;
    if (made != NULL && rule_explain_post(made, post, err)) {
        bool is_true = rule_explain_node(made, in->rule->condition);
        cli_put_line(&in->out, in->rule->title);
        buf_printf(&in->out, ": %s\n", is_true ? "kena/matches" : "tidak kena/does not match");
        put_node(in, in->rule->condition, 0);
        fputs(in->out.bytes, stdout);
        status = is_true ? CLI_FINE : CLI_NO;
    } else {
        rules_cannot(err);
    }
    buf_fini(&in->out);
    rule_explain_free(made);
    return status;
}

int rules_explain(int argc, char **argv)
{
    struct cli_words words, folders = {.count = 0}, defaults;
    struct rules_report report = {.is_json = false};
    const struct cli_option options[] = {{"rules", CLI_LIST, &folders}, {NULL, CLI_FLAG, NULL}};
    struct err err = ERR_NONE;
    if (!cli_options_read(options, argc, argv, &words, &err)) {
        return rules_cannot(&err);
    }
    if (words.count != 2) {
        err_set(&err, "saring rules explain ATURAN POS, as in: saring rules explain "
                      "rules/fraud/bank-undian.yml 'Gebyar undian …'");
        return rules_cannot(&err);
    }
    const char *const file[] = {words.at[0], NULL};
    struct rule_set_options load = {.folders = rules_folders(&folders, &defaults),
                                    .files = access(words.at[0], F_OK) == 0 ? file : NULL,
                                    .clock = clock_system(),
                                    .report = rules_report,
                                    .context = &report};
    struct rule_set *set = rule_set_load(&load, &err);
    if (set == NULL) {
        return CLI_NO;
    }
    struct explaining in = {.rule = find_rule(set, words.at[0]),
                            .has_colour = cli_has_colour(stdout)};
    struct feeds_ndjson *reader = feeds_ndjson_new();
    struct buf held = BUF_EMPTY, mended = BUF_EMPTY;
    struct str text;
    struct post post;
    int status;
    if (in.rule == NULL) {
        err_set(&err,
                "'%.60s': tidak ada aturan aktif dengan berkas atau id ini / no active rule "
                "has this file or id",
                words.at[0]);
        status = rules_cannot(&err);
    } else {
        status = find_post(words.at[1], &held, &text, &err) &&
                         read_post(reader, text, &mended, &post, &err)
                     ? explain(&in, set, &post, &err)
                     : rules_cannot(&err);
    }
    buf_fini(&held);
    buf_fini(&mended);
    feeds_ndjson_free(reader);
    rule_set_unref(set);
    return status;
}
