/* The functions behind filter/cli/commands.tbl. */
#pragma once

#define COMMAND(name, function, id, en) int function(int argc, char **argv);
#include "filter/cli/commands.tbl"
#undef COMMAND

/* On the casebook; they enter the table with it. */
int cmd_review(int argc, char **argv);
int cmd_user(int argc, char **argv);
int cmd_season(int argc, char **argv);
int cmd_audit(int argc, char **argv);
int cmd_export(int argc, char **argv);

/* On both, and the feeds. */
int cmd_run(int argc, char **argv);
