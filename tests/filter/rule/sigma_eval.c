/*
 * Conformance: `sigma-eval RULES_DIR < events.ndjson` reads lines {"event": {…}} and prints for
 * each the ids of the rules that match, sorted, as a JSON array; the language library alone,
 * without a basis. What it refuses it names on standard error, as FILE:LINE:COLUMN: message, and
 * goes on; a line that is no event is answered by `null`. Values of %name% are read from
 * RULES_DIR/lists/name.txt. Exit status: 0, 1 if a line or a regex failed, 2 if nothing could be
 * done.
 */
#include <stdio.h>
#include <stdlib.h>

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/rule/judge.h"
#include "filter/rule/language.h"
#include "filter/rule/limits.h"
#include "filter/rule/program.h"
#include "filter/rule/rule.h"
#include "tests/filter/rule/sigma_event.h"

enum { FILES_MAX = 200000, EVENT_MAX = 256 << 20 /* bytes of memory */ };

static void complain(const struct err *err, const char *file)
{
    fprintf(stderr, "%s:%u:%u: %s\n", err->file[0] != '\0' ? err->file : file, err->line,
            err->column, err->message);
}

/* The last part of the path, without ".txt". */
static char *list_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = mem_copy_string(slash != NULL ? slash + 1 : path);
    name[strlen(name) - strlen(".txt")] = '\0';
    return name;
}

static void add_list(struct rule_language *language, const char *path)
{
    struct buf text = BUF_EMPTY;
    struct err err = ERR_NONE;
    char *name = list_name(path);
    if (!file_read(path, RULE_FILE_MAX, &text, &err) ||
        !rule_language_list(language, name, buf_str(&text), &err)) {
        complain(&err, path);
    }
    free(name);
    buf_fini(&text);
}

static void add_rules(struct rule_language *language, const char *path)
{
    struct buf text = BUF_EMPTY;
    struct err err = ERR_NONE;
    if (!file_read(path, RULE_FILE_MAX, &text, &err) ||
        !rule_language_add(language, path, buf_str(&text), &err)) {
        complain(&err, path);
    }
    buf_fini(&text);
}

static bool for_each(struct rule_language *language, const char *folder, const char *suffix,
                     void (*add)(struct rule_language *, const char *))
{
    struct file_list files = {.paths = NULL};
    struct err err = ERR_NONE;
    bool done = file_find(folder, suffix, FILES_MAX, &files, &err);
    for (size_t i = 0; done && i < files.count; i++) {
        add(language, files.paths[i]);
    }
    if (!done) {
        complain(&err, folder);
    }
    file_list_fini(&files);
    return done;
}

static struct rule_language *load(const char *folder)
{
    struct rule_language *language = rule_language_new_for_events();
    struct buf lists = BUF_EMPTY;
    buf_printf(&lists, "%s/lists", folder);
    struct err ignored = ERR_NONE;
    struct file_list found = {.paths = NULL};
    if (file_find(lists.bytes, ".txt", FILES_MAX, &found, &ignored)) {
        for (size_t i = 0; i < found.count; i++) {
            add_list(language, found.paths[i]);
        }
    }
    file_list_fini(&found);
    buf_fini(&lists);
    bool done = for_each(language, folder, ".yml", add_rules) &&
                for_each(language, folder, ".yaml", add_rules);
    if (!done) {
        rule_language_free(language);
        return NULL;
    }
    return language;
}

static void print_matches(const struct rule_judged *judged)
{
    struct buf out = BUF_EMPTY;
    buf_put_char(&out, '[');
    for (size_t i = 0; i < judged->count; i++) {
        if (i > 0 && str_equal(judged->rules[i]->id, judged->rules[i - 1]->id)) {
            continue; /* several documents with one id */
        }
        buf_put_string(&out, out.len > 1 ? ", " : "");
        buf_put_json(&out, judged->rules[i]->id);
    }
    buf_put_string(&out, "]\n");
    fwrite(out.bytes, 1, out.len, stdout);
    buf_fini(&out);
}

/* One line of the input; false, with a message, if it is no event. */
static bool judge_line(struct rule_judge *judge, struct arena *arena, struct str line,
                       struct rule_judged *judged, struct err *err)
{
    struct sigma_event event;
    const struct rule_json *document = rule_json_parse(arena, line, err);
    if (document == NULL) {
        return false;
    }
    const struct rule_json *inner = rule_json_get(document, "event");
    if (inner == NULL || inner->kind != RULE_JSON_MAP) {
        return err_set(err, "a line must be {\"event\": {…}}");
    }
    if (!sigma_event_read(inner, arena, &event)) {
        return err_set(err, "the event is too large");
    }
    struct rule_subject subject = {.look_up = sigma_event_look_up, .context = &event};
    rule_judge_run(judge, &subject, judged);
    return true;
}

static bool judge_input(struct rule_judge *judge)
{
    struct arena *arena = arena_new(EVENT_MAX);
    char *line = NULL;
    size_t room = 0;
    unsigned number = 0;
    bool all_done = true;
    for (ssize_t len; (len = getline(&line, &room, stdin)) >= 0;) {
        struct rule_judged judged = {.count = 0};
        struct err err = ERR_NONE;
        struct str text = str_trim((struct str){.at = line, .len = (size_t)len});
        number++;
        if (text.len == 0) {
            continue;
        }
        arena_reset(arena);
        if (judge_line(judge, arena, text, &judged, &err)) {
            print_matches(&judged);
        } else {
            fprintf(stderr, "line %u:%u: %s\n", number, err.column, err.message);
            puts("null");
            all_done = false;
        }
        if (judged.faults > 0) {
            fprintf(stderr, "line %u: %zu regexes ran into a limit\n", number, judged.faults);
            all_done = false;
        }
    }
    all_done = !ferror(stdin) && fflush(stdout) == 0 && all_done;
    free(line);
    arena_free(arena);
    return all_done;
}

int main(int count, char **words)
{
    if (count != 2) {
        fputs("usage: sigma-eval RULES_DIR < events.ndjson\n", stderr);
        return 2;
    }
    struct rule_language *language = load(words[1]);
    const struct rule_program *program = language != NULL ? rule_language_program(language) : NULL;
    if (program == NULL) {
        rule_language_free(language);
        return 2;
    }
    struct rule_judge *judge = rule_judge_new(program);
    bool done = judge_input(judge);
    rule_judge_free(judge);
    rule_language_free(language);
    return done ? 0 : 1;
}
