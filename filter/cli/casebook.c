/* saring casebook: the rules by which cases move, as the program has them. */
#include <stdio.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/casebook/move.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"
#include "filter/cli/terminal.h"

#define NAME "casebook"

struct casebook_command {
    bool is_json, is_markdown;
};

static void print_help(void)
{
    puts("saring casebook states [--json | --markdown]\n"
         "\n"
         "  states      semua langkah kasus, entri dan banding: dari, ke, siapa, apa yang\n"
         "              dilampirkan, tenggat; yang tak tercantum ditolak / every move of\n"
         "              cases, entries and appeals: from, to, who, what must be attached,\n"
         "              until when; what is not there is refused\n"
         "  --json      satu langkah satu baris; begitu pula dalam pipa / one a line, also\n"
         "              in a pipe\n"
         "  --markdown  seperti dalam dokumentasi / as the documentation has it\n"
         "\n"
         "  saring casebook states | jq -c 'select(.by | index(\"independent\"))'");
}

static int run(void *context, const struct cli_words *words, struct err *err)
{
    const struct casebook_command *command = context;
    struct buf out = BUF_EMPTY;
    bool is_text = isatty(STDOUT_FILENO) != 0 && !command->is_json;
    if (words->count != 1 || !str_is(str_of(words->at[0]), "states")) {
        err_set(err, "saring casebook states; --help");
        return cli_cannot(NAME, err);
    }
    casebook_moves_print(command->is_markdown ? CASEBOOK_PRINT_MARKDOWN
                         : is_text            ? CASEBOOK_PRINT_TEXT
                                              : CASEBOOK_PRINT_JSON,
                         &out);
    bool done = cli_print(&out, err);
    buf_fini(&out);
    return done ? CLI_FINE : cli_cannot(NAME, err);
}

int cmd_casebook(int argc, char **argv)
{
    struct casebook_command command = {.is_json = false};
    const struct cli_option options[] = {
        {"json", CLI_FLAG, &command.is_json},
        {"markdown", CLI_FLAG, &command.is_markdown},
        {NULL, CLI_FLAG, NULL},
    };
    const struct cli_task task = {
        .name = NAME,
        .print_help = print_help,
        .options = options,
        .run = run,
        .context = &command,
    };
    return cli_task_run(&task, argc, argv);
}
