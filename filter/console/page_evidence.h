/* Evidence of a case: pages that wait to be captured, captures, and one of them to be read. */
#pragma once

#include "filter/casebook/captures.h"
#include "filter/console/page.h"

enum { PAGE_ADDRESSES = 10, PAGE_ORDERS = 8, PAGE_HOPS = 8, PAGE_CAPTURE_COST = 9000 };

struct page_evidence {
    const struct casebook_page *one;
    bool may_order;
    const struct str *addresses; /* that the case offers, canonical */
    size_t address_count;
    const struct casebook_order *orders;
    size_t order_count;
    const struct casebook_capture *captures; /* the newest first, of this page of them */
    size_t capture_count;
    bool has_more;
};
void page_evidence(const struct page *page, const struct page_evidence *evidence);

/* A hop of a capture: what was asked for and what came. */
struct page_hop {
    struct str url, address, content_type, location;
    unsigned status;
    size_t bytes;
    bool is_cut;
};

struct page_capture {
    const struct casebook_capture *capture;
    struct page_hop hops[PAGE_HOPS];
    size_t hop_count;
    struct str text;    /* what people read on it; "" for none */
    size_t image_bytes; /* of an image that it is; 0: it is none */
    bool shows_image;
    bool is_readable; /* the file is what a capture is */
    unsigned part;    /* of the text, from 1 */
};
void page_capture(const struct page *page, const struct page_capture *capture);
