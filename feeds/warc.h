/* WARC 1.1 (ISO 28500:2017): what was asked of a server and what it answered, as it came. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"

/* Appends the record that opens a file: by what, for what. `software` is one line. */
void feeds_warc_put_info(int64_t time_ms, const char *software, struct buf *out);

/* One request and its answer. */
struct feeds_warc_exchange {
    struct str url;
    int64_t time_ms;
    struct str address;       /* the server's, as text; "" unknown */
    struct str request;       /* head as sent, its empty line included */
    struct str response_head; /* as received, its empty line included */
    struct str body;          /* as received, not unpacked */
    bool is_cut;              /* the body went on: more than was to be kept */
};

/* Appends its response record, and its request record concurrent to it. */
void feeds_warc_put_exchange(const struct feeds_warc_exchange *exchange, struct buf *out);

/*
 * Appends a conversion record: `text` is what people read on the page of the response record `of`
 * ("<urn:uuid:…>"), in UTF-8.
 */
void feeds_warc_put_text(struct str url, int64_t time_ms, struct str of, struct str text,
                         struct buf *out);
