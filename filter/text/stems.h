/*
 * The words of a text, cut to their stems, for searching: "Pemilihannya" and "pemilih" are found by
 * one another. Indonesian, by Snowball's stemmer (libstemmer).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

/* One thread; reused for every text. */
struct text_stems;

enum { TEXT_STEMS_MOST = 64 * 1024 }; /* bytes of a text that are looked at */

MUST_CHECK struct text_stems *text_stems_new(void); /* never NULL */
void text_stems_free(struct text_stems *stems);     /* NULL is fine */

/*
 * Appends the stems of the words of `utf8` (valid UTF-8), folded (filter/text/view.h), one space
 * between them. A number is one word, "11.000" too. Links, and names behind an '@', are no words:
 * what is searched by is what was said, not who said it or where.
 */
void text_stems_put(struct text_stems *stems, struct str utf8, struct buf *out);
