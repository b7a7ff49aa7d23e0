/* The public pages one by one, from the register's rows. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/str.h"
#include "filter/console/html.h"
#include "filter/console/message.h"

/* A record on a list. Text is borrowed. */
struct site_line {
    int64_t case_id;
    struct str class, measure, state, since; /* state: of the entry, if there is one */
    struct str target;                       /* of an entry; else "" */
    bool has_page;                           /* a correction that was published */
    struct str reason;
};

enum { SITE_LINES = 25 }; /* on one page of the register */

/* Page `number` (from 1) of `pages` of the register. */
void site_page_register(struct html *html, const struct site_line *lines, size_t count,
                        unsigned number, unsigned pages);

/* A record: its newest row, and the hash of it. */
void site_page_record(struct html *html, const json_t *row, struct str hash);

/* Parts of it, for the page of a correction: <dt> and <dd>. `one`: of a rule's evidence. */
void site_record_basis(struct html *html, const json_t *one);
void site_record_evidence(struct html *html, const json_t *row);

/* How to object, without an account. */
void site_page_appeal(struct html *html);

/* For whom a name does not open: how to find out why. `lines` are entries in force. */
void site_page_blocked(struct html *html, const struct site_line *lines, size_t count);

/* An answer to somebody: a sentence, and a detail below it ("": none). */
void site_page_said(struct html *html, enum message title, enum message sentence,
                    struct str detail);

/* An appeal was taken: `sentence`, and the receipt with the way to what becomes of it. */
void site_page_lodged(struct html *html, enum message sentence, struct str receipt);

/* What became of an appeal, for whoever has its receipt. */
struct casebook_appeal;
void site_page_status(struct html *html, const struct casebook_appeal *appeal);

/* The form of an appeal; the number of the case stands in it, 0: none, and anyone can change it. */
void site_page_form(struct html *html, int64_t case_id);
