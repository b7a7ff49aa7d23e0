/* The command line: one table of subcommands, one file each. */
#pragma once

/* Exit codes of every subcommand. */
enum cli_status {
    CLI_FINE = 0,
    CLI_NO = 1,     /* the answer is no: lint errors, a guard refused */
    CLI_CANNOT = 2, /* it could not be done */
};

/* Each subcommand gets its own words: argv[0] is its name. It returns an enum cli_status. */
struct cli_command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary_id, *summary_en; /* Indonesian, English */
};

/* Finds the subcommand in argv[1] and runs it; --help lists all. */
int cli_main(int argc, char **argv);
