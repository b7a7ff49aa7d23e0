/*
 * A capture is written by a process that speaks with strangers. All that is read of it lies within
 * the bytes, records follow one another, and a body without its chunks is no longer than with them.
 */
#include <stdlib.h>

#include "feeds/warc_read.h"
#include "tests/fuzz/fuzz.h"

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void require_within(struct str part, struct str whole)
{
    require(part.len == 0 || (part.at >= whole.at && part.len <= whole.len &&
                              (size_t)(part.at - whole.at) <= whole.len - part.len));
}

static void read_answer(struct str block)
{
    struct feeds_warc_answer answer;
    struct buf scratch = BUF_EMPTY;
    if (feeds_warc_answer_read(block, &answer)) {
        require(answer.status >= 200 && answer.status <= 999);
        require_within(answer.body, block);
        require_within(answer.content_type, block);
        require_within(answer.location, block);
        require(feeds_warc_answer_body(&answer, &scratch).len <= answer.body.len);
    }
    buf_fini(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str whole = {(const char *)data, size}, rest = whole;
    struct feeds_warc_record record;
    for (size_t before = rest.len; feeds_warc_next(&rest, &record); before = rest.len) {
        require(rest.len < before);
        require_within(rest, whole);
        require_within(record.block, whole);
        require_within(record.url, whole);
        require_within(record.type, whole);
        read_answer(record.block);
    }
    read_answer(whole);
    return 0;
}
