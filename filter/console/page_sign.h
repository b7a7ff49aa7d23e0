/* The pages of signing in. */
#pragma once

#include "filter/casebook/factor.h"
#include "filter/console/page.h"

/* `problem`: MESSAGE_COUNT for none. */
void page_sign_in(const struct page *page, enum message problem, int64_t wait_ms);

struct page_code {
    bool is_new; /* a secret to enrol: */
    struct str uri, drawing;
    unsigned size;        /* width and height of the drawing, in modules */
    enum message problem; /* MESSAGE_COUNT: none */
    int64_t wait_ms;
};
void page_code(const struct page *page, const struct page_code *code);

/* Recovery codes, to be shown this once. */
void page_recovery(const struct page *page, const struct casebook_recovery *recovery);
