/* What strangers wrote, on a terminal: shown, never obeyed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

struct err;

/* Whether people read this stream, and whether they want colours (NO_COLOR, TERM=dumb). */
bool cli_is_terminal(FILE *stream);
bool cli_has_colour(FILE *stream);

/* How wide the terminal behind this stream is (80 if it does not say); 0 if it is none. */
size_t cli_columns(FILE *stream);

/*
 * Appends the text with all control, bidi and other invisible characters, and bytes that are no
 * UTF-8, spelled out as \u{1B} or \x{FF}: on one line, whatever it holds.
 */
void cli_put_line(struct buf *out, struct str text);

/* The same, but a line feed stays one, with `indent` spaces behind it, and a tab is a space. */
void cli_put_text(struct buf *out, struct str text, unsigned indent);

/* As cli_put_text, and no terminal makes a link of it: hxxp://, example[.]com. */
void cli_put_defanged(struct buf *out, struct str text, unsigned indent);

/* As cli_put_line, cut to `columns` with "…" or filled up with spaces. */
void cli_put_cell(struct buf *out, struct str text, size_t columns);

/* Writes all of it to stdout; false if that fails (a full disk, a closed pipe). */
MUST_CHECK bool cli_print(const struct buf *out, struct err *err);

/*
 * Asks on the terminal itself, not stdin or stdout: shows `question`, reads a line. Appends it
 * without its newline. False without a terminal, or at its end.
 */
MUST_CHECK bool cli_ask(const char *question, struct buf *answer, struct err *err);

/* The same without echo. Clear the buffer with cli_forget. */
MUST_CHECK bool cli_ask_secret(const char *question, struct buf *answer, struct err *err);

/* Overwrites the bytes and frees them. */
void cli_forget(struct buf *secret);
