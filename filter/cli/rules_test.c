#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/cli/cli.h"
#include "filter/cli/rules.h"
#include "filter/cli/rules_posts.h"
#include "filter/cli/terminal.h"

struct testing {
    struct rules_report report; /* first: rules_report takes it */
    const struct cli_words *names;
    bool has_colour;
    size_t tests, failed;
};

static void show_test(void *context, const struct rule_test *test)
{
    struct testing *testing = context;
    if (!rules_is_named(testing->names, test->rule)) {
        return;
    }
    bool is_fine = (test->hit != NULL) == test->must_match;
    struct buf out = BUF_EMPTY;
    testing->tests++;
    testing->failed += !is_fine;
    buf_printf(&out, "%s %s  %.*s:%u\n", is_fine ? "ok   " : "GAGAL",
               test->must_match ? "match" : "pass ", STR_FORMAT(test->rule->file), test->line);
    rules_put_post(&out, test->post, test->hit != NULL ? test->hit->spans : NULL,
                   test->hit != NULL ? test->hit->span_count : 0, testing->has_colour);
    fputs(out.bytes, stdout);
    buf_fini(&out);
}

struct trying {
    const struct testing *testing;
    const struct rule_set *set;
    const char *path;
    struct rule_matcher *matcher;
    size_t flagged, refused;
};

static bool try_post(void *context, const struct post *post, unsigned line, struct err *err)
{
    struct trying *trying = context;
    struct rule_match match;
    if (!rule_match_post(trying->matcher, trying->set, post, &match, err)) {
        err->line = line;
        err_in_file(err, trying->path);
        rules_cannot(err);
        *err = ERR_NONE;
        trying->refused++;
        return true;
    }
    for (size_t i = 0; i < match.hit_count; i++) {
        if (!rules_is_named(trying->testing->names, match.hits[i].rule)) {
            continue;
        }
        struct buf out = BUF_EMPTY;
        trying->flagged++;
        buf_printf(&out, "kena/flagged  %s:%u  ", trying->path, line);
        cli_put_line(&out, match.hits[i].rule->title);
        buf_put_char(&out, '\n');
        rules_put_post(&out, post, match.hits[i].spans, match.hits[i].span_count,
                       trying->testing->has_colour);
        fputs(out.bytes, stdout);
        buf_fini(&out);
    }
    return true;
}

/* The chosen rules on posts of the writer's own. */
static bool try_posts(const struct testing *testing, const struct rule_set *set, const char *path,
                      struct err *err)
{
    struct trying trying = {
        .testing = testing, .set = set, .path = path, .matcher = rule_matcher_new()};
    struct rules_posts counts;
    bool done = rules_posts_read(path, try_post, &trying, &counts, err);
    if (done) {
        printf("%zu pos/posts, %zu kena/flagged, %zu rusak/bad\n", counts.posts - trying.refused,
               trying.flagged, counts.bad + trying.refused);
    }
    rule_matcher_free(trying.matcher);
    return done;
}

/* Files are loaded alone, beside the lists of the folders; ids among all rules there. */
static struct rule_set *load(struct testing *testing, const struct cli_words *folders,
                             struct err *err)
{
    struct cli_words defaults;
    bool are_files = true;
    for (size_t i = 0; i < testing->names->count; i++) {
        are_files = are_files && access(testing->names->at[i], F_OK) == 0;
    }
    struct rule_set_options options = {.folders = rules_folders(folders, &defaults),
                                       .files = are_files ? testing->names->at : NULL,
                                       .clock = clock_system(),
                                       .report = rules_report,
                                       .tested = show_test,
                                       .context = testing};
    return rule_set_load(&options, err);
}

int rules_test(int argc, char **argv)
{
    struct cli_words words, folders = {.count = 0};
    struct testing testing = {.names = &words, .has_colour = cli_has_colour(stdout)};
    const char *posts = NULL;
    const struct cli_option options[] = {
        {"posts", CLI_TEXT, &posts}, {"rules", CLI_LIST, &folders}, {NULL, CLI_FLAG, NULL}};
    struct err err = ERR_NONE;
    if (!cli_options_read(options, argc, argv, &words, &err)) {
        return rules_cannot(&err);
    }
    if (words.count == 0) {
        err_set(&err, "aturan mana / which rule? saring rules test rules/fraud/bank-undian.yml");
        return rules_cannot(&err);
    }
    struct rule_set *set = load(&testing, &folders, &err);
    size_t chosen = 0;
    for (size_t i = 0; set != NULL && i < rule_set_program(set)->rule_count; i++) {
        chosen += rules_is_named(&words, rule_set_program(set)->rules[i]);
    }
    if (set != NULL && chosen == 0) {
        err_set(&err,
                "'%.60s': tidak ada aturan aktif dengan berkas atau id ini / no active rule "
                "has this file or id",
                words.at[0]);
        rule_set_unref(set);
        return rules_cannot(&err);
    }
    printf("%zu tes/tests, %zu gagal/failed\n", testing.tests, testing.failed);
    int status = set != NULL ? CLI_FINE : CLI_NO;
    if (set != NULL && posts != NULL && !try_posts(&testing, set, posts, &err)) {
        status = rules_cannot(&err);
    }
    rule_set_unref(set);
    return status;
}
