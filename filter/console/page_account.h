/* A person's own account: password, second factor, where they are signed in. */
#pragma once

#include "filter/casebook/web.h"
#include "filter/console/page.h"

enum { PAGE_SIGN_INS = 12 };

struct page_account {
    bool has_key, is_sealed; /* a key of theirs; its secret half lies here */
    struct str fingerprint;
    int64_t created_ms;
    bool has_factor;
    int64_t recovery_left;
    struct casebook_sign_in_seen sign_ins[PAGE_SIGN_INS];
    size_t sign_in_count;
};
void page_account(const struct page *page, const struct page_account *account);
