#include "filter/cli/completion.h"

#include <stdio.h>
#include <string.h>

#include "filter/cli/cli.h"

static const char *const commands[] = {
#define COMMAND(name, function, id, en) name,
#include "filter/cli/commands.tbl"
#undef COMMAND
};

static const char *const rules[] = {
#define VERB(name, function, words, summary, example) name,
#include "filter/cli/rules_verbs.tbl"
#undef VERB
};

static void print_words(const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        printf("%s%s", i > 0 ? " " : "", words[i]);
    }
}

/*
 * Verbs and options of other commands are read from their --help, once they are asked for, so that
 * nothing here can fall behind it.
 */
int cli_completion(int argc, char **argv)
{
    if (argc != 2 || strcmp(argv[1], "bash") != 0) {
        fputs("saring completion bash, untuk / for ~/.bashrc: source <(saring completion bash)\n",
              stderr);
        return CLI_CANNOT;
    }
    fputs("# saring: source <(saring completion bash)\n"
          "_saring()\n"
          "{\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} program=${COMP_WORDS[0]} "
          "command=${COMP_WORDS[1]}\n"
          "    local help words=\n"
          "    COMPREPLY=()\n"
          "    if [ \"$COMP_CWORD\" = 1 ]; then\n"
          "        words='",
          stdout);
    print_words(commands, sizeof commands / sizeof *commands);
    fputs(" completion --help'\n"
          "    elif [ \"$command\" = completion ]; then\n"
          "        words=bash\n"
          "    elif [ \"$command\" = rules ] && [ \"$COMP_CWORD\" = 2 ]; then\n"
          "        words='",
          stdout);
    print_words(rules, sizeof rules / sizeof *rules);
    fputs(" --help'\n"
          "    else\n"
          "        case $command in\n"
          "        rules) help=$(\"$program\" rules \"${COMP_WORDS[2]}\" --help 2>/dev/null) ;;\n"
          "        *) help=$(\"$program\" \"$command\" --help 2>/dev/null) ;;\n"
          "        esac\n"
          "        case $word in\n"
          "        -*) words=\"$(grep -oE -- '--[a-z][a-z-]+' <<<\"$help\" | sort -u) --help\" ;;\n"
          "        *) [ \"$COMP_CWORD\" != 2 ] || words=$(grep -oE \"(^saring $command|\\\\|) "
          "+[a-z]+|^  [a-z]+  \" <<<\"$help\" | grep -oE '[a-z]+ *$') ;;\n"
          "        esac\n"
          "    fi\n"
          "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\" | sort -u)\n"
          "    [ ${#COMPREPLY[@]} -gt 0 ] || compopt -o default 2>/dev/null\n"
          "}\n"
          "complete -F _saring saring\n",
          stdout);
    return CLI_FINE;
}
