#include <assert.h>
#include <stdlib.h>

#include "filter/base/mem.h"
#include "filter/text/internal.h"

void text_out_fini(struct text_out *out)
{
    free(out->bytes);
    free(out->runs);
    *out = (struct text_out){.bytes = NULL};
}

void text_out_clear(struct text_out *out)
{
    out->len = 0;
    out->run_count = 0;
}

void text_out_reserve(struct text_out *out, size_t more)
{
    if (out->room - out->len < more) {
        mem_grow(&out->bytes, &out->room, out->len + more, 1);
    }
}

static struct text_run *add_run(struct text_out *out)
{
    if (out->run_count == out->run_room) {
        mem_grow(&out->runs, &out->run_room, out->run_count + 1, sizeof *out->runs);
    }
    return &out->runs[out->run_count++];
}

void text_out_identical(struct text_out *out, size_t view_at, size_t origin_at, size_t len)
{
    if (len == 0) {
        return;
    }
    struct text_run *last = out->run_count > 0 ? &out->runs[out->run_count - 1] : NULL;
    if (last != NULL && last->identical && last->origin_at + last->origin_len == origin_at) {
        last->origin_len += (uint32_t)len;
        return;
    }
    *add_run(out) = (struct text_run){.view_at = (uint32_t)view_at,
                                      .origin_at = (uint32_t)origin_at,
                                      .origin_len = (uint32_t)len,
                                      .identical = true};
}

void text_out_changed(struct text_out *out, size_t view_at, size_t origin_at, size_t origin_len)
{
    assert(view_at <= out->len);
    if (view_at == out->len) {
        return;
    }
    *add_run(out) = (struct text_run){.view_at = (uint32_t)view_at,
                                      .origin_at = (uint32_t)origin_at,
                                      .origin_len = (uint32_t)origin_len,
                                      .identical = false};
}
