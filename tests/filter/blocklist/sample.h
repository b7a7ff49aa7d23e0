/* A draft that is fine in every respect, for tests to spoil. */
#pragma once

#include "filter/blocklist/entry.h"

/* 2026-11-24T12:00:00Z. */
#define SAMPLE_NOW_MS INT64_C(1795521600000)

/* A DOMAIN entry against kpu-daftar.example, observed an hour ago, from now for a week. */
struct blocklist_draft sample_draft(void);

/* An entry made of it; never NULL. */
struct blocklist_entry *sample_entry(const struct blocklist_draft *draft);
