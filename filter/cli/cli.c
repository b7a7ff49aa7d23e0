#include "filter/cli/cli.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "filter/cli/commands.h"
#include "filter/cli/completion.h"

/* Ends with an empty name; commands.h declares what stands here. */
static const struct cli_command commands[] = {
#define COMMAND(name, function, id, en) {name, function, id, en},
#include "filter/cli/commands.tbl"
#undef COMMAND
    {NULL, NULL, NULL, NULL},
};

static void print_help(FILE *out)
{
    fprintf(out, "saring: penyaring hoaks dan penipuan pilkada / election hoax and fraud filter\n"
                 "saring PERINTAH / COMMAND [--help]\n\n");
    for (const struct cli_command *command = commands; command->name != NULL; command++) {
        /* In one line of 80 columns where both fit: the whole list is to fit a screen. */
        bool is_short = strlen(command->summary_id) + strlen(command->summary_en) <= 80 - 11 - 3;
        fprintf(out, "  %-8s %s%s%s\n", command->name, command->summary_id,
                is_short ? " / " : "\n           ", command->summary_en);
    }
    fprintf(out, "\n  saring scan posts.ndjson | jq .rules    source <(saring completion bash)\n");
}

int cli_main(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(argc < 2 ? stderr : stdout);
        return argc < 2 ? CLI_CANNOT : CLI_FINE;
    }
    if (strcmp(argv[1], "completion") == 0) {
        return cli_completion(argc - 1, argv + 1);
    }
    for (const struct cli_command *command = commands; command->name != NULL; command++) {
        if (strcmp(command->name, argv[1]) == 0) {
            return command->run(argc - 1, argv + 1);
        }
    }
    fprintf(stderr, "saring: tidak ada perintah '%s' / no command '%s'; saring --help\n", argv[1],
            argv[1]);
    return CLI_CANNOT;
}
