/*
 * Witnesses: literals one of which must stand in a value for an atom to be true of it, so that an
 * atom whose witnesses are absent need not be looked at (DESIGN: the engine).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/rule/program.h"
#include "filter/rule/syntax.h"

enum { RULE_WITNESS_MAX = 16 }; /* as many as alternatives multiply out to */

#define RULE_WITNESS_FAR UINT32_MAX

struct rule_witness_literal {
    struct str bytes; /* never empty; in the arena or the atom's pattern */
    /* The match starts at least and at most so many bytes before it; FAR: no bound. */
    uint32_t lead_min, lead_max;
    bool boundary_before, boundary_after; /* of a complete witness: \b must hold there too */
};

struct rule_witness {
    struct rule_witness_literal literals[RULE_WITNESS_MAX];
    size_t count;
    struct str also;  /* must stand in the value too; may be empty */
    bool also_behind; /* behind the literal that was found, else before it */
    bool caseless;    /* look for them in the value with ASCII capitals made small */
    bool complete;    /* where one stands, the atom is true (words: between their boundaries) */
    double cost;      /* expected, in confirmations for a byte of text */
};

/*
 * The cheapest witness of a glob, words or a regex; `tree` is the regex's, NULL for the others.
 * `exact`: the tree is no wider than the regex. False: there is none.
 */
MUST_CHECK bool rule_witness_find(const struct rule_atom *atom, const struct rule_syntax *tree,
                                  bool exact, struct arena *arena, struct rule_witness *witness);

/* What a confirmation costs whose match starts so many bytes before its witness. */
double rule_witness_confirm(uint32_t lead_min, uint32_t lead_max);
