#include "filter/console/gzip.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "filter/base/mem.h"

enum { GZIP_WINDOW = 15 + 16 }; /* 32 KiB, with gzip's head and tail */

bool gzip_put(struct str bytes, struct buf *out)
{
    z_stream stream = {.zalloc = NULL};
    if (bytes.len > UINT_MAX / 2 ||
        deflateInit2(&stream, 6, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return false;
    }
    size_t room = deflateBound(&stream, bytes.len);
    unsigned char *packed = mem_alloc(room);
    stream.next_in = (unsigned char *)bytes.at; /* zlib only reads it */
    stream.avail_in = (unsigned)bytes.len;
    stream.next_out = packed;
    stream.avail_out = (unsigned)room;
    bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    if (done) {
        buf_put(out, packed, stream.total_out);
    }
    deflateEnd(&stream);
    free(packed);
    return done;
}
