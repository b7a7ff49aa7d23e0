/* The pages on an approver's own machine: few, in both languages at once, without a script. */
#pragma once

#include "filter/console/approver_desk.h"
#include "filter/console/approver_document.h"
#include "filter/console/html.h"

/* What every page has. */
struct approver_page {
    struct html *html;
    struct str csrf;    /* of this program's own forms */
    struct str problem; /* shown on top; "" for none */
    const char *server;
    bool is_signed_in;
};

void approver_page_sign_in(const struct approver_page *page);
void approver_page_list(const struct approver_page *page, const json_t *cases);
void approver_page_case(const struct approver_page *page, const struct desk_case *one);
void approver_page_plain(const struct approver_page *page); /* the problem alone */

/* A file to be signed: asked for, and read; `armored`: its signature, "" before. */
void approver_page_document_form(const struct approver_page *page);
void approver_page_document(const struct approver_page *page,
                            const struct approver_document *document, struct str armored);
