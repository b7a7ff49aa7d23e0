/* Why a name is in the lists of now: which case, on what ground, who stands behind it, until when.
 */
#pragma once

#include "filter/cli/export_list.h"

struct err;

/*
 * Prints every entry of the selected list that covers `text`, a host name or a URL in any spelling.
 * An exit code of cli.h: CLI_NO if it is not listed.
 */
int export_explain(const struct export_list *list, const char *text, struct err *err);
