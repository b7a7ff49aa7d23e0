/* A rule file read as `saring rules check` reads it, without folders and without an engine. */
#pragma once

#include <stdbool.h>

#include "filter/base/buf.h"
#include "filter/base/str.h"

/*
 * Reads `yaml` with a basis (else as the language library alone): the lists are %list% with "satu"
 * and "dua", the checkers Cek of cek.example, the time 2026-11-24. Appends to `said` what
 * was found, as "line:column: error: message" a line, to `loaded` each rule's hashes and condition.
 * Returns whether the file loads.
 */
bool strict_load(struct str yaml, bool has_basis, struct buf *said, struct buf *loaded);

/* Fails hard, in release builds too: what a fuzz target demands. */
void strict_must(bool holds);
