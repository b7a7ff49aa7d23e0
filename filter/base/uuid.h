/* UUIDs as text (RFC 9562, version 4): at random, or of bytes that are as good as random. */
#pragma once

#include "filter/base/buf.h"

enum { UUID_BYTES = 16 };

/* Appends that of these bytes; the version and variant are set in it. */
void uuid_put(const unsigned char bytes[UUID_BYTES], struct buf *out);

/* Appends a new one, after hash_start. */
void uuid_put_random(struct buf *out);
