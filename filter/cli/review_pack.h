/* saring review pack: what goes to the recipient of a referral, as files to print and to send. */
#pragma once

#include <stdint.h>

#include "filter/cli/desk.h"

struct err;

/*
 * Prints the pack's JSON, or writes it all into the folder `out` (made if it is not there): HTML
 * for print, JSON, the bytes that were signed, and both signatures. The casebook is open already.
 * Gives the exit code, and says what it wrote.
 */
int review_pack(struct cli_desk *desk, int64_t id, const char *out, struct err *err);
