/* saring completion bash: what a shell offers at the Tab key, from the tables of commands. */
#pragma once

/* argv[0] is "completion"; returns an enum cli_status. */
int cli_completion(int argc, char **argv);
