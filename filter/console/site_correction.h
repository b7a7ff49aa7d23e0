/*
 * The pages of corrections: what is claimed, what is true, on what evidence; each as its own static
 * page for people to read and pass on, and a list of them. They are made of the register's rows
 * alone, so they hold no post, no address of one and no name, and they stay what they say when a
 * correction is disputed, withdrawn, void, or its case's content is gone.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/casebook/register.h"

struct err;
struct site_corrections;
struct site_data;

MUST_CHECK struct site_corrections *site_corrections_new(void); /* never NULL */
void site_corrections_free(struct site_corrections *all);       /* NULL is fine */

/* A row of the register, in order: what became of a correction, and when. All of them first. */
void site_corrections_note(struct site_corrections *all, const struct casebook_registered *row);

/*
 * The newest row of a case: writes pelurusan-ID.html if it is a correction that was published, and
 * keeps its line for the list.
 */
MUST_CHECK bool site_corrections_put(struct site_corrections *all, struct site_data *data,
                                     int64_t case_id, const json_t *row, struct err *err);

/* Writes the list, pelurusan.html and pelurusan-hal-N.html, the newest case first. */
MUST_CHECK bool site_corrections_write(const struct site_corrections *all, struct site_data *data,
                                       struct err *err);

/* Whether the row is of a correction that was published, so that it has a page of its own. */
bool site_correction_is(const json_t *row);

/* "/pelurusan-12.html" */
enum { SITE_CORRECTION_PATH = 48 };
struct str site_correction_path(int64_t case_id, char out[SITE_CORRECTION_PATH]);
