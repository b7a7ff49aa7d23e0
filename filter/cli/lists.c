/* saring lists guard: what may be listed, asked of the guards name by name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/blocklist/guard.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"
#include "filter/cli/terminal.h"
#include "filter/text/url.h"
#include "filter/text/utf8.h"

#define NAME "lists"

struct lists_command {
    struct cli_desk desk;
    const char *scope;
    bool says_why;
};

static void print_help(void)
{
    puts("saring lists guard [--scope host] [--why] -\n"
         "Bertanya kepada penjaga: bolehkah ini didaftar? / asks the guards.\n"
         "\n"
         "Dari stdin, satu nama atau URL per baris; satu baris JSON untuk masing-masing /\n"
         "reads names or URLs from stdin, prints a line of JSON each:\n"
         "\n"
         "  {\"name\":\"kpu.go.id\",\"refused\":true,\"by\":[\"protected\"]}\n"
         "\n"
         "by: name, reserved, public_suffix, protected, shared_host, likeness, warning.\n"
         "looks_like: nama terlindung yang ditiru ejaannya / what it is spelled like.\n"
         "\n"
         "  --scope domain|host  nama dan semua di bawahnya (bawaan), atau nama itu saja /\n"
         "                       a name and all below it (default), or the name alone\n"
         "  --why                dan mengapa: baris mana, berkas mana / and why: which\n"
         "                       line of which file\n"
         "  --state DIR  --rules DIR  -c saring.yml\n"
         "\n"
         "Keluar / exits 1 bila ada yang ditolak / if any was refused.\n"
         "\n"
         "  cut -d, -f1 calon.csv | saring lists guard - | jq -c 'select(.refused)'");
}

static void put_guards(struct buf *out, unsigned by)
{
    static const struct {
        unsigned bit;
        const char *name;
    } guards[] = {
#define X(constant, bit, name) {bit, name},
        BLOCKLIST_GUARDS(X)
#undef X
    };
    const char *comma = "";
    buf_put_string(out, ",\"by\":[");
    for (size_t i = 0; i < sizeof guards / sizeof *guards; i++) {
        if ((by & guards[i].bit) != 0) {
            buf_printf(out, "%s\"%s\"", comma, guards[i].name);
            comma = ",";
        }
    }
    buf_put_char(out, ']');
}

/* The protected name that an A-label reads like: it may be listed, and people must know. */
static void put_likeness(const struct blocklist_guard *guard, struct str name, struct buf *out)
{
    struct buf canonical = BUF_EMPTY;
    struct url url;
    struct err ignored = ERR_NONE;
    if (url_canonical(name, &canonical, &url, &ignored)) {
        struct str looks = blocklist_guard_looks_like(guard, url.host);
        if (looks.len > 0) {
            buf_put_json_field(out, "looks_like", looks);
        }
    }
    buf_fini(&canonical);
}

/* Invalid bytes would make no JSON: such a line is shown as U+FFFD. */
static void put_answer(const struct lists_command *command, struct buf *out, struct str name,
                       unsigned by, const struct err *err)
{
    char text[800];
    buf_put_char(out, '{');
    buf_put_json_field(out, "name", utf8_is_valid(name) ? name : STR("\xef\xbf\xbd"));
    buf_printf(out, ",\"refused\":%s", by != 0 ? "true" : "false");
    put_guards(out, by);
    if (by != 0 && command->says_why) {
        struct str why = str_of(err_format(err, text, sizeof text));
        buf_put_json_field(out, "why", utf8_is_valid(why) ? why : STR("-"));
    }
    put_likeness(command->desk.guard, name, out);
    buf_put_string(out, "}\n");
}

static bool read_scope(const char *name, enum blocklist_scope *scope)
{
    *scope = name != NULL && strcmp(name, "host") == 0 ? BLOCKLIST_HOST : BLOCKLIST_DOMAIN;
    return name == NULL || strcmp(name, "host") == 0 || strcmp(name, "domain") == 0;
}

static int ask_all(const struct lists_command *command, enum blocklist_scope scope, struct err *err)
{
    char *line = NULL;
    size_t room = 0, refused = 0;
    bool done = true;
    for (ssize_t len; done && (len = getline(&line, &room, stdin)) >= 0;) {
        struct str name = str_trim((struct str){.at = line, .len = (size_t)len});
        struct buf out = BUF_EMPTY;
        struct err why = ERR_NONE;
        unsigned by;
        if (name.len == 0) {
            continue;
        }
        bool is_url = memmem(name.at, name.len, "://", 3) != NULL;
        bool may = blocklist_guard_explain(command->desk.guard, is_url ? BLOCKLIST_URL : scope,
                                           name, &by, &why);
        refused += may ? 0 : 1;
        put_answer(command, &out, name, by, &why);
        done = cli_print(&out, err);
        buf_fini(&out);
    }
    free(line);
    if (!done) {
        return cli_cannot(NAME, err);
    }
    return refused > 0 ? CLI_NO : CLI_FINE;
}

static int run(void *context, const struct cli_words *words, struct err *err)
{
    struct lists_command *command = context;
    enum blocklist_scope scope;
    if (words->count != 2 || strcmp(words->at[0], "guard") != 0 || strcmp(words->at[1], "-") != 0) {
        err_set(err, "saring lists guard -; --help");
        return cli_cannot(NAME, err);
    }
    if (!read_scope(command->scope, &scope)) {
        err_set(err, "--scope: host atau/or domain");
        return cli_cannot(NAME, err);
    }
    if (!cli_desk_find(&command->desk, err) || !cli_desk_guard(&command->desk, err)) {
        return cli_cannot(NAME, err);
    }
    return ask_all(command, scope, err);
}

int cmd_lists(int argc, char **argv)
{
    struct lists_command command = {.desk = cli_desk_new()};
    const struct cli_option options[] = {
        CLI_DESK_OPTIONS(&command.desk),
        {"scope", CLI_TEXT, &command.scope},
        {"why", CLI_FLAG, &command.says_why},
        {NULL, CLI_FLAG, NULL},
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
