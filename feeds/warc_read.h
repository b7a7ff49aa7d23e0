/*
 * Reads WARC files (ISO 28500:2017) as from a stranger, and the HTTP answers in them (RFC 9112):
 * all that they give is a part of what was read.
 */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

/* A record; what it does not say is "". */
struct feeds_warc_record {
    struct str type, id, url, date, address, content_type, block;
    bool is_cut;
};

/*
 * The next record of `*rest`, which goes on behind it. False at the end, and where the bytes are no
 * record: then `*rest` is not empty.
 */
MUST_CHECK bool feeds_warc_next(struct str *rest, struct feeds_warc_record *record);

/* An answer as it came over the wire. */
struct feeds_warc_answer {
    unsigned status;
    struct str content_type, location;
    struct str body; /* as received */
    bool is_chunked, is_packed;
};

/* False if the block of a response is no HTTP answer. */
MUST_CHECK bool feeds_warc_answer_read(struct str block, struct feeds_warc_answer *answer);

/*
 * The body without its chunks, in `scratch` if it had any; what is broken or cut off ends there.
 * "" of one that is packed: nobody asked for that.
 */
struct str feeds_warc_answer_body(const struct feeds_warc_answer *answer, struct buf *scratch);
