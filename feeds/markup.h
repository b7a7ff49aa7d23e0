/*
 * The pieces of XML and HTML: tags, text, CDATA. It never fails and never looks anything up, so
 * that malformed feeds, which are many, are read as far as a person would read them; what is
 * well-formed comes out as libxml2 reads it (tests/fuzz/fuzz_markup.c compares the two).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/str.h"

enum feeds_markup_kind {
    FEEDS_MARKUP_TEXT,  /* references not yet resolved */
    FEEDS_MARKUP_CDATA, /* text as it is */
    FEEDS_MARKUP_START,
    FEEDS_MARKUP_END,
    FEEDS_MARKUP_DOCTYPE, /* text: what stands between its name and '>' */
};

struct feeds_markup_piece {
    enum feeds_markup_kind kind;
    struct str text;       /* of TEXT, CDATA, DOCTYPE */
    struct str name;       /* of START and END: with its prefix, as written */
    struct str attributes; /* of START: for feeds_markup_attribute */
    bool is_empty;         /* of START: "<br/>" */
    size_t at, end;        /* where the piece stands */
};

struct feeds_markup {
    struct str text; /* valid UTF-8 */
    size_t at;
    bool is_html;   /* set by the caller: "<!-->" is a whole comment */
    bool is_broken; /* something was not well-formed so far */
    bool is_unclosed, is_instruction_open, is_comment_open, has_doctype; /* the reader's own */
};

/* The next piece; comments and processing instructions are passed over. False at the end. */
bool feeds_markup_next(struct feeds_markup *markup, struct feeds_markup_piece *piece);

/* Takes an attribute off the front of `*rest`; `*value` has its references not yet resolved. */
bool feeds_markup_attribute(struct str *rest, struct str *name, struct str *value);

/* The value of the attribute of this name in any case, trimmed; empty if there is none. */
struct str feeds_markup_value(struct str attributes, const char *name);

/* Whether a name is this one, in any case, as HTML has it. */
bool feeds_markup_is(struct str name, const char *wanted);

/* Moves to before the next "</name" in any case, or to the end. */
void feeds_markup_skip_to_end(struct feeds_markup *markup, struct str name);
