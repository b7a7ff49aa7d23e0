/* Names of character encodings, as documents write them, and iconv's. */
#pragma once

#include <stdbool.h>

#include "filter/base/str.h"

/* iconv's name for a label, in any case and spelling; NULL if it is none that we take. */
const char *feeds_charset_find(struct str label);

/* Whether each byte is a character of its own in it: nearly any bytes are some text then. */
bool feeds_charset_is_single_byte(const char *name);
