#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "feeds/ndjson.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/cli/cli.h"
#include "filter/cli/rules.h"
#include "filter/cli/terminal.h"

enum { POSTS_MAX = 256 << 20 };

struct testing {
    struct rules_report report; /* first: rules_report takes it */
    const struct cli_words *names;
    bool has_colour;
    size_t tests, failed;
};

/* RULE is an id or a file. */
static bool is_chosen(const struct cli_words *names, const struct rule *rule)
{
    for (size_t i = 0; i < names->count; i++) {
        if (str_is(rule->id, names->at[i]) || str_is(rule->file, names->at[i])) {
            return true;
        }
    }
    return false;
}

static void show_test(void *context, const struct rule_test *test)
{
    struct testing *testing = context;
    if (!is_chosen(testing->names, test->rule)) {
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

/* The chosen rules on posts of the writer's own. */
static bool try_posts(const struct testing *testing, const struct rule_set *set, const char *path,
                      struct err *err)
{
    struct buf bytes = BUF_EMPTY;
    struct feeds_ndjson *reader = feeds_ndjson_new();
    struct rule_matcher *matcher = rule_matcher_new();
    size_t posts = 0, flagged = 0, bad = 0;
    bool done = file_read(path, POSTS_MAX, &bytes, err);
    unsigned number = 0;
    for (size_t at = 0; done && at < bytes.len;) {
        const char *end = memchr(bytes.bytes + at, '\n', bytes.len - at);
        size_t stop = end != NULL ? (size_t)(end - bytes.bytes) : bytes.len;
        struct str line = str_part(buf_str(&bytes), at, stop);
        struct post post;
        struct rule_match match;
        struct err problem = ERR_NONE;
        at = stop + 1;
        number++;
        if (str_trim(line).len == 0) {
            continue;
        }
        if (!feeds_ndjson_read(reader, line, &post, &problem) ||
            !rule_match_post(matcher, set, &post, &match, &problem)) {
            problem.line = number;
            err_in_file(&problem, path);
            rules_cannot(&problem);
            bad++;
            continue;
        }
        posts++;
        for (size_t i = 0; i < match.hit_count; i++) {
            if (!is_chosen(testing->names, match.hits[i].rule)) {
                continue;
            }
            struct buf out = BUF_EMPTY;
            flagged++;
            buf_printf(&out, "kena/flagged  %s:%u  ", path, number);
            cli_put_line(&out, match.hits[i].rule->title);
            buf_put_char(&out, '\n');
            rules_put_post(&out, &post, match.hits[i].spans, match.hits[i].span_count,
                           testing->has_colour);
            fputs(out.bytes, stdout);
            buf_fini(&out);
        }
    }
    if (done) {
        printf("%zu pos/posts, %zu kena/flagged, %zu rusak/bad\n", posts, flagged, bad);
    }
    rule_matcher_free(matcher);
    feeds_ndjson_free(reader);
    buf_fini(&bytes);
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
        chosen += is_chosen(&words, rule_set_program(set)->rules[i]);
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
