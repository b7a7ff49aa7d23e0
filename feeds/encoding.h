/*
 * A document's bytes as UTF-8: by byte order mark, HTTP, XML declaration, <meta>, or what they look
 * like.
 */
#pragma once

#include <stdint.h>

#include "filter/base/buf.h"
#include "filter/base/str.h"

/*
 * Valid UTF-8 of `bytes`: they themselves (without their mark) if they are that already, else
 * written anew into `scratch`. A charset in `content_type` (an HTTP header, may be empty) goes
 * before one that an XML declaration names (RFC 7303, section 3.2), a byte order mark before both.
 * <meta> comes last. A name that we don't know, or UTF-8 that is none, is decided by the bytes:
 * UTF-8 with U+FFFD in a few places, what uchardet takes them for, or windows-1252. C1 controls in
 * UTF-8 are what windows-1252 has in their place. Adds what was replaced to `*mended`.
 */
struct str feeds_encoding_decode(struct str bytes, struct str content_type, struct buf *scratch,
                                 uint64_t *mended);
