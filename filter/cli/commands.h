/* The functions behind filter/cli/commands.tbl. */
#pragma once

#define COMMAND(name, function, id, en) int function(int argc, char **argv);
#include "filter/cli/commands.tbl"
#undef COMMAND
