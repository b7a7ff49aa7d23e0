/* The saring program: finds the subcommand and runs it. */
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "filter/cli/cli.h"

/* No core files: posts and keys are in memory. */
static void forbid_core_files(void)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    prctl(PR_SET_DUMPABLE, 0);
}

int main(int argc, char **argv)
{
    struct err err = ERR_NONE;
    forbid_core_files();
    if (!hash_start(&err)) {
        fprintf(stderr, "saring: %s\n", err.message);
        return CLI_CANNOT;
    }
    return cli_main(argc, argv);
}
